//! What happened, day by day, in words; from what was filed. Pure.

use chrono::NaiveDate;
use kernel::time::Day;
use serde::Serialize;
use utoipa::ToSchema;

use super::entity;
use super::rows::Rows;
use crate::duty::DutyKind;

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RectificationLine)]
pub struct Line {
    /// On which day.
    pub on: NaiveDate,
    /// `opened`, `problem`, `planned`, `extended`, `claimed`, `asked`, `counted`, `fixed`, `not_fixed`, `reviewed`,
    /// `overdue`, `closed`.
    pub kind: &'static str,
    /// In Chinese.
    pub text: String,
}

/// Gathers lines; within a day they stand in the order in which such things follow each other.
struct Lines(Vec<(u8, Line)>);

impl Lines {
    fn add(&mut self, rank: u8, on: Day, kind: &'static str, text: String) {
        self.0.push((rank, Line { on, kind, text }));
    }
}

/// The history of a rectification as it stands, the oldest first.
pub(super) fn of(case: &entity::Model, rows: &Rows) -> Vec<Line> {
    let mut lines = Lines(Vec::new());
    lines.add(0, case.opened_on, "opened", "发现需要整改的问题，开始整改".to_owned());
    for row in &rows.problems {
        let from = match row.source.as_str() {
            "rating" => "评议结果",
            "opinion" => "会员意见",
            "chair" => "工会自查",
            _ => "上级工会",
        };
        lines.add(1, row.added_on, "problem", format!("问题 {}（来自{from}）：{}", rows.number(row.id), row.text));
    }
    for row in &rows.plans {
        lines.add(2, row.filed_on, "planned", format!("提交整改方案（第 {} 版）", row.version));
    }
    attempts(&mut lines, rows);
    duties(&mut lines, rows);
    for row in &rows.rounds {
        lines.add(5, row.opened_on, "asked", format!("第 {} 次回访开始，请参评会员评价", row.round));
        let text = match (row.counted_on, row.ballots) {
            (Some(on), Some(ballots)) => Some((on, format!("第 {} 次回访结束，计入 {ballots} 票", row.round))),
            (Some(on), None) => Some((on, format!("第 {} 次回访不足 5 票，不公布，改由上级核查", row.round))),
            (None, _) => None,
        };
        if let Some((on, text)) = text {
            lines.add(6, on, "counted", text);
        }
    }
    if let Some(on) = case.closed_on {
        lines.add(9, on, "closed", "全部问题整改到位，整改办结".to_owned());
    }
    let mut lines = lines.0;
    lines.sort_by_key(|(rank, line)| (line.on, *rank));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn attempts(lines: &mut Lines, rows: &Rows) {
    for row in &rows.items {
        let number = rows.number(row.problem_id);
        if let Some(on) = row.claimed_on {
            lines.add(4, on, "claimed", format!("问题 {number} 第 {} 次报告整改完成", row.attempt));
        }
        if let Some(review) = rows.reviews.get(&row.id) {
            let finding = if review.finding == "fixed" { "已整改" } else { "没有整改到位" };
            lines.add(
                7,
                review.reviewed_on,
                "reviewed",
                format!("问题 {number} 上级核查：{finding}。{}", review.reason),
            );
        }
        match (row.settled_on, row.state.as_str()) {
            (Some(on), "fixed") => lines.add(8, on, "fixed", format!("问题 {number} 整改到位")),
            (Some(on), _) => lines.add(8, on, "not_fixed", format!("问题 {number} 没有整改到位，重新整改")),
            (None, _) => {}
        }
    }
}

fn duties(lines: &mut Lines, rows: &Rows) {
    for duty in &rows.duties {
        let what = match duty.kind {
            DutyKind::Item => {
                let item = rows.items.iter().find(|row| row.id == duty.subject_id);
                format!("问题 {} 的整改", item.map_or(0, |row| rows.number(row.problem_id)))
            }
            other => other.label().to_owned(),
        };
        for moved in &duty.extensions {
            let why = match &moved.reason {
                Some(reason) => format!("上级同意延期：{reason}"),
                None => "放假安排调整".to_owned(),
            };
            let text = format!("{what}的期限由 {} 改为 {}（{why}）", moved.from_on, moved.to_on);
            lines.add(3, moved.changed_on, "extended", text);
        }
        if duty.days_late > 0 {
            let text = match duty.done_on {
                Some(_) => format!("{what}逾期 {} 天办结", duty.days_late),
                None => format!("{what}逾期，现已逾期 {} 天", duty.days_late),
            };
            lines.add(3, duty.due_on + chrono::Days::new(1), "overdue", text);
        }
    }
}
