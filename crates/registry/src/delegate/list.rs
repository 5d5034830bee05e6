//! The delegates of a union: how many there are, and for its own officers who.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{entity, rules};
use crate::access::DELEGATE_KEEP;
use crate::member::entity as membership;
use crate::organization::{as_of, record};

/// Memberships that are looked up at once.
const AT_ONCE: usize = 500;

/// Of which union.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DelegatesInput {
    /// Which.
    pub id: Uuid,
}

/// The delegates of a union.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delegates {
    /// How many there are today.
    pub standing: i64,
    /// The caller enters and ends seats here.
    pub may_keep: bool,
    /// Who they are and were; only for those who keep them.
    pub items: Vec<DelegateRow>,
}

/// A delegate, present or former.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DelegateRow {
    /// The seat.
    pub id: Uuid,
    /// Who.
    pub person_name: String,
    /// First day.
    pub from: NaiveDate,
    /// First day without it.
    pub to: Option<NaiveDate>,
    /// By which election.
    pub basis: String,
    /// Why it ended; absent when it ended with the membership.
    pub end_reason: Option<String>,
}

/// Lists the delegates of a union in the caller's scope.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn list(cx: Cx, input: DelegatesInput) -> Result<Delegates> {
    let union = record::visible(&cx, cx.read(), input.id).await?;
    let may_keep = union.state == "established" && cx.caller.may(cx.read(), DELEGATE_KEEP, union.id).await?;
    let seats = entity::Entity::find().filter(entity::Column::OrganizationId.eq(union.id)).all(cx.read()).await?;
    let members = memberships(&cx, seats.iter().map(|seat| seat.membership_id).collect()).await?;
    let over_on = |seat: &entity::Model| {
        rules::over_on(seat.valid_to, members.get(&seat.membership_id).and_then(|(_, ended_on)| *ended_on))
    };
    let stands = |seat: &&entity::Model| over_on(seat).is_none_or(|end| end > cx.today());
    let standing = i64::try_from(seats.iter().filter(stands).count()).unwrap_or(i64::MAX);
    if !may_keep {
        return Ok(Delegates { standing, may_keep, items: Vec::new() });
    }
    let names = as_of::person_names(cx.read(), members.values().map(|(person, _)| *person)).await?;
    let named = |seat: &entity::Model| members.get(&seat.membership_id).and_then(|(person, _)| names.get(person));
    let row = |seat: &entity::Model| DelegateRow {
        id: seat.id,
        person_name: named(seat).cloned().unwrap_or_else(|| "（资料已删除）".to_owned()),
        from: seat.valid_from,
        to: over_on(seat),
        basis: seat.basis.clone(),
        end_reason: seat.end_reason.clone(),
    };
    let mut items: Vec<DelegateRow> = seats.iter().map(row).collect();
    items.sort_by_key(|row| (row.to.is_some(), std::cmp::Reverse(row.from), row.id));
    Ok(Delegates { standing, may_keep, items })
}

/// Person and last day of these memberships.
async fn memberships(cx: &Cx, mut ids: Vec<Id>) -> Result<HashMap<Id, (Id, Option<Day>)>> {
    use membership::Column;
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(Id, Id, Option<Day>)> = membership::Entity::find()
            .select_only()
            .columns([Column::Id, Column::PersonId, Column::EndedOn])
            .filter(Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(cx.read())
            .await?;
        found.extend(rows.into_iter().map(|(id, person, ended_on)| (id, (person, ended_on))));
    }
    Ok(found)
}
