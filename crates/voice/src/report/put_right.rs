//! What was to be put right after the last evaluations, and what became of it: lines for the report that follows.

use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::appraisal::entity as evaluation;
use crate::rectification::closure::result_entity as answers;
use crate::rectification::rules::ItemState;
use crate::rectification::{
    entity as rectification, item_entity as item, measure_entity as measure, plan_entity as plan,
    problem_entity as problem, review_entity as review,
};

/// Problems that are listed; the others stand on the page of the rectification.
const MANY: usize = 20;
/// Characters of a problem or a measure.
const CHARS: usize = 60;

/// One problem, as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Promise {
    text: String,
    measure: Option<String>,
    /// The attempt that runs, or the last one.
    attempt: i64,
    state: Option<ItemState>,
    /// What the electorate said when it was asked last: 已整改, 部分整改, 没有整改.
    answers: Option<[i64; 3]>,
    /// The level above looked for itself.
    looked: bool,
}

/// What the union was to put right after the last year before this one of which there is something: one line a problem,
/// with its state and what the closure vote said.
///
/// # Errors
/// The database.
pub async fn lines(conn: &impl ConnectionTrait, row: &evaluation::Model, union: Id) -> Result<Option<String>> {
    let Some((year, problems)) = problems(conn, row, union).await? else { return Ok(None) };
    let promises = promises(conn, &problems).await?;
    Ok(Some(words(year, row.year, &promises)))
}

/// The problems of a union in the last year before this one, as they were found.
async fn problems(
    conn: &impl ConnectionTrait,
    row: &evaluation::Model,
    union: Id,
) -> Result<Option<(i64, Vec<problem::Model>)>> {
    let found = problem::Entity::find().filter(problem::Column::OrganizationId.eq(union)).all(conn).await?;
    let cases = rectification::Column::Id.is_in(found.iter().map(|one| one.rectification_id));
    let cases = rectification::Entity::find().filter(cases).all(conn).await?;
    let years: Vec<(Id, i64)> = evaluation::Entity::find()
        .select_only()
        .columns([evaluation::Column::Id, evaluation::Column::Year])
        .filter(evaluation::Column::Id.is_in(cases.iter().map(|case| case.evaluation_id)))
        .filter(evaluation::Column::Year.lt(row.year))
        .into_tuple()
        .all(conn)
        .await?;
    let Some(year) = years.iter().map(|(_, year)| *year).max() else { return Ok(None) };
    let of_year = |case: &rectification::Model| years.contains(&(case.evaluation_id, year));
    let cases: Vec<Id> = cases.iter().filter(|case| of_year(case)).map(|case| case.id).collect();
    let mut problems: Vec<problem::Model> =
        found.into_iter().filter(|one| cases.contains(&one.rectification_id)).collect();
    problems.sort_by_key(|one| (one.added_on, one.id));
    Ok(Some((year, problems)))
}

async fn promises(conn: &impl ConnectionTrait, problems: &[problem::Model]) -> Result<Vec<Promise>> {
    let of = || problems.iter().map(|one| one.id);
    let items = item::Entity::find()
        .filter(item::Column::ProblemId.is_in(of()))
        .order_by_asc(item::Column::Attempt)
        .all(conn)
        .await?;
    let asked = answers::Column::ItemId.is_in(items.iter().map(|one| one.id));
    let asked = answers::Entity::find().filter(asked).all(conn).await?;
    let looked = review::Column::ItemId.is_in(items.iter().map(|one| one.id));
    let looked = review::Entity::find().filter(looked).all(conn).await?;
    let measures = measure::Entity::find().filter(measure::Column::ProblemId.is_in(of())).all(conn).await?;
    let plans = plan::Column::Id.is_in(measures.iter().map(|one| one.plan_id));
    let plans: Vec<Id> = plan::Entity::find()
        .select_only()
        .column(plan::Column::Id)
        .filter(plans)
        .order_by_desc(plan::Column::Version)
        .into_tuple()
        .all(conn)
        .await?;
    let promise = |one: &problem::Model| {
        let attempts: Vec<&item::Model> = items.iter().filter(|item| item.problem_id == one.id).collect();
        let last = attempts.last();
        let said = attempts.iter().rev().find_map(|item| asked.iter().find(|row| row.item_id == item.id));
        let of_plan = |plan: &Id| measures.iter().find(|row| row.plan_id == *plan && row.problem_id == one.id);
        Ok::<_, Error>(Promise {
            text: one.text.clone(),
            measure: plans.iter().find_map(of_plan).map(|row| row.measure.clone()),
            attempt: last.map_or(0, |item| item.attempt),
            state: last.map(|item| ItemState::parse(&item.state)).transpose()?,
            answers: said.map(|row| [row.fixed, row.partly, row.not_fixed]),
            looked: last.is_some_and(|item| looked.iter().any(|row| row.item_id == item.id)),
        })
    };
    problems.iter().map(promise).collect()
}

fn words(year: i64, now: i64, promises: &[Promise]) -> String {
    let head = if year + 1 == now {
        format!("去年（{year} 年度）承诺的整改：")
    } else {
        format!("{year} 年度承诺的整改：")
    };
    let numbered = promises.iter().take(MANY).enumerate();
    let mut lines: Vec<String> =
        std::iter::once(head).chain(numbered.map(|(at, promise)| format!("{}. {}", at + 1, line(promise)))).collect();
    if promises.len() > MANY {
        lines.push(format!("另有 {} 项，见整改页面。", promises.len() - MANY));
    }
    lines.join("\n")
}

fn line(promise: &Promise) -> String {
    let again = if promise.attempt > 1 { format!("第 {} 次整改，", promise.attempt) } else { String::new() };
    let mut said = format!("{}：{again}{}。", cut(&promise.text), state(promise));
    if let Some(measure) = &promise.measure {
        said.push_str(&format!("措施：{}。", cut(measure)));
    }
    if let Some([fixed, partly, not_fixed]) = promise.answers {
        let ballots = fixed + partly + not_fixed;
        said.push_str(&format!("会员回访 {ballots} 票：已整改 {fixed}，部分整改 {partly}，没有整改 {not_fixed}。"));
    }
    said
}

fn state(promise: &Promise) -> &'static str {
    match promise.state {
        None => "还没有提交整改方案",
        Some(ItemState::Open) => "正在整改",
        Some(ItemState::Claimed) => "已报完成，等会员回访",
        Some(ItemState::Asked) => "正在回访",
        Some(ItemState::Review) => "等上级核查",
        Some(ItemState::Fixed) if promise.looked => "已整改，上级核查属实",
        Some(ItemState::Fixed) => "已整改",
        Some(ItemState::NotFixed) => "没有整改到位",
    }
}

/// The beginning of a text on one line, without the full stop that follows anyway.
fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches(['。', '.']);
    if text.chars().count() <= CHARS {
        return text.to_owned();
    }
    text.chars().take(CHARS - 1).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(state: Option<ItemState>, attempt: i64, answers: Option<[i64; 3]>) -> Promise {
        let measure = state.is_some().then(|| "每周公示。".to_owned());
        Promise { text: "热水不足".into(), measure, attempt, state, answers, looked: false }
    }

    #[test]
    fn a_line_says_where_a_promise_stands() {
        use ItemState::{Claimed, Fixed, NotFixed, Open, Review};
        let looked = Promise { looked: true, ..promise(Some(Fixed), 3, Some([2, 1, 4])) };
        let cases = [
            (promise(None, 0, None), "热水不足：还没有提交整改方案。"),
            (promise(Some(Open), 1, None), "热水不足：正在整改。措施：每周公示。"),
            (promise(Some(Claimed), 1, None), "热水不足：已报完成，等会员回访。措施：每周公示。"),
            (promise(Some(Review), 1, None), "热水不足：等上级核查。措施：每周公示。"),
            (
                promise(Some(Open), 2, Some([6, 0, 4])),
                "热水不足：第 2 次整改，正在整改。措施：每周公示。会员回访 10 票：已整改 6，部分整改 0，没有整改 4。",
            ),
            (
                promise(Some(Fixed), 1, Some([5, 1, 0])),
                "热水不足：已整改。措施：每周公示。会员回访 6 票：已整改 5，部分整改 1，没有整改 0。",
            ),
            (promise(Some(NotFixed), 1, None), "热水不足：没有整改到位。措施：每周公示。"),
            (
                looked,
                "热水不足：第 3 次整改，已整改，上级核查属实。措施：每周公示。会员回访 7 票：已整改 2，部分整改 1，没有整改 4。",
            ),
        ];
        for (promise, expected) in cases {
            assert_eq!(line(&promise), expected);
        }
    }

    #[test]
    fn many_and_long_ones_leave_room_for_the_chair() {
        let long = Promise { text: "长\n".repeat(300), ..promise(Some(ItemState::Open), 2, Some([100_000; 3])) };
        let said = words(2025, 2026, &vec![long; 25]);
        assert!(
            said.starts_with("去年（2025 年度）承诺的整改：\n1. 长 长") && said.ends_with("另有 5 项，见整改页面。")
        );
        assert!(said.chars().count() < 4_000, "{}", said.chars().count());
        assert!(words(2023, 2026, &[]).starts_with("2023 年度承诺的整改："));
    }
}
