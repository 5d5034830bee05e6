//! Who has looked: the events of somebody having seen a number of this person in full.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::event::entity as event;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::person::reveal::{self, REVEALED};

/// Why, where it is one's own.
pub(super) const OWN_REASON: &str = "本人查看";

/// One look.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataReader {
    /// When.
    pub at: DateTime<Utc>,
    /// In which role.
    pub by_role: String,
    /// Why, in the words of who looked.
    pub reason: String,
    /// At what.
    pub field: String,
}

/// Looks at the person (or, without one, at the account), newest first.
///
/// # Errors
/// The database.
pub(super) async fn of(cx: &Cx, subject: Id, page: &PageInput) -> Result<Page<DataReader>> {
    let mut rows = event::Entity::find()
        .filter(event::Column::AggregateId.eq(subject))
        .filter(event::Column::Kind.eq(REVEALED))
        .order_by_desc(event::Column::Id)
        .limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(event::Column::Id.lt(after));
    }
    let reasons = reveal::reasons(cx.read(), subject).await?;
    let rows = Page::cut(rows.all(cx.read()).await?, page, |row| row.id.to_string());
    Ok(rows.map(|row| {
        let payload: BTreeMap<String, Value> = serde_json::from_str(&row.payload).unwrap_or_default();
        let text = |key: &str| payload.get(key).and_then(Value::as_str).unwrap_or_default();
        DataReader {
            at: row.at,
            by_role: by_role(cx, text("role")),
            reason: match reasons.get(&row.id) {
                Some(reason) => reason.clone(),
                None if text("role") == "self" => OWN_REASON.to_owned(),
                None => "（理由已按规定删除）".to_owned(),
            },
            field: reveal::label(text("field")).to_owned(),
        }
    }))
}

fn by_role(cx: &Cx, role: &str) -> String {
    match (role, cx.app.policy.find(role)) {
        (_, Some(role)) => role.label.to_owned(),
        ("self", None) => "本人".to_owned(),
        _ => "工作人员".to_owned(),
    }
}
