//! One budget item, from its target to what the members say.

use chrono::NaiveDate;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{FundRow, shaped};
use super::{FUND_RUNNING, entity, entry_entity as entry, reach};
use crate::access::FUND_KEEP;
use crate::appraisal::entity as evaluation;
use crate::appraisal::rules::{State, last_day};
use crate::instrument::{Subject, SubjectKind};
use crate::result::entity as publication;
use crate::result::tally::Figures;

/// Which item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FundInput {
    /// Its id.
    pub fund_id: Uuid,
}

/// A budget item with everything that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FundPage {
    /// As in the list.
    pub fund: FundRow,
    /// Spending, corrections and notes, by day.
    pub entries: Vec<FundEntry>,
    /// Evaluations about it that were opened, the newest first.
    pub reviews: Vec<FundReview>,
    /// The caller keeps it.
    pub may_keep: bool,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundEntry {
    /// Which.
    pub id: Uuid,
    /// `spent`, `correction`, `note`.
    pub kind: String,
    /// When.
    pub day: NaiveDate,
    /// So many cents; of a correction how many more or less.
    pub cents: i64,
    /// What for; of a correction why.
    pub what: String,
    /// The entry that it puts right.
    pub corrects: Option<Uuid>,
}

/// What members say to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FundReview {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Last day.
    pub closes_on: Option<NaiveDate>,
    /// What came out, once it is published.
    pub figures: Option<Figures>,
}

/// Shows a budget item.
///
/// # Errors
/// 404 for everybody who is neither member nor staff there; the database.
pub async fn one(cx: Cx, input: FundInput) -> Result<FundPage> {
    let row = reach::seen(&cx, input.fund_id).await?;
    let id = row.id;
    let may_keep = cx.caller.may(cx.read(), FUND_KEEP, row.organization_id).await?;
    let entries = entry::Entity::find()
        .filter(entry::Column::ItemId.eq(id))
        .order_by_asc(entry::Column::Day)
        .order_by_asc(entry::Column::EnteredAt)
        .order_by_asc(entry::Column::Id);
    let shape = |row: entry::Model| FundEntry {
        id: row.id,
        kind: row.kind,
        day: row.day,
        cents: row.cents,
        what: row.what,
        corrects: row.corrects,
    };
    Ok(FundPage {
        entries: entries.all(cx.read()).await?.into_iter().map(shape).collect(),
        reviews: reviews(cx.read(), id).await?,
        may_keep,
        fund: shaped(cx.read(), vec![row]).await?.pop().ok_or_else(Error::not_found)?,
    })
}

async fn reviews(conn: &impl ConnectionTrait, item: Id) -> Result<Vec<FundReview>> {
    use evaluation::Column;
    let opened = [State::Open, State::Closing, State::Published, State::TooFew].map(State::as_str);
    let rows = evaluation::Entity::find()
        .filter(Column::SubjectKind.eq(SubjectKind::Fund.as_str()))
        .filter(Column::SubjectId.eq(item))
        .filter(Column::State.is_in(opened))
        .order_by_desc(Column::Id);
    let mut reviews = Vec::new();
    for row in rows.all(conn).await? {
        let out = publication::Entity::find_by_id(row.id).one(conn).await?;
        reviews.push(FundReview {
            evaluation_id: row.id,
            title: row.title,
            state: State::parse(&row.state)?,
            closes_on: row.closes_at.map(last_day),
            figures: out.map(|out| serde_json::from_str(&out.figures)).transpose()?,
        });
    }
    Ok(reviews)
}

/// A closed item of a union as the subject of an evaluation; `None` when the union has no such item.
///
/// # Errors
/// `fund.running` while it can still change; the database.
pub async fn reviewed(conn: &impl ConnectionTrait, union: Id, item: Id) -> Result<Option<Subject>> {
    let row = entity::Entity::find_by_id(item).one(conn).await?;
    let Some(row) = row.filter(|row| row.organization_id == union) else { return Ok(None) };
    if row.state != "closed" {
        return Err(FUND_RUNNING.refusal().on("fund_id").into());
    }
    Ok(Some(Subject { kind: SubjectKind::Fund, id: Some(row.id), name: row.name }))
}
