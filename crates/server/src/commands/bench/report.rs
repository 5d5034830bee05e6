//! The table: what was measured, on which engine, median and range.

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::client::failed;
use super::rounds::Sample;
use crate::fault::Fault;

/// What was measured, and what came out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// What.
    pub name: String,
    /// The figure as people read it.
    #[serde(rename = "figure")]
    pub shown: String,
    /// What it was made of.
    pub made_of: String,
    /// What it must not exceed or fall below, as a sentence; empty when it is only reported.
    #[serde(rename = "held_against")]
    pub bound: String,
    /// The run fails when it misses that.
    #[serde(default)]
    pub is_gate: bool,
}

impl Figure {
    /// Ours beside the other: the ratio of the medians, and both with their ranges.
    pub fn ratio(name: impl Into<String>, unit: &str, ours: &Sample, other: &Sample) -> Self {
        // Three places: 2.997 must not be shown, and held against its bound, as 3.
        let shown = format!("{:.3}", ours.median() / other.median());
        let made_of = format!("{} ÷ {} {unit}", spread(ours), spread(other));
        Self { name: name.into(), shown, made_of, bound: String::new(), is_gate: false }
    }

    /// A figure of its own.
    pub fn plain(name: impl Into<String>, shown: impl Into<String>, made_of: impl Into<String>) -> Self {
        Self { name: name.into(), shown: shown.into(), made_of: made_of.into(), bound: String::new(), is_gate: false }
    }

    /// What it is held against.
    #[must_use]
    pub fn held_against(mut self, bound: &str) -> Self {
        bound.clone_into(&mut self.bound);
        self
    }

    /// What it is held against, and the run fails when it misses it.
    #[must_use]
    pub fn gated(self, bound: &str) -> Self {
        Self { is_gate: true, ..self.held_against(bound) }
    }

    /// Whether it keeps to its bound; nothing when it has none, or was not measured.
    pub fn holds(&self) -> Option<bool> {
        let sign = self.bound.find(['≥', '≤', '<'])?;
        // `p95 ≤ 100 ms` is about what stands behind "p95" in the figure.
        let (what, bound) = self.bound.split_at(sign);
        let shown = self.shown.split_once(what.trim()).map(|(_, after)| after)?;
        let (value, most) = (number(shown)?, number(bound)?);
        Some(match bound.chars().next()? {
            '≥' => value >= most,
            '≤' => value <= most,
            _ => value < most,
        })
    }
}

/// The first number of a text.
fn number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits: String = text.get(start..)?.chars().take_while(|c| c.is_ascii_digit() || ",.".contains(*c)).collect();
    digits.replace(',', "").trim_end_matches('.').parse().ok()
}

/// Median with its range.
pub fn spread(sample: &Sample) -> String {
    let (low, high) = sample.range();
    if sample.len() < 2 {
        round(sample.median())
    } else {
        format!("{} ({}–{})", round(sample.median()), round(low), round(high))
    }
}

/// Three significant places or so.
pub fn round(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// When something was measured, of what and where.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// The day in China.
    pub day: String,
    /// Short name of the commit, `-dirty` when files were changed since; empty when unknown.
    pub commit: String,
    /// The machine.
    pub machine: String,
}

/// One line, and when it was measured.
#[derive(Serialize, Deserialize)]
struct Line {
    engine: String,
    #[serde(flatten)]
    figure: Figure,
    #[serde(flatten)]
    measured: Measured,
}

/// What was measured in this run, and what is kept of earlier ones.
#[derive(Serialize, Deserialize)]
pub struct Report {
    #[serde(flatten)]
    measured: Measured,
    figures: Vec<Line>,
}

impl Report {
    /// Nothing measured yet.
    pub fn new(measured: Measured) -> Self {
        Self { measured, figures: Vec::new() }
    }

    /// The report that an earlier run left in a directory, as the start of this one; nothing when there was none.
    pub fn kept(measured: Measured, out: &Path) -> Result<Self, Fault> {
        let file = out.join("latest.json");
        if !file.exists() {
            return Ok(Self::new(measured));
        }
        let text = std::fs::read_to_string(&file).map_err(failed)?;
        let kept: Self = serde_json::from_str(&text).map_err(failed)?;
        Ok(Self { measured, figures: kept.figures })
    }

    /// Adds what one engine gave, each figure in the place of the kept one of its name.
    pub fn extend(&mut self, engine: &str, figures: Vec<Figure>) {
        for figure in figures {
            let line = Line { engine: engine.to_owned(), figure, measured: self.measured.clone() };
            let same = |old: &&mut Line| old.engine == engine && old.figure.name == line.figure.name;
            if let Some(old) = self.figures.iter_mut().find(same) {
                *old = line;
            } else {
                let after = self.figures.iter().rposition(|old| old.engine == engine);
                self.figures.insert(after.map_or(self.figures.len(), |place| place + 1), line);
            }
        }
    }

    /// The table in Markdown, the machine named.
    pub fn table(&self) -> String {
        let head = "| what | engine | figure | made of | held against | measured |\n|---|---|---|---|---|---|\n";
        let mut text = format!("{}\n\n{head}", self.measured.machine);
        for Line { engine, figure, measured } in &self.figures {
            let Figure { name, shown, made_of, bound, .. } = figure;
            let verdict = figure.holds().map_or("", |holds| if holds { " ✓" } else { " ✗" });
            let Measured { day, machine, .. } = measured;
            let when = if *machine == self.measured.machine { day.clone() } else { format!("{day} · {machine}") };
            let _ = writeln!(text, "| {name} | {engine} | {shown} | {made_of} | {bound}{verdict} | {when} |");
        }
        text
    }

    /// What missed its gate in this run, as engine and name.
    pub fn missed(&self) -> Vec<String> {
        let now = |line: &&Line| line.measured.day == self.measured.day && line.measured.commit == self.measured.commit;
        let missed = |line: &&Line| line.figure.is_gate && line.figure.holds() != Some(true);
        let lines = self.figures.iter().filter(now).filter(missed);
        lines.map(|Line { engine, figure, .. }| format!("{engine}: {}", figure.name)).collect()
    }

    /// Writes `latest.md` and `latest.json` into a directory.
    pub fn write(&self, out: &Path) -> Result<(), Fault> {
        std::fs::create_dir_all(out).map_err(failed)?;
        let whole = serde_json::to_string_pretty(self).map_err(failed)?;
        std::fs::write(out.join("latest.json"), whole + "\n").map_err(failed)?;
        std::fs::write(out.join("latest.md"), self.table()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use kernel::testing::TestFolder;

    use super::*;

    fn on(day: &str) -> Measured {
        Measured { day: day.to_owned(), commit: format!("c-{day}"), machine: "2 cores".to_owned() }
    }

    fn figure(name: &str, shown: &str) -> Figure {
        Figure::plain(name, shown, "a sample").held_against("≥ 1")
    }

    /// What is measured again takes the place of what was there; the rest stays as and when it was measured.
    #[test]
    fn a_part_is_merged_into_what_was_there() {
        let folder = TestFolder::new();
        let mut whole = Report::kept(on("2026-11-20"), folder.path()).unwrap();
        whole.extend("SQLite", vec![figure("pay", "1"), figure("issue", "2")]);
        whole.extend("PostgreSQL", vec![figure("pay", "3")]);
        whole.write(folder.path()).unwrap();

        let mut part = Report::kept(on("2026-11-26"), folder.path()).unwrap();
        part.extend("SQLite", vec![figure("pay", "4"), figure("restart", "5")]);
        part.write(folder.path()).unwrap();
        let merged = Report::kept(on("2026-11-27"), folder.path()).unwrap();
        let lines = merged.figures.iter().map(|line| {
            let Line { engine, figure, measured } = line;
            [engine, &figure.name, &figure.shown, &measured.day, &measured.commit].map(String::as_str)
        });
        let expected = [
            ["SQLite", "pay", "4", "2026-11-26", "c-2026-11-26"],
            ["SQLite", "issue", "2", "2026-11-20", "c-2026-11-20"],
            ["SQLite", "restart", "5", "2026-11-26", "c-2026-11-26"],
            ["PostgreSQL", "pay", "3", "2026-11-20", "c-2026-11-20"],
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        let kept = "| issue | SQLite | 2 | a sample | ≥ 1 ✓ | 2026-11-20 |";
        assert!(part.table().starts_with("2 cores\n\n| what |") && part.table().contains(kept), "{}", part.table());
    }

    #[test]
    fn a_figure_keeps_to_its_bound_or_not() {
        for (shown, bound, holds) in [
            ("3.10", "≥ 3", Some(true)),
            ("2.99", "≥ 3", Some(false)),
            ("1,204 /s", "≥ 1,000 /s", Some(true)),
            ("7.2 s", "≤ 5 s", Some(false)),
            ("511 MiB", "< 512 MiB", Some(true)),
            ("512 MiB", "< 512 MiB", Some(false)),
            ("p50 3.1 ms, p99 104 ms", "p99 ≤ 100 ms", Some(false)),
            ("212 s", "≤ 300 s, none refused", Some(true)),
            ("not measured", "≥ 3", None),
            ("3.10", "", None),
        ] {
            assert_eq!(Figure::plain("", shown, "").held_against(bound).holds(), holds, "{shown} {bound}");
        }
        let mut report = Report::new(on("2026-11-26"));
        let of = |shown: &str| Figure::plain(shown, shown, "");
        report.extend("SQLite", vec![of("2").gated("≥ 3"), of("4").gated("≥ 3"), of("1").held_against("≥ 3")]);
        assert_eq!(report.missed(), ["SQLite: 2"]);
    }

    #[test]
    fn a_line_from_elsewhere_names_its_machine() {
        let folder = TestFolder::new();
        let mut there = Report::new(Measured { machine: "64 cores".to_owned(), ..on("2026-11-20") });
        there.extend("SQLite", vec![figure("pay", "1")]);
        there.write(folder.path()).unwrap();
        let here = Report::kept(on("2026-11-26"), folder.path()).unwrap();
        assert!(here.table().ends_with("| 2026-11-20 · 64 cores |\n"), "{}", here.table());
        std::fs::write(folder.path().join("latest.json"), "{").unwrap();
        assert!(Report::kept(on("2026-11-26"), folder.path()).is_err(), "nothing is thrown away that cannot be read");
    }
}
