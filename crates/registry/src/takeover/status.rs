//! Tells whether the caller can take over a record now.

use chrono::{DateTime, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Error, Result};
use sea_orm::EntityTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::tries;
use crate::account::{entity as account, vault};
use crate::member::active_of;

/// Where the caller stands; of others nothing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TakeoverStatus {
    /// Last four of the caller's own phone.
    pub phone_tail: Option<String>,
    /// Guessing is closed until then.
    pub locked_until: Option<DateTime<Utc>>,
    /// The caller is a member.
    pub member: bool,
}

/// Tells it.
///
/// # Errors
/// The database.
pub async fn status(cx: Cx, _: Nothing) -> Result<TakeoverStatus> {
    let (conn, id) = (cx.read(), cx.caller.account()?);
    let row = account::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    let sealed = row.phone_sealed.as_deref();
    let phone = sealed.map(|sealed| vault::open_phone(cx.app.keys.as_ref(), id, sealed)).transpose()?;
    let member = match row.person_id {
        Some(person) => active_of(conn, person).await?.is_some(),
        None => false,
    };
    Ok(TakeoverStatus {
        phone_tail: phone.and_then(|phone| phone.get(phone.len().checked_sub(4)?..).map(str::to_owned)),
        locked_until: tries::locked_until(conn, id, cx.today()).await?,
        member,
    })
}
