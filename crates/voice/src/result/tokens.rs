//! The tokens of a box in order, without having their signatures in memory all at once.

use std::collections::HashMap;

use futures::TryStreamExt;
use kernel::db::rows_of_keys;
use kernel::{Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, StreamTrait};

use crate::ballot::token::TokenMessage;
use crate::poll::spent_entity as spent;

/// Tokens that are fetched with their signatures at a time.
pub const PORTION: usize = 1_024;

/// Message and signature of a token.
pub type Signed = (Vec<u8>, Vec<u8>);

/// The messages of a poll's used tokens, in order.
///
/// # Errors
/// The database.
pub async fn messages<C>(conn: &C, poll: Id) -> Result<Vec<TokenMessage>>
where
    C: ConnectionTrait + StreamTrait + Send,
{
    let column = spent::Entity::find()
        .select_only()
        .column(spent::Column::Token)
        .filter(spent::Column::PollId.eq(poll))
        .into_tuple::<Vec<u8>>();
    let mut rows = column.stream(conn).await?;
    let mut messages = Vec::new();
    while let Some(bytes) = rows.try_next().await? {
        messages.push(TokenMessage::read(&bytes).ok_or_else(|| Error::internal("a token of another form"))?);
    }
    messages.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
    Ok(messages)
}

/// These tokens with their signatures, in the order asked for.
///
/// # Errors
/// When one is not there (any more); the database.
pub async fn signed(conn: &impl ConnectionTrait, poll: Id, messages: &[TokenMessage]) -> Result<Vec<Signed>> {
    let keys = messages.iter().map(|message| message.spent_key().to_vec().into()).collect();
    let select = "SELECT poll_id, token, signature FROM spent WHERE token_hash IN";
    let mut found: HashMap<Vec<u8>, Vec<u8>> = HashMap::with_capacity(messages.len());
    for row in rows_of_keys(conn, select, keys).await? {
        if row.try_get::<Id>("", "poll_id")? == poll {
            found.insert(row.try_get("", "token")?, row.try_get("", "signature")?);
        }
    }
    let pair = |message: &TokenMessage| {
        let bytes = message.as_bytes().to_vec();
        let signature = found.remove(&bytes).ok_or_else(|| Error::internal("a used token is gone"))?;
        Ok((bytes, signature))
    };
    messages.iter().map(pair).collect()
}
