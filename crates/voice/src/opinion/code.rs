//! The four words of an author, and the opinion that they stand for.
//!
//! The device makes the words and shows them once; what it sends, with the sheet and whenever the author comes back, is
//! [`Code::stretched`](crate::ballot::words::Code::stretched) of them, which costs whoever guesses tens of milliseconds
//! and 19 MiB a try, also the one who can open the ballots. The server keeps a blind index of that and compares no more
//! than this: nothing slow, nothing that could be used to hold it up, and the words are never on the wire.

use kernel::crypto::{KeyProvider, blind_index};
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{OPINION_CODE, box_entity, entity, form};

/// Whoever has the code of an opinion.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpinionCodeInput {
    /// What stands for the four words: 64 hexadecimal signs, worked out on the author's device.
    pub code: String,
}

/// What is kept of a code.
#[must_use]
pub fn index(keys: &dyn KeyProvider, code: &[u8; 32]) -> [u8; 32] {
    blind_index(keys, "opinion.code", &hex::encode(code))
}

/// The opinion of a code, once all of its box are out.
///
/// # Errors
/// `opinion.code` for everything that is none, however wrong; the database.
pub async fn find(conn: &impl ConnectionTrait, keys: &dyn KeyProvider, code: &str) -> Result<entity::Model> {
    // What has not the form of a code is looked for like any other: no answer tells more than that there is none.
    let index = form::read_code(code).map_or([0; 32], |code| index(keys, &code));
    let found = entity::Entity::find().filter(entity::Column::CodeIndex.eq(index.to_vec())).one(conn).await?;
    let row = found.ok_or_else(unknown)?;
    if out(conn, row.evaluation_id).await? { Ok(row) } else { Err(unknown()) }
}

fn unknown() -> Error {
    OPINION_CODE.refusal().into()
}

async fn out(conn: &impl ConnectionTrait, evaluation: Id) -> Result<bool> {
    let whole = box_entity::Entity::find().filter(box_entity::Column::EvaluationId.eq(evaluation));
    Ok(whole.count(conn).await? == 1)
}
