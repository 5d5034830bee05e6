//! Hears a call of a till: the signature, the time, and that it was not heard before.

use std::collections::HashMap;

use kernel::combine::{Action, Outcome};
use kernel::crypto::open;
use kernel::db::{insert_rows, rows_of_keys};
use kernel::error::INPUT_INVALID;
use kernel::id::Ids;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::sign;
use crate::counter::{POS_REPLAY, POS_SIGNATURE, POS_TIME, rules, till_entity as till};

/// A call of a till.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PosCall {
    /// Number of the till, ten digits.
    pub till: String,
    /// Seconds since 1970.
    pub time: i64,
    /// Random, 16 to 64 letters and digits, another one for each call.
    pub nonce: String,
    /// What is asked: JSON as a text, signed as it is.
    pub body: String,
    /// HMAC-SHA-256 over action, till, time, nonce and body, each in a line; hexadecimal.
    pub signature: String,
}

/// Where the key of a till is sealed for.
pub(super) fn key_place(till: Id) -> String {
    format!("till.key:{till}")
}

/// Hears a call; answers the till and what it asks.
pub(super) async fn hear<T: DeserializeOwned>(cx: &Cx, action: &str, call: &PosCall) -> Result<(till::Model, T)> {
    let row = till::Entity::find().filter(till::Column::Number.eq(call.till.as_str())).one(cx.read()).await?;
    let row = row.ok_or_else(|| POS_SIGNATURE.refusal())?;
    let sealed = row.key_sealed.as_ref().ok_or_else(|| POS_SIGNATURE.refusal())?;
    let key = open(cx.app.keys.as_ref(), &key_place(row.id), sealed).map_err(Error::internal)?;
    let message = sign::message(action, &call.till, call.time, &call.nonce, &call.body);
    if !sign::is_signed(&key, &message, &call.signature) || !sign::is_nonce(&call.nonce) {
        return Err(POS_SIGNATURE.refusal().into());
    }
    if !sign::is_near(call.time, cx.now()) {
        return Err(POS_TIME.refusal().into());
    }
    let asked = serde_json::from_str(&call.body).map_err(|_| INPUT_INVALID.refusal().on("body"))?;
    let heard = Heard { row: rules::nonce_id(row.id, &call.nonce), claim: Ids::random() };
    cx.app.combine(heard).await?;
    Ok((row, asked))
}

/// Enters that something was said, together with what others say at this moment.
struct Heard {
    row: Id,
    claim: Id,
}

impl Action for Heard {
    const NAME: &'static str = "till.hear";
    type Answer = ();

    async fn apply(tx: &Tx, batch: &[Self]) -> Result<Vec<Outcome<()>>> {
        let mut sorted: Vec<&Self> = batch.iter().collect();
        sorted.sort_by_key(|one| one.row);
        let rows = sorted.iter().map(|one| vec![one.row.into(), one.claim.into(), tx.now().into()]).collect();
        insert_rows(tx, "till_nonce", &["id", "claim", "at"], rows, "ON CONFLICT DO NOTHING").await?;
        sorted.dedup_by_key(|one| one.row);
        let keys = sorted.iter().map(|one| one.row.into()).collect();
        let mut holders: HashMap<Id, Id> = HashMap::new();
        for row in rows_of_keys(tx, "SELECT id, claim FROM till_nonce WHERE id IN", keys).await? {
            holders.insert(row.try_get("", "id")?, row.try_get("", "claim")?);
        }
        let outcome = |one: &Self| {
            if holders.get(&one.row) == Some(&one.claim) { Ok(()) } else { Err(POS_REPLAY.refusal()) }
        };
        Ok(batch.iter().map(outcome).collect())
    }
}
