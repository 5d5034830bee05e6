//! Opens a poll: gives it its key.

use kernel::time::{Day, Time};
use kernel::{Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity;
use crate::ballot::issuer::{BallotVerifier, SeparatedTables};
use crate::ballot::key;
use crate::instrument::IssuerKind;

/// What is put into the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Ratings.
    Rating,
    /// Opinions, unlinkable to the ratings.
    Opinion,
    /// Whether what was found was put right.
    Closure,
}

impl Purpose {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Opinion => "opinion",
            Self::Closure => "closure",
        }
    }
}

/// A poll about to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewPoll {
    /// Of which evaluation.
    pub evaluation_id: Id,
    /// What is put in.
    pub purpose: Purpose,
    /// 0, or the round of asking again.
    pub round: i64,
    /// Who signs its tokens.
    pub issuer: IssuerKind,
    /// First day.
    pub opens_on: Day,
    /// The moment after which nothing is taken.
    pub closes_at: Time,
}

/// Opens a poll in the caller's transaction; asked again it gives the same one.
///
/// # Errors
/// `ballot.no_key` when no key is ready ([`key::ensure_ready`] first); contention; the database.
pub async fn open(tx: &Tx, new: NewPoll) -> Result<entity::Model> {
    use entity::Column;
    let there = entity::Entity::find()
        .filter(Column::EvaluationId.eq(new.evaluation_id))
        .filter(Column::Purpose.eq(new.purpose.as_str()))
        .filter(Column::Round.eq(new.round));
    if let Some(there) = there.one(tx).await? {
        return Ok(there);
    }
    let id = tx.id();
    let (issuer, public_key, key_hash) = key_of(tx, id, new.issuer).await?;
    let row = entity::ActiveModel {
        id: Set(id),
        evaluation_id: Set(new.evaluation_id),
        purpose: Set(new.purpose.as_str().to_owned()),
        round: Set(new.round),
        issuer: Set(issuer.to_owned()),
        public_key: Set(public_key),
        key_hash: Set(hex::decode(key_hash).map_err(Error::internal)?),
        opens_on: Set(new.opens_on),
        closes_at: Set(new.closes_at),
        state: Set("open".to_owned()),
        destroyed: Set(None),
    };
    let insert = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? != 1 {
        return Err(Error::Contention);
    }
    entity::Entity::find_by_id(id).one(tx).await?.ok_or_else(|| Error::internal("a poll without a row"))
}

/// Issuer, public key and its hash in hex.
async fn key_of(tx: &Tx, poll: Id, issuer: IssuerKind) -> Result<(&'static str, Vec<u8>, String)> {
    match issuer {
        IssuerKind::BlindRsa => {
            let claimed = key::claim(tx, poll).await?;
            Ok(("blind_rsa", claimed.public_spki, claimed.key_hash))
        }
        IssuerKind::Separated => {
            let issuer = SeparatedTables::new(tx.app().keys.clone(), poll);
            Ok(("separated", issuer.public_key().to_vec(), issuer.key_hash()))
        }
    }
}
