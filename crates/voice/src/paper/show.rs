//! How ballots on paper stand, in figures.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{Cx, Id, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find;
use crate::access::{PAPER_ENTER, PAPER_HAND_OUT};
use crate::poll::{draw_entity as draw, sheet_entity as sheet};

/// Which evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PaperInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
}

/// Ballots on paper of an evaluation, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperPage {
    /// As it stands on the sheet.
    pub title: String,
    /// The moment after which nothing is entered any more.
    pub closes_at: DateTime<Utc>,
    /// Members vote now.
    pub open: bool,
    /// Sheets for opinions, where members may leave some.
    pub opinions: Option<SheetFigures>,
    /// Sheets made so far, whatever became of them.
    pub printed: i64,
    /// Members who took paper.
    pub handed_out: i64,
    /// Sheets that wait for their second entry.
    pub first_entries: i64,
    /// Sheets on which two people disagree.
    pub disputed: i64,
    /// Sheets that became ballots.
    pub entered: i64,
    /// Sheets worth nothing any more.
    pub void: i64,
    /// The caller is rated and keeps away from the sheets.
    pub rated: bool,
    /// The caller may enter that a member takes paper.
    pub may_hand_out: bool,
}

/// Sheets for opinions, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetFigures {
    /// Made so far, whatever became of them.
    pub printed: i64,
    /// Members who took one.
    pub handed_out: i64,
    /// Wait for their second entry.
    pub first_entries: i64,
    /// Two people disagree.
    pub disputed: i64,
    /// In the box.
    pub entered: i64,
    /// Worth nothing any more.
    pub void: i64,
}

/// Shows how ballots on paper stand.
///
/// # Errors
/// 404 outside the caller's reach; `evaluation.state` before the opening; the database.
pub async fn show(cx: Cx, input: PaperInput) -> Result<PaperPage> {
    let find::Found { evaluation, poll, opinion } = find::opened(&cx, PAPER_ENTER, input.evaluation_id).await?;
    let SheetFigures { printed, handed_out, first_entries, disputed, entered, void } =
        figures(cx.read(), poll.id).await?;
    let opinions = match opinion {
        Some(poll) => Some(figures(cx.read(), poll.id).await?),
        None => None,
    };
    Ok(PaperPage {
        open: poll.state == "open" && poll.closes_at > cx.now(),
        closes_at: poll.closes_at,
        opinions,
        printed,
        handed_out,
        first_entries,
        disputed,
        entered,
        void,
        rated: find::is_rated(&cx, &evaluation).await?,
        may_hand_out: cx.caller.holds(PAPER_HAND_OUT),
        title: evaluation.title,
    })
}

async fn figures(conn: &impl ConnectionTrait, poll: Id) -> Result<SheetFigures> {
    let states = states(conn, poll).await?;
    let of = |state: &str| states.get(state).copied().unwrap_or_default();
    Ok(SheetFigures {
        printed: states.values().sum(),
        handed_out: handed_out(conn, poll).await?,
        first_entries: of("first_entry"),
        disputed: of("disputed"),
        entered: of("entered"),
        void: of("void"),
    })
}

async fn states(conn: &impl ConnectionTrait, poll: Id) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = sheet::Entity::find()
        .select_only()
        .column(sheet::Column::State)
        .column_as(Expr::cust("CAST(count(*) AS bigint)"), "sheets")
        .filter(sheet::Column::PollId.eq(poll))
        .group_by(sheet::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// How many members took paper.
///
/// # Errors
/// The database.
pub(super) async fn handed_out(conn: &impl ConnectionTrait, poll: Id) -> Result<i64> {
    let taken = draw::Entity::find().filter(draw::Column::PollId.eq(poll)).filter(draw::Column::Channel.eq("paper"));
    Ok(i64::try_from(taken.count(conn).await?).unwrap_or(i64::MAX))
}
