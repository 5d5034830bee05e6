//! The record is hers: account, consent, phone, counters, event, notice.

use chrono::NaiveDate;
use kernel::event::Event;
use kernel::{Error, Id, Result, Tx, notice};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::found::{Record, Way};
use super::own::Own;
use super::{end, hand_over_entity as hand_over};
use crate::account::{self, consent};
use crate::organization::entity as organization;
use crate::person::contact;

/// The membership that was taken over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakenOver {
    /// The membership.
    pub membership_id: Uuid,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Since when.
    pub joined_on: NaiveDate,
    /// `active`.
    pub state: String,
}

/// Hands the record over; `None` when there is none to be had, or somebody was quicker.
///
/// # Errors
/// The database.
pub(super) async fn take(
    tx: &Tx,
    own: &Own,
    record: Option<&Record>,
    (way, consent_version): (Way, &str),
) -> Result<Option<TakenOver>> {
    let Some(record) = record else {
        return Ok(None);
    };
    if !account::attach_person(tx, own.account, record.person).await? {
        return Ok(None);
    }
    consent::give(tx, own.account, "takeover", consent_version).await?;
    let by_code = way == Way::Code;
    if by_code {
        contact::set_phone(tx, record.person, &own.phone).await?;
    }
    settle(tx, record.person, if by_code { "used" } else { "needless" }).await?;
    tx.execute_sql("DELETE FROM takeover_try WHERE account_id = $1", [own.account.into()]).await?;
    let union = organization::Entity::find_by_id(record.organization).one(tx).await?.ok_or_else(Error::not_found)?;
    let event = Event::of("takeover.done", "membership", record.membership)
        .at(union.id)
        .with("by", if by_code { "code" } else { "phone" })
        .with("account_id", own.account)
        .with("phone_changed", by_code);
    let event = tx.record(event).await?;
    tell(tx, own.account, &union.name, event).await?;
    Ok(Some(TakenOver {
        membership_id: record.membership,
        organization_id: union.id,
        organization_name: union.name,
        joined_on: record.joined_on,
        state: "active".to_owned(),
    }))
}

/// A person has an account now, by whatever way: an open code ends (as `used` or `needless`), wrong guesses are
/// forgotten.
///
/// # Errors
/// The database.
pub async fn settle(tx: &Tx, person: Id, outcome: &'static str) -> Result<()> {
    let open = hand_over::Entity::find()
        .filter(hand_over::Column::PersonId.eq(person))
        .filter(hand_over::Column::EndedAt.is_null())
        .one(tx)
        .await?;
    if let Some(open) = open {
        end::close(tx, &open, outcome).await?;
    }
    tx.execute_sql("DELETE FROM takeover_record WHERE person_id = $1", [person.into()]).await?;
    Ok(())
}

async fn tell(tx: &Tx, account_id: Id, union: &str, event: Id) -> Result<()> {
    let body = format!("您在{union}的会籍已经和这个账号关联。如果不是您本人办理，请马上拨打 12351。");
    let new = notice::New {
        account_id,
        kind: "takeover.done",
        title: "会籍认领好了".to_owned(),
        body,
        link: Some("/union".to_owned()),
        event_id: Some(event),
    };
    notice::send(tx, new).await?;
    Ok(())
}
