//! What the budget items of the year say of the union's money, for the report of its chair. Pure.

use kernel::money::Cents;
use kernel::{Error, Result};

use crate::fund::FundRow;

/// Items that are told one by one.
const TOLD: usize = 30;
/// Characters of an outcome that are told; the whole of it stands on the page of the item.
const OUTCOME_CHARS: usize = 200;

/// Sums and items of a year in lines of text; nothing where nothing was entered.
///
/// # Errors
/// When a sum leaves the range of money.
pub(super) fn told(year: i32, items: &[FundRow]) -> Result<String> {
    if items.is_empty() {
        return Ok(String::new());
    }
    let budget = sum(items.iter().map(|item| item.budget_cents))?;
    let spent = sum(items.iter().map(|item| item.spent_cents))?;
    let count = items.len();
    let mut lines = vec![format!("{year} 年度登记的资金项目有 {count} 个，预算共 {budget} 元，已支出 {spent} 元。")];
    lines.extend(items.iter().take(TOLD).map(line));
    if count > TOLD {
        lines.push(format!("其余 {} 个见资金项目的页面。", count - TOLD));
    }
    Ok(lines.join("\n"))
}

fn sum(amounts: impl Iterator<Item = i64>) -> Result<Cents> {
    Cents::checked_sum(amounts.map(Cents)).ok_or_else(|| Error::internal("a sum of money beyond its range"))
}

fn line(item: &FundRow) -> String {
    let (name, budget, spent) = (&item.name, Cents(item.budget_cents), Cents(item.spent_cents));
    let numbers = format!("{name}：预算 {budget} 元，已支出 {spent} 元");
    let Some(outcome) = &item.outcome else {
        return format!("{numbers}，还在进行。");
    };
    let whole = outcome.replace('\n', " ");
    let whole = whole.trim_end_matches('。');
    let mut said: String = whole.chars().take(OUTCOME_CHARS).collect();
    if whole.chars().count() > OUTCOME_CHARS {
        said.push('…');
    }
    let unit = item.unit.as_deref().unwrap_or_default();
    let reached = match (item.outcome_number, item.target_number) {
        (Some(reached), Some(target)) => format!("（{reached} {unit}，目标 {target} {unit}）"),
        (Some(reached), None) => format!("（{reached} {unit}）"),
        _ => String::new(),
    };
    format!("{numbers}，已结项，办成了：{said}{reached}。")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, budget_cents: i64, outcome: Option<&str>) -> FundRow {
        FundRow {
            id: kernel::Id::nil(),
            version: 1,
            organization_id: kernel::Id::nil(),
            organization_name: "示例工会".into(),
            year: 2026,
            name: name.into(),
            purpose: "给一线职工送清凉".into(),
            target: "走访一线班组".into(),
            target_number: Some(200),
            unit: Some("人次".into()),
            budget_cents,
            spent_cents: 1_250,
            state: outcome.map_or("running", |_| "closed").into(),
            outcome: outcome.map(str::to_owned),
            outcome_number: outcome.map(|_| 210),
            closed_on: None,
        }
    }

    #[test]
    fn items_are_told_in_words() {
        assert_eq!(told(2026, &[]).unwrap(), "");
        let items = [item("送清凉", 200_000, Some("走访了\n全部班组。")), item("书屋", 100, None)];
        assert_eq!(
            told(2026, &items).unwrap().lines().collect::<Vec<_>>(),
            [
                "2026 年度登记的资金项目有 2 个，预算共 2001.00 元，已支出 25.00 元。",
                "送清凉：预算 2000.00 元，已支出 12.50 元，已结项，办成了：走访了 全部班组（210 人次，目标 200 人次）。",
                "书屋：预算 1.00 元，已支出 12.50 元，还在进行。",
            ]
        );
        let many = vec![item("书屋", 100, Some(&"长".repeat(1_000))); TOLD + 2];
        let text = told(2026, &many).unwrap();
        assert!(text.ends_with("其余 2 个见资金项目的页面。") && text.contains('…'));
        assert!(told(2026, &[item("甲", i64::MAX, None), item("乙", 1, None)]).is_err());
    }
}
