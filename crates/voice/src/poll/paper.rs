//! A ballot that was filled in on paper goes the way of all others: with a token, into the queue.

use kernel::combine::Action;
use kernel::id::Ids;
use kernel::{Cx, Error, Result, Tx};
use rand::Rng;

use super::cast::{Spend, Spent};
use super::entity::Model;
use super::{facts, queue};
use crate::ballot::commitment::Commitment;
use crate::ballot::issuer::{BallotIssuer, IssueError};
use crate::ballot::token::TokenMessage;
use crate::ballot::{SeparatedTables, blinding, key};
use crate::instrument::answer::Answers;

/// A ballot from paper, sealed, with a token that was signed for it.
pub struct OnPaper(Spend);

impl OnPaper {
    /// Signs a token and seals the ballot; outside any transaction.
    ///
    /// # Errors
    /// `ballot.closed` when the key was destroyed; the keys; the database.
    pub async fn prepare(cx: &Cx, poll: &Model, answers: &Answers) -> Result<Self> {
        let (token, signature) = signed(cx, poll).await?;
        let key_hash: [u8; 32] = poll.key_hash.as_slice().try_into().map_err(Error::internal)?;
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let answers = answers.canonical();
        let commitment = Commitment::of(&key_hash, &salt, &answers);
        let waiting = queue::seal(
            &cx.app,
            poll.id,
            &queue::payload(&commitment, &salt, &answers, facts::least_bytes(&poll.purpose)),
        )?;
        Ok(Self(Spend { poll_id: poll.id, token, signature, claim: Ids::random(), waiting }))
    }

    /// Spends the token and puts the ballot into the queue, in the caller's transaction.
    ///
    /// # Errors
    /// `poll.closed`; contention when the queue's key was replaced meanwhile; the database.
    pub async fn put_in(self, tx: &Tx) -> Result<()> {
        match Spend::apply(tx, &[self.0]).await?.pop() {
            Some(Ok(Spent::Fresh)) => Ok(()),
            Some(Ok(Spent::Late)) => Err(Error::Contention),
            Some(Err(refusal)) => Err(refusal.into()),
            Some(Ok(Spent::Known)) | None => Err(Error::internal("a new token was spent before")),
        }
    }
}

/// A new token with the signature of the poll's issuer. Here both halves are on one side: there is nobody to hide it from.
async fn signed(cx: &Cx, poll: &Model) -> Result<(TokenMessage, Vec<u8>)> {
    let token = TokenMessage::random();
    if poll.issuer != "blind_rsa" {
        let signature = SeparatedTables::new(cx.app.keys.clone(), poll.id).issue(token.as_bytes())?;
        return Ok((token, signature));
    }
    let issuer = key::issuer(cx.read(), cx.app.keys.as_ref(), poll.id).await?;
    let signing = tokio::task::spawn_blocking(move || {
        let blinded = blinding::blind(issuer.verifier(), token.as_bytes())?;
        let answer = issuer.issue(&blinded.request)?;
        let signature = blinding::finalize(issuer.verifier(), token.as_bytes(), &answer, &blinded.inverse)?;
        Ok::<_, IssueError>((token, signature))
    });
    Ok(signing.await.map_err(Error::internal)??)
}
