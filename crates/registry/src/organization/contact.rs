//! Keeping a union's contact: who, which phone, where.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{given, record};
use crate::access::ORGANIZATION_KEEP;

/// A contact; an empty field clears it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ContactInput {
    /// Which union.
    pub id: Uuid,
    /// Who to ask for.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// A mobile, or a fixed line with area code.
    #[serde(default)]
    pub contact_phone: Option<String>,
    /// Where to go, at most 200 characters.
    #[serde(default)]
    pub address: Option<String>,
}

/// Replaces the contact of an established union.
///
/// # Errors
/// `name.*`, `organization.phone`, `text.*`, `organization.state`; the database.
pub async fn contact(cx: Cx, input: ContactInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let union = record::visible(&cx, &tx, input.id).await?;
    cx.caller.must(&tx, ORGANIZATION_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    let name = given::contact_name(input.contact_name.as_deref())?;
    let phone = given::contact_phone(input.contact_phone.as_deref())?;
    let address = given::address(input.address.as_deref())?;
    let sealed = record::seal_phone(&tx, union.id, phone.as_deref())?;
    let sql = "UPDATE organization SET contact_name = $2, contact_phone_sealed = $3, address = $4 WHERE id = $1";
    tx.execute_sql(sql, [union.id.into(), name.into(), sealed.into(), address.into()]).await?;
    record::touch(&tx, &union).await?;
    record::record(&tx, Event::of("organization.contact_changed", "organization", union.id), None).await?;
    tx.commit(Done {}).await
}
