//! The table: what was measured, on which engine, median and range.

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use super::client::failed;
use super::rounds::Sample;
use crate::fault::Fault;

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What.
    pub name: String,
    /// The figure as people read it.
    pub shown: String,
    /// What it was made of.
    pub made_of: String,
    /// What it must not exceed or fall below, as a sentence; empty when it is only reported.
    pub gate: String,
}

impl Figure {
    /// Ours beside the other: the ratio of the medians, and both with their ranges.
    pub fn ratio(name: impl Into<String>, unit: &str, ours: &Sample, other: &Sample) -> Self {
        let shown = format!("{:.2}", ours.median() / other.median());
        let made_of = format!("{} ÷ {} {unit}", spread(ours), spread(other));
        Self { name: name.into(), shown, made_of, gate: String::new() }
    }

    /// A figure of its own.
    pub fn plain(name: impl Into<String>, shown: impl Into<String>, made_of: impl Into<String>) -> Self {
        Self { name: name.into(), shown: shown.into(), made_of: made_of.into(), gate: String::new() }
    }

    /// What it is held against.
    #[must_use]
    pub fn held_against(mut self, gate: &str) -> Self {
        gate.clone_into(&mut self.gate);
        self
    }
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

/// Everything that was measured in one run.
pub struct Report {
    machine: String,
    lines: Vec<(&'static str, Figure)>,
}

impl Report {
    /// Nothing measured yet.
    pub fn new(machine: String) -> Self {
        Self { machine, lines: Vec::new() }
    }

    /// Adds what one engine gave.
    pub fn extend(&mut self, engine: &'static str, figures: Vec<Figure>) {
        self.lines.extend(figures.into_iter().map(|figure| (engine, figure)));
    }

    /// The table in Markdown, the machine named.
    pub fn table(&self) -> String {
        let mut text =
            format!("{}\n\n| what | engine | figure | made of | held against |\n|---|---|---|---|---|\n", self.machine);
        for (engine, line) in &self.lines {
            let Figure { name, shown, made_of, gate } = line;
            let _ = writeln!(text, "| {name} | {engine} | {shown} | {made_of} | {gate} |");
        }
        text
    }

    /// Writes `latest.md` and `latest.json` into a directory.
    pub fn write(&self, out: &Path) -> Result<(), Fault> {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|(engine, line)| {
                json!({ "name": line.name, "engine": engine, "figure": line.shown, "made_of": line.made_of,
                    "held_against": line.gate })
            })
            .collect();
        let whole = json!({ "machine": self.machine, "figures": lines });
        std::fs::create_dir_all(out).map_err(failed)?;
        std::fs::write(out.join("latest.json"), format!("{whole:#}\n")).map_err(failed)?;
        std::fs::write(out.join("latest.md"), self.table()).map_err(failed)
    }
}
