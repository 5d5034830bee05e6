//! Published results of departments side by side.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{reply, rules};
use crate::access::EVALUATION_READ;
use crate::appraisal::rules::{self as years, State};
use crate::appraisal::{self, entity as evaluation};
use crate::instrument::SubjectKind;
use crate::result::entity as publication;
use crate::result::tally::Figures;

/// Which results: same scheme, same year, same level.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DepartmentResultsInput {
    /// The union that asked its members.
    pub organization_id: Uuid,
    /// Under this scheme; evaluations of enforcement unless told.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Of this year; as usual unless told.
    #[serde(default)]
    pub year: Option<i32>,
}

/// Results side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepartmentResults {
    /// Under which scheme.
    pub scheme: String,
    /// Of which year.
    pub year: i32,
    /// In the order of their names.
    pub items: Vec<DepartmentResult>,
}

/// The result of one department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepartmentResult {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The department.
    pub name: String,
    /// Ballots counted.
    pub ballots: u64,
    /// People who could have voted.
    pub electorate: u64,
    /// Turnout in hundredths of a per cent.
    pub turnout: u64,
    /// For information only, because too few took part.
    pub advisory: bool,
    /// Score in hundredths.
    pub score: Option<u64>,
    /// Lower end of the 95 % interval of the score, in hundredths.
    pub low: Option<u64>,
    /// Upper end of it.
    pub high: Option<u64>,
    /// Other departments of the list from which this interval does not tell it apart.
    pub like: Vec<Uuid>,
    /// It has replied.
    pub replied: bool,
    /// When its result was published.
    pub published_at: DateTime<Utc>,
}

/// Shows published results of departments side by side.
///
/// # Errors
/// `evaluation.year`, 404 outside the caller's scope; the database.
pub async fn compare(cx: Cx, input: DepartmentResultsInput) -> Result<DepartmentResults> {
    use evaluation::Column;
    cx.caller.must(cx.read(), EVALUATION_READ, input.organization_id).await?;
    let scheme = input.scheme.unwrap_or_else(|| "enforcement".to_owned());
    let year = years::year(input.year, cx.today())?;
    let rows = evaluation::Entity::find()
        .filter(Column::OrganizationId.eq(input.organization_id))
        .filter(Column::SchemeCode.eq(scheme.as_str()))
        .filter(Column::Year.eq(i64::from(year)))
        .filter(Column::SubjectKind.eq(SubjectKind::Department.as_str()))
        .filter(Column::State.eq(State::Published.as_str()))
        .all(cx.read())
        .await?;
    let mut items = Vec::new();
    for row in rows {
        let Some(out) = publication::Entity::find_by_id(row.id).one(cx.read()).await? else { continue };
        let figures: Figures = serde_json::from_str(&out.figures)?;
        let instrument = appraisal::instrument(&row)?;
        let interval = rules::interval(&instrument.questions, &figures);
        items.push(DepartmentResult {
            evaluation_id: row.id,
            name: instrument.subject.name,
            ballots: figures.ballots,
            electorate: figures.electorate,
            turnout: figures.turnout,
            advisory: figures.advisory,
            score: figures.score,
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            like: Vec::new(),
            replied: !reply::replies(cx.read(), row.id).await?.is_empty(),
            published_at: out.published_at,
        });
    }
    // By name and by nothing else: a list by score would be a ranking.
    items.sort_by(|one, other| one.name.cmp(&other.name).then(one.evaluation_id.cmp(&other.evaluation_id)));
    Ok(DepartmentResults { scheme, year, items: told_apart(items) })
}

fn told_apart(mut items: Vec<DepartmentResult>) -> Vec<DepartmentResult> {
    let intervals: Vec<(Uuid, Option<(u64, u64)>)> =
        items.iter().map(|item| (item.evaluation_id, item.low.zip(item.high))).collect();
    for item in &mut items {
        let Some(own) = item.low.zip(item.high) else { continue };
        let like = |(id, other): &(Uuid, Option<(u64, u64)>)| {
            (*id != item.evaluation_id && other.is_some_and(|other| rules::touch(own, other))).then_some(*id)
        };
        item.like = intervals.iter().filter_map(like).collect();
    }
    items
}
