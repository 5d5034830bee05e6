//! The key of a poll, opened for use.

use kernel::crypto::{KeyProvider, open};
use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};

use super::place;
use crate::ballot::BALLOT_CLOSED;
use crate::ballot::issuer::{BallotVerifier, BlindRsa, BlindRsaVerifier};

/// The issuer of a poll. Read anew for each draw, in its transaction, and not kept: so that a key which was
/// destroyed signs nothing more, on any server.
///
/// # Errors
/// `ballot.closed` when there is no key or it was destroyed; a key that does not belong to its public half; the database.
pub async fn issuer(conn: &impl ConnectionTrait, keys: &dyn KeyProvider, poll: Id) -> Result<BlindRsa> {
    let select = "SELECT id, public_spki, private_sealed FROM ballot_key WHERE used_for = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), select, [poll.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| BALLOT_CLOSED.refusal())?;
    let sealed: Option<Vec<u8>> = row.try_get("", "private_sealed")?;
    let sealed = sealed.ok_or_else(|| BALLOT_CLOSED.refusal())?;
    let id: Id = row.try_get("", "id")?;
    let issuer = BlindRsa::from_private_der(&open(keys, &place(id), &sealed).map_err(Error::internal)?)?;
    let public: Vec<u8> = row.try_get("", "public_spki")?;
    if issuer.public_key() == public {
        Ok(issuer)
    } else {
        Err(Error::internal("a ballot key has a foreign private half"))
    }
}

/// Who checks tokens of a poll, also after its key was destroyed.
///
/// # Errors
/// `ballot.closed` when the poll never had a key; the database.
pub async fn verifier(conn: &impl ConnectionTrait, poll: Id) -> Result<BlindRsaVerifier> {
    let select = "SELECT public_spki FROM ballot_key WHERE used_for = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), select, [poll.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| BALLOT_CLOSED.refusal())?;
    Ok(BlindRsaVerifier::from_spki(&row.try_get::<Vec<u8>>("", "public_spki")?)?)
}
