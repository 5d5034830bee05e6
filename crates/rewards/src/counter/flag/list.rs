//! What an auditor should look at.

use chrono::{DateTime, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use registry::member;
use registry::organization::record;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::counter::{flag_entity as flag, show};

/// Which flags.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FlagsInput {
    /// Also those that were looked at.
    #[serde(default)]
    pub all: Option<bool>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A flag.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpendFlag {
    /// The flag.
    pub id: Uuid,
    /// `person_often`, `shop_burst`, `pair_often`, `refunds_many`.
    pub kind: String,
    /// Whose payments; the member is not named.
    pub person_id: Option<Uuid>,
    /// The member's union.
    pub organization_name: Option<String>,
    /// Where.
    pub shop_name: Option<String>,
    /// Whose shop it is.
    pub merchant_name: Option<String>,
    /// From when.
    pub from_at: DateTime<Utc>,
    /// Until when.
    pub to_at: DateTime<Utc>,
    /// How often.
    pub times: i64,
    /// Points, in cents.
    pub cents: i64,
    /// What an auditor found.
    pub note: Option<String>,
    /// When it was looked at.
    pub seen_at: Option<DateTime<Utc>>,
}

/// Lists flags, newest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(cx: Cx, input: FlagsInput) -> Result<Page<SpendFlag>> {
    let page = PageInput::new(input.after, input.limit);
    let mut rows = flag::Entity::find().order_by_desc(flag::Column::Id).limit(page.fetch());
    if input.all != Some(true) {
        rows = rows.filter(flag::Column::SeenAt.is_null());
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(flag::Column::Id.lt(after));
    }
    let page = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        items.push(shown(&cx, row).await?);
    }
    Ok(Page { items, next: page.next })
}

async fn shown(cx: &Cx, row: flag::Model) -> Result<SpendFlag> {
    let (shop_name, merchant_name) = match row.shop_id {
        Some(shop) => show::names(cx.read(), shop).await?,
        None => (None, None),
    };
    let membership = match row.person_id {
        Some(person) => member::active_of(cx.read(), person).await?,
        None => None,
    };
    let organization_name = match membership {
        Some(membership) => Some(record::load(cx.read(), membership.organization_id).await?.name),
        None => None,
    };
    Ok(SpendFlag {
        id: row.id,
        kind: row.kind,
        person_id: row.person_id,
        organization_name,
        shop_name,
        merchant_name,
        from_at: row.from_at,
        to_at: row.to_at,
        times: row.times,
        cents: row.cents,
        note: row.note,
        seen_at: row.seen_at,
    })
}
