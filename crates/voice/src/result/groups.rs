//! The breakdown (分组): by the answer to one question how often each step of each scale was chosen. Pure.
//!
//! It is counted with the box, passes the gate when the box is counted for its publication, and is not kept: what is held
//! back exists nowhere but in the ballots. A group has a sorted column for each scale, never a whole ballot; what a column
//! can tell stands in `docs/ballot-secrecy.md`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gate::{self, Cells};
use super::tally::Misfit;
use crate::instrument::answer::{Answer, Answers};
use crate::instrument::{Instrument, Question, QuestionKind};

/// Groups that are being counted, shown or not.
pub struct Groups {
    question: String,
    /// With their numbers of steps.
    scales: Vec<(String, usize)>,
    options: Vec<Cells>,
}

impl Groups {
    /// Of an empty box; none without a breakdown.
    #[must_use]
    pub fn none(instrument: &Instrument) -> Option<Self> {
        let question = instrument.breakdown.clone()?;
        let asked = instrument.questions.iter().find(|one| one.id == question)?;
        let QuestionKind::Single { options } = &asked.kind else { return None };
        let scale = |one: &Question| match &one.kind {
            QuestionKind::Scale { steps } => Some((one.id.clone(), steps.len())),
            _ => None,
        };
        let scales: Vec<(String, usize)> = instrument.questions.iter().filter_map(scale).collect();
        let nobody: Cells = scales.iter().map(|(_, steps)| vec![0; steps + 1]).collect();
        Some(Self { question, scales, options: vec![nobody; options.len()] })
    }

    /// Adds one ballot.
    ///
    /// # Errors
    /// [`Misfit`] when it does not fit the instrument.
    pub fn add(&mut self, ballot: &Answers) -> Result<(), Misfit> {
        let option = ballot.get(&self.question).and_then(index).ok_or(Misfit)?;
        let group = self.options.get_mut(option).ok_or(Misfit)?;
        for ((scale, steps), cells) in self.scales.iter().zip(group) {
            // Whoever left it out is counted behind the steps.
            let step = ballot.get(scale).map_or(Some(*steps), index);
            *step.and_then(|step| cells.get_mut(step)).ok_or(Misfit)? += 1;
        }
        Ok(())
    }

    /// What may be shown of them.
    #[must_use]
    pub fn shown(self) -> Breakdown {
        let shown = gate::shown_groups(&self.options);
        let mut breakdown = Breakdown { question: self.question, groups: Vec::new(), withheld: Vec::new() };
        for ((option, cells), shown) in (0_u64..).zip(&self.options).zip(shown) {
            let people = cells.first().map_or(0, |cells| cells.iter().sum());
            if shown {
                let scales = self.scales.iter().zip(cells).map(|((question, steps), cells)| {
                    let counts: Vec<u64> = cells.iter().take(*steps).copied().collect();
                    GroupScale { question: question.clone(), answered: counts.iter().sum(), counts }
                });
                breakdown.groups.push(Group { option, people, scales: scales.collect() });
            } else if people > 0 {
                breakdown.withheld.push(option);
            }
        }
        breakdown
    }
}

fn index(answer: &Answer) -> Option<usize> {
    if let Answer::One(index) = answer { usize::try_from(*index).ok() } else { None }
}

/// What is published of the groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultBreakdown)]
pub struct Breakdown {
    /// By the answers to which question.
    pub question: String,
    /// Those that are shown, in the order of their options.
    pub groups: Vec<Group>,
    /// Options that some chose and whose groups are held back together, since one of them or its rest is too small.
    pub withheld: Vec<u64>,
}

/// People who gave one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultGroup)]
pub struct Group {
    /// Which option, from 0.
    pub option: u64,
    /// How many.
    pub people: u64,
    /// What they said to each scale.
    pub scales: Vec<GroupScale>,
}

/// What a group said to one scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResultGroupScale)]
pub struct GroupScale {
    /// Which.
    pub question: String,
    /// How many answered.
    pub answered: u64,
    /// Per step.
    pub counts: Vec<u64>,
}

impl Breakdown {
    /// What stands in the file between columns and figures: the sorted columns of the groups, as texts and how often each
    /// is repeated.
    ///
    /// # Errors
    /// Never for what was counted; JSON cannot hold everything.
    pub fn runs(&self) -> serde_json::Result<Vec<(String, u64)>> {
        let mut runs = vec![(r#","groups":["#.to_owned(), 1)];
        for (place, group) in self.groups.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            runs.push((format!(r#"{comma}{{"option":{},"columns":["#, group.option), 1));
            for (place, scale) in group.scales.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let question = serde_json::to_string(&scale.question)?;
                runs.push((format!(r#"{comma}{{"question":{question},"answers":["#), 1));
                let mut first = true;
                for (step, times) in scale.counts.iter().enumerate().filter(|(_, times)| **times > 0) {
                    if first {
                        runs.push((step.to_string(), 1));
                    }
                    runs.push((format!(",{step}"), times - u64::from(first)));
                    first = false;
                }
                runs.push(("]}".to_owned(), 1));
            }
            runs.push(("]}".to_owned(), 1));
        }
        runs.push(("]".to_owned(), 1));
        Ok(runs)
    }
}
