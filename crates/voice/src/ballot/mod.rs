//! Secret ballots: what makes a vote count once and stay nobody's.
//!
//! A member *draws* a ballot under her own name and *casts* it under nobody's. Between the two stands a *ballot token*:
//! the issuer signs it at the draw without seeing it, and at the cast it says "one of those entitled, not used yet",
//! and not which one.
//!
//! * [`token`]: what is signed, and by what a used token is recognised;
//! * [`issuer`]: who signs: [`BlindRsa`], or [`SeparatedTables`] where only Chinese algorithms are allowed;
//! * [`blinding`]: the voter's half, for simulation, tests and recounts (the browser has its own in `web/shared/ballot`);
//! * [`key`]: one RSA key per poll, made ahead, sealed, and destroyed at the end;
//! * [`commitment`]: what a voter keeps of her ballot, and its short code, the *tracker*;
//! * [`merkle`]: the published tree of all commitments;
//! * [`words`]: the four-word code under which the author of an opinion finds the answer.
//!
//! Invariants:
//! * the issuer learns nothing of the token, the cast learns nothing of the drawer: no value of one side is computed
//!   from a value of the other (rests on [`BlindRsa`]; what [`SeparatedTables`] gives instead stands there);
//! * every poll has a key of its own, so a token is good for that poll and no other, and a voter compares
//!   its hash with the published one before she draws: an issuer with two keys could tell people apart by them;
//! * a destroyed key never signs again, which the table itself sees to;
//! * everything but [`key`] is pure: no database, no clock.
//!
//! ```
//! use voice::ballot::blinding;
//! use voice::ballot::issuer::{BallotIssuer, BallotVerifier, BlindRsa};
//! use voice::ballot::token::TokenMessage;
//!
//! let issuer = BlindRsa::generate()?;
//! let message = TokenMessage::random();
//! let blinded = blinding::blind(issuer.verifier(), message.as_bytes())?;
//! let answer = issuer.issue(&blinded.request)?;
//! let signature = blinding::finalize(issuer.verifier(), message.as_bytes(), &answer, &blinded.inverse)?;
//! assert!(issuer.verify(message.as_bytes(), &signature));
//! assert!(!issuer.verify(TokenMessage::random().as_bytes(), &signature));
//! # Ok::<(), voice::ballot::issuer::IssueError>(())
//! ```

pub mod blinding;
pub mod commitment;
#[cfg(test)]
mod fixture;
pub mod issuer;
pub mod key;
pub mod merkle;
pub mod token;
pub mod words;

pub use issuer::{BallotIssuer, BallotVerifier, BlindRsa, SeparatedTables};

kernel::refusals! {
    /// The draw request is not one that the issuer can sign.
    BALLOT_REQUEST = "ballot.request", UNPROCESSABLE_ENTITY, "领取选票的请求不完整，请刷新页面后重新领取。";
    /// No key has been claimed for the poll, or it was destroyed when the poll closed for good.
    BALLOT_CLOSED = "ballot.closed", CONFLICT, "这次评议的选票已停止发放，请到评议公告里查看结果和说明。";
    /// The pool of prepared keys is empty.
    BALLOT_NO_KEY = "ballot.no_key", SERVICE_UNAVAILABLE, "选票密钥正在准备，请过一分钟再开启评议；仍不行请联系系统管理员。";
}
