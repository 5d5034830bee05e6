//! Boxes with a breakdown: what of it is published, what the verifier finds, what only whole ballots tell.
//!
//! `web/shared/verify/fixtures/groups.json` was counted by hand and by none of our programs; the browser's verifier is
//! tested on the same boxes (`web/shared/verify/groups.test.ts`).

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Deserialize;
use serde_json::{Value, json};
use verifier::verify;

use super::audit::{audited, written};
use super::lies::resealed;
use super::{FIXTURES, Sample, changed, file, sample};
use crate::instrument::answer::{self, Answers};
use crate::instrument::{Instrument, SubjectKind};
use crate::result::audit::Mismatch;
use crate::result::groups::{Breakdown, Groups};

/// By the answers to `q6`; scales are `q1`, which everybody answers, and `q2`.
fn instrument() -> Instrument {
    let mut instrument = sample::instrument();
    instrument.subject.kind = SubjectKind::Department;
    instrument.questions[5].required = true;
    instrument.breakdown = Some("q6".into());
    instrument
}

fn random(seed: u64, count: usize) -> Sample {
    Sample::asked(instrument(), &mut StdRng::seed_from_u64(seed), seed, count)
}

/// A box by hand: so many who chose an option and a step of both scales.
fn by_hand(lumps: &[(i64, i64, Option<i64>, usize)]) -> Sample {
    let answers: Vec<Answers> = lumps
        .iter()
        .flat_map(|(option, first, second, times)| {
            let raw = json!({ "q1": first, "q2": second, "q6": option });
            let answers = answer::parse(&instrument().questions, &raw).unwrap();
            vec![answers; *times]
        })
        .collect();
    let mut sample = random(7, answers.len());
    sample.ballots = (0_u64..)
        .zip(answers)
        .map(|(number, answers)| {
            let mut salt = [7; 32];
            salt[..8].copy_from_slice(&number.to_be_bytes());
            sample.ballot(salt, answers)
        })
        .collect();
    sample
}

/// One group of twenty that may be shown, one of twelve that goes with one of four.
fn three_groups() -> Sample {
    by_hand(&[(0, 0, Some(1), 10), (0, 1, Some(0), 10), (1, 0, Some(0), 6), (1, 1, Some(1), 6), (2, 1, Some(0), 4)])
}

fn code(publication: &Value) -> &'static str {
    verify(&resealed(publication), None).map_or_else(|fault| fault.code(), |_| "good")
}

#[test]
fn random_boxes_come_to_the_same_groups_in_the_verifier() {
    let (mut shown, mut withheld) = (0, 0);
    for seed in 0..40 {
        let sample = random(seed, [6, 25, 60, 120, 200][usize::try_from(seed % 5).unwrap()]);
        let bytes = sample.file();
        verify(&bytes, None).unwrap_or_else(|fault| panic!("{seed}: {fault}"));
        let (publication, _) = file::read(&bytes).unwrap();
        let whole = serde_json::to_vec(&publication).unwrap();
        assert_eq!(whole, bytes.split(|byte| *byte == b'\n').next().unwrap(), "{seed}: as serde writes it");
        let breakdown = publication.figures.breakdown.unwrap();
        assert_eq!(publication.groups.unwrap().len(), breakdown.groups.len(), "{seed}");
        assert!(breakdown.groups.iter().all(|group| group.people >= 5), "{seed}");
        assert_ne!(breakdown.withheld.len(), if breakdown.groups.is_empty() { 0 } else { 1 }, "{seed}");
        shown += breakdown.groups.len();
        withheld += breakdown.withheld.len();
    }
    assert!(shown > 10 && withheld > 10, "{shown} {withheld}");
}

#[test]
fn without_a_breakdown_nothing_is_written_of_it() {
    let sample = Sample::of(19, 9);
    assert!(!sample.instrument.canonical().unwrap().contains("breakdown"));
    let line = String::from_utf8(sample.file()).unwrap();
    assert!(!line.contains("breakdown") && !line.contains("groups"));
    let mut more = serde_json::to_value(sample.publication()).unwrap();
    more["groups"] = json!([]);
    assert_eq!(code(&more), "form", "a file says nothing that its instrument did not announce");
}

#[test]
fn a_small_group_goes_with_another_and_neither_can_be_put_in() {
    let sample = three_groups();
    let whole = serde_json::to_value(sample.publication()).unwrap();
    assert_eq!(code(&whole), "good");
    let scale = |question: &str, counts: [u64; 3]| json!({ "question": question, "answered": counts.iter().sum::<u64>(), "counts": counts });
    let told = json!({
        "question": "q6", "withheld": [1, 2],
        "groups": [{ "option": 0, "people": 20, "scales": [scale("q1", [10, 10, 0]), scale("q2", [10, 10, 0])] }],
    });
    assert_eq!(whole["figures"]["breakdown"], told);

    let lied = |change: &dyn Fn(&mut Value)| {
        let mut copy = whole.clone();
        change(&mut copy);
        code(&copy)
    };
    let columns = |first: &[i64], second: &[i64]| json!([{ "question": "q1", "answers": first }, { "question": "q2", "answers": second }]);
    let put_in = |copy: &mut Value, option: u64, first: &[i64], second: &[i64]| {
        let counts = |all: &[i64]| [0, 1, 2].map(|step| all.iter().filter(|one| **one == step).count() as u64);
        let group = json!({ "option": option, "people": first.len(), "scales": [scale("q1", counts(first)), scale("q2", counts(second))] });
        copy["figures"]["breakdown"]["groups"].as_array_mut().unwrap().push(group);
        copy["groups"].as_array_mut().unwrap().push(json!({ "option": option, "columns": columns(first, second) }));
    };
    let twelve = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
    assert_eq!(lied(&|copy| copy["groups"][0]["columns"][0]["answers"][9] = json!(1)), "groups", "a column");
    let four = |copy: &mut Value| {
        put_in(copy, 2, &[1; 4], &[0; 4]);
        copy["figures"]["breakdown"]["withheld"] = json!([1]);
    };
    assert_eq!(lied(&four), "groups", "a group of four");
    let alone = |copy: &mut Value| {
        put_in(copy, 1, &twelve, &twelve);
        copy["figures"]["breakdown"]["withheld"] = json!([2]);
    };
    assert_eq!(lied(&alone), "groups", "what is left is one group");
    // One of twenty says something that nobody said.
    let invented = |copy: &mut Value| {
        copy["groups"][0]["columns"][0]["answers"] = json!([&[0; 10][..], &[2; 10]].concat());
        copy["figures"]["breakdown"]["groups"][0]["scales"][0] = scale("q1", [10, 0, 10]);
    };
    assert_eq!(lied(&invented), "groups", "more than there is");
    let of_one_mind = |copy: &mut Value| {
        copy["groups"][0]["columns"][0]["answers"] = json!(vec![1; 20]);
        copy["figures"]["breakdown"]["groups"][0]["scales"][0] = scale("q1", [0, 20, 0]);
    };
    assert_eq!(lied(&of_one_mind), "groups", "all of a group of one mind");
    let silent = |copy: &mut Value| {
        copy.as_object_mut().unwrap().remove("groups");
        copy["figures"].as_object_mut().unwrap().remove("breakdown");
    };
    assert_eq!(lied(&silent), "form", "none where there must be some");
}

#[test]
fn whatever_is_changed_in_groups_is_found() {
    let whole = serde_json::to_value(three_groups().publication()).unwrap();
    let (mut found, mut silent) = (Vec::new(), Vec::new());
    changed(&whole["groups"], &mut vec!["groups".into()], &mut found, &whole);
    changed(&whole["figures"]["breakdown"], &mut vec!["figures".into(), "breakdown".into()], &mut found, &whole);
    for (what, value) in &found {
        if code(value) == "good" {
            silent.push(what);
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    assert!(silent.is_empty(), "not found: {silent:?}");
}

/// The file does not say whose answers a group's are: a lie that fits is found by whoever opens the ballots.
#[test]
fn an_audit_finds_a_group_that_is_not_that_of_its_ballots() {
    let sample = three_groups();
    assert_eq!(audited(&sample, &sample.file(), &sample.ballots), Ok(()));
    let mut lied = sample.publication();
    let nine = serde_json::from_value(json!([&[0; 9][..], &[1; 11]].concat())).unwrap();
    lied.groups.as_mut().unwrap()[0].columns[0].answers = nine;
    lied.figures.breakdown.as_mut().unwrap().groups[0].scales[0].counts = vec![9, 11, 0];
    assert_eq!(code(&serde_json::to_value(&lied).unwrap()), "good");
    assert_eq!(audited(&sample, &written(&lied), &sample.ballots), Err(Mismatch::Column("q6".into())));
    let mut lied = sample.publication();
    lied.figures.breakdown.as_mut().unwrap().withheld.clear();
    assert_eq!(audited(&sample, &written(&lied), &sample.ballots), Err(Mismatch::Figures));
}

#[derive(Deserialize)]
struct ByHand {
    #[serde(rename = "box")]
    name: String,
    lumps: Vec<(i64, i64, Option<i64>, usize)>,
    breakdown: Breakdown,
}

#[test]
fn boxes_counted_by_hand_come_to_what_was_counted() {
    let text = std::fs::read_to_string(format!("{FIXTURES}/groups.json")).unwrap();
    let boxes: Vec<ByHand> = serde_json::from_str(&text).unwrap();
    assert!(boxes.len() >= 5);
    for ByHand { name, lumps, breakdown } in boxes {
        let sample = by_hand(&lumps);
        let mut groups = Groups::none(&sample.instrument).unwrap();
        for ballot in &sample.ballots {
            groups.add(&ballot.answers).unwrap();
        }
        assert_eq!(groups.shown(), breakdown, "{name}");
        verify(&sample.file(), None).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
}
