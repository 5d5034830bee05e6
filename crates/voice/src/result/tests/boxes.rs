//! Boxes of every kind with what comes out of them, one a line: counted here, and by the browser's verifier
//! (`web/shared/verify/boxes.test.ts`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FIXTURES, Sample, sample, spreads};
use crate::instrument::answer::Answers;
use crate::instrument::{Question, Thresholds};
use crate::result::tally::{Counts, Figures};

/// One box.
#[derive(Serialize, Deserialize)]
struct Line {
    questions: Vec<Question>,
    thresholds: Thresholds,
    electorate: u64,
    ballots: Vec<Answers>,
    figures: Figures,
    spreads: Value,
}

impl Line {
    fn of(seed: u64) -> Self {
        let count = if seed == 0 { 150 } else { 5 + usize::try_from(seed % 8).unwrap() };
        let instrument = Sample::of(seed, 5).instrument;
        let electorate = count as u64 * (1 + seed % 3);
        let ballots = sample::ballots(&instrument, seed, count);
        let figures = Counts::of(&instrument.questions, &ballots).unwrap().figures(&instrument, electorate);
        let spreads = spreads(&instrument.questions, &ballots.iter().collect::<Vec<_>>());
        let (questions, thresholds) = (instrument.questions, instrument.thresholds);
        Self { questions, thresholds, electorate, ballots, figures, spreads }
    }
}

/// With `ZHIGONG_WRITE_FIXTURE` they are written anew.
#[test]
fn the_boxes_of_the_browser_come_to_what_is_counted_here() {
    let path = format!("{FIXTURES}/boxes.jsonl");
    if std::env::var("ZHIGONG_WRITE_FIXTURE").is_ok() {
        let lines: Vec<String> = (0..60).map(|seed| serde_json::to_string(&Line::of(seed)).unwrap() + "\n").collect();
        std::fs::write(&path, lines.concat()).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.lines().count() >= 50);
    for (place, line) in text.lines().enumerate() {
        let line: Line = serde_json::from_str(line).unwrap();
        let mut instrument = sample::instrument();
        (instrument.questions, instrument.thresholds) = (line.questions, line.thresholds);
        let counts = Counts::of(&instrument.questions, &line.ballots).unwrap();
        assert_eq!(counts.figures(&instrument, line.electorate), line.figures, "box {place}");
        let ballots: Vec<&Answers> = line.ballots.iter().collect();
        assert_eq!(spreads(&instrument.questions, &ballots), line.spreads, "box {place}");
    }
}
