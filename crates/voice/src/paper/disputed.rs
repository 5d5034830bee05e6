//! Sheets of both kinds on which two people disagree: how to find them in the pile, and nothing of what was entered.

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use super::print::SheetKind;
use super::show::PaperInput;
use crate::access::PAPER_ENTER;
use crate::poll::sheet_entity::{Column, Entity};

/// Sheets shown at the most.
const MOST: u64 = 200;

/// Sheets that a third person must enter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputedSheets {
    /// By the end of their numbers.
    pub items: Vec<DisputedSheet>,
}

/// A sheet that a third person must enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisputedSheet {
    /// The last four signs of its number.
    pub label: String,
    /// The caller is one of the two, so somebody else must do it.
    pub mine: bool,
    /// In which pile.
    pub of: SheetKind,
}

/// Lists the sheets on which two people disagree.
///
/// # Errors
/// `paper.rated`, `poll.closed`, 404 outside the caller's reach; the database.
pub async fn disputed(cx: Cx, input: PaperInput) -> Result<DisputedSheets> {
    let found = find::running(&cx, PAPER_ENTER, input.evaluation_id).await?;
    let me = cx.caller.account_id();
    let polls: Vec<Id> = std::iter::once(found.poll.id).chain(found.opinion.map(|poll| poll.id)).collect();
    let rows = Entity::find()
        .filter(Column::PollId.is_in(polls))
        .filter(Column::State.eq("disputed"))
        .order_by_asc(Column::Label)
        .limit(MOST)
        .all(cx.read())
        .await?;
    let items = rows.into_iter().map(|row| DisputedSheet {
        of: if row.poll_id == found.poll.id { SheetKind::Rating } else { SheetKind::Opinion },
        mine: me.is_some() && (row.first_by == me || row.second_by == me),
        label: row.label.unwrap_or_default(),
    });
    Ok(DisputedSheets { items: items.collect() })
}
