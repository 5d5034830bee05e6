use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::instrument::answer;
use crate::result::sample;

fn counted(instrument: &Instrument, ballots: &[Value]) -> Figures {
    let ballots: Vec<Answers> = ballots.iter().map(|raw| answer::parse(&instrument.questions, raw).unwrap()).collect();
    Counts::of(&instrument.questions, &ballots).unwrap().figures(instrument, 10)
}

#[test]
fn a_small_box_by_hand() {
    let instrument = sample::instrument();
    let figures = counted(
        &instrument,
        &[
            json!({ "q1": 0, "q2": 1, "q4": [2, 0], "q5": 1, "q3": [0, 2], "q7": "食堂" }),
            json!({ "q1": 0, "q2": 2, "q4": [0, 2], "q5": 2, "q3": [0] }),
            json!({ "q1": 1, "q4": [2, 1], "q5": 4 }),
            json!({ "q1": 2, "q5": -8 }),
            json!({ "q1": 0, "q6": 1 }),
        ],
    );
    assert_eq!((figures.ballots, figures.turnout, figures.quorum_reached), (5, 5_000, true));
    // 3 × 100, 60, 0 of five; q2: 60 and 0 of two; weights 2 and 1.
    let AnswerFigures::Scale { cells, score } = &figures.questions[0].answers else { panic!() };
    assert_eq!(*score, Some(7_200));
    assert_eq!(
        cells.iter().map(|cell| (cell.count, cell.share)).collect::<Vec<_>>(),
        [(3, 6_000), (1, 2_000), (1, 2_000)]
    );
    assert_eq!(figures.score, Some((2 * 7_200 + 3_000) / 3));
    // A fifth and a half stand on the last step; the bar is at 30 of a hundred.
    assert_eq!(figures.rectify, ["q2"]);
    let AnswerFigures::Multiple { cells } = &figures.questions[2].answers else { panic!() };
    assert_eq!(cells.iter().map(|cell| cell.share).collect::<Vec<_>>(), [10_000, 0, 5_000]);
    let AnswerFigures::Ranking { ranks } = &figures.questions[3].answers else { panic!() };
    let ranks: Vec<_> = ranks.iter().map(|rank| (rank.first, rank.points)).collect();
    assert_eq!(ranks, [(1, 3), (0, 1), (2, 5)]);
    let AnswerFigures::Number { mean, lower, median, upper } = figures.questions[4].answers else { panic!() };
    assert_eq!((mean, lower, median, upper), (Some(-25), Some(-125), Some(150), Some(250)));
    assert_eq!(figures.questions.len(), 6, "words are not counted");
}

#[test]
fn nobody_is_no_division_by_nothing() {
    let instrument = sample::instrument();
    let figures = Counts::none(&instrument.questions).figures(&instrument, 0);
    assert_eq!((figures.score, figures.turnout, figures.rectify.len()), (None, 0, 0));
    assert!(figures.questions.iter().all(|question| question.answered == 0));
}

#[test]
fn what_does_not_fit_is_not_counted() {
    let instrument = sample::instrument();
    for text in [r#"{"q1":3}"#, r#"{"q1":-1}"#, r#"{"q1":"x"}"#, r#"{"q4":[]}"#, r#"{"q4":[9,1]}"#, r#"{"q77":0}"#] {
        let ballot = Answers::read(text.as_bytes()).unwrap();
        assert_eq!(Counts::of(&instrument.questions, [&ballot]), Err(Misfit), "{text}");
    }
}

#[test]
fn intervals_are_those_of_wilson() {
    // Computed with 40 digits from the formula; the ends outward to hundredths of a per cent.
    let cases = [
        ((0, 5), (0, 4_345)),
        ((5, 5), (5_655, 10_000)),
        ((0, 0), (0, 10_000)),
        ((1, 10), (178, 4_042)),
        ((98, 100), (9_299, 9_945)),
        ((325_000, 650_000), (4_987, 5_013)),
        ((650_000, 650_000), (9_999, 10_000)),
    ];
    for ((k, n), ends) in cases {
        assert_eq!(interval(k, n), ends, "{k} of {n}");
    }
}

proptest! {
    #[test]
    fn order_and_boxes_leave_no_trace(seed: u64, count in 0..40_usize, cut: prop::sample::Index) {
        let instrument = sample::instrument();
        let ballots = sample::ballots(&instrument, seed, count);
        let whole = Counts::of(&instrument.questions, &ballots).unwrap();
        let mut turned = ballots.clone();
        turned.reverse();
        if count > 0 {
            let place = cut.index(count);
            turned.rotate_left(place);
            let of = |part: &[Answers]| Counts::of(&instrument.questions, part).unwrap();
            prop_assert_eq!(of(&ballots[..place]).merged(&of(&ballots[place..])), whole.clone());
        }
        prop_assert_eq!(Counts::of(&instrument.questions, &turned).unwrap(), whole.clone());
        prop_assert_eq!(whole.ballots, count as u64);
    }

    #[test]
    fn an_interval_holds_its_share(n in 1..2_000_000_u64, part: prop::sample::Index) {
        let k = part.index(usize::try_from(n).unwrap() + 1) as u64;
        let (low, high) = interval(k, n);
        let exact = k as f64 / n as f64;
        let (n_f, z2) = (n as f64, 3.8416_f64);
        let half = (z2 * z2 / 4.0 + z2 * exact * (1.0 - exact) * n_f).sqrt();
        let middle = exact * n_f + z2 / 2.0;
        let near = |ours: u64, theirs: f64| (ours as f64 - theirs * 10_000.0).abs() <= 1.01;
        prop_assert!(low <= share(k, n) && share(k, n) <= high);
        prop_assert!(near(low, (middle - half) / (n_f + z2)) && near(high, (middle + half) / (n_f + z2)), "{low} {high}");
    }
}
