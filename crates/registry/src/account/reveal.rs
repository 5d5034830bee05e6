//! Shows one of the person's own numbers in full; even that leaves an event.

use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::holdings::Holdings;
use super::readers::OWN_REASON;
use crate::member::VALUE_NONE;
use crate::person::reveal::{self, RevealField};

/// Which number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RevealOwnInput {
    /// `id_number` or `phone`.
    pub field: RevealField,
}

/// The number.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedOwn {
    /// In full.
    pub value: String,
}

/// Shows it.
///
/// # Errors
/// `value.none`; the database.
pub async fn reveal_own(cx: Cx, input: RevealOwnInput) -> Result<RevealedOwn> {
    let holdings = Holdings::of(&cx).await?;
    let value = match input.field {
        RevealField::IdNumber => holdings.id_number,
        RevealField::Phone => holdings.phone,
    };
    let value = value.ok_or_else(|| VALUE_NONE.refusal())?;
    // Not kept under the submit's key: the answer is a number in full.
    let tx = cx.unclaimed().begin().await?;
    match holdings.account.person_id {
        Some(person) => reveal::record(&tx, person, None, input.field, OWN_REASON).await?,
        None => {
            let event = reveal::seen("account", holdings.account.id, input.field).with("role", "self");
            tx.record(event).await?;
        }
    }
    tx.commit(RevealedOwn { value }).await
}
