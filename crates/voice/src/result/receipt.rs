//! Checks a receipt: proves that a ballot is counted, and never how it was filled.

use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::block::{self, Of};
use super::show::published;
use super::{RECEIPT_FORM, RECEIPT_LEFT_OVER, RECEIPT_UNKNOWN};
use crate::ballot::commitment::{Commitment, Tracker};
use crate::ballot::merkle::Tree;
use crate::poll::{self, ballot_entity as ballot};
use crate::rectification::closure::entity as round;

/// Which ballot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReceiptInput {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// The tracker (回执码) as it was typed, or the whole commitment in hexadecimal.
    pub commitment: String,
}

/// Proof that a ballot is counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Receipt {
    /// The whole commitment, hexadecimal.
    pub commitment: String,
    /// Place in the sorted list, from 0.
    pub place: u64,
    /// Commitments in the list.
    pub size: u64,
    /// Hashes beside the way to the root, from the leaf upwards, hexadecimal.
    pub path: Vec<String>,
    /// The published root, hexadecimal; to be compared with the one on the result page.
    pub merkle_root: String,
}

/// Proves to whoever has a tracker that its ballot is under the published root.
///
/// # Errors
/// `receipt.form`, `receipt.unknown`, `receipt.left_over`, `result.early`, `result.too_few`, `not_found`; the database.
pub async fn receipt(cx: Cx, input: ReceiptInput) -> Result<Receipt> {
    let asked = asked(&input.commitment).ok_or_else(|| RECEIPT_FORM.refusal().on("commitment"))?;
    let (_, out) = published(cx.read(), input.evaluation_id).await?;
    let (of, poll) = (Of::Evaluation(out.evaluation_id), out.poll_id);
    prove(cx.read(), Counted { of, poll, ballots: out.ballots, root: &out.merkle_root }, &asked).await
}

/// The same for a round of asking again that was counted.
///
/// # Errors
/// `receipt.form`, `receipt.unknown`, `receipt.left_over`; the database.
pub(crate) async fn of_closure(conn: &impl ConnectionTrait, row: &round::Model, commitment: &str) -> Result<Receipt> {
    let asked = asked(commitment).ok_or_else(|| RECEIPT_FORM.refusal().on("commitment"))?;
    let root = row.merkle_root.as_deref().unwrap_or_default();
    let (of, ballots) = (Of::Closure(row.poll_id), row.ballots.unwrap_or_default());
    prove(conn, Counted { of, poll: row.poll_id, ballots, root }, &asked).await
}

/// A box of which something was published.
struct Counted<'a> {
    of: Of,
    poll: Id,
    ballots: i64,
    root: &'a [u8],
}

/// From one block and the roots of the others; from the whole box where it is a small one.
async fn prove(conn: &impl ConnectionTrait, whole: Counted<'_>, asked: &Asked) -> Result<Receipt> {
    let blocks = block::load(conn, whole.of).await?;
    let (found, proof) = if blocks.is_empty() {
        let tree = Tree::of(commitments(conn, whole.poll).await?).map_err(Error::internal)?;
        let found = tree.commitments().iter().find(|one| asked.is(one)).copied();
        let Some(proof) = found.and_then(|found| Some((found, tree.proof(&found)?))) else {
            return Err(missing(conn, whole.poll).await?);
        };
        proof
    } else {
        let (first, last) = asked.range();
        let near = block::range(conn, whole.poll, &first.0, &last.0, "<=").await?;
        let Some(found) = near.into_iter().find(|one| asked.is(one)) else {
            return Err(missing(conn, whole.poll).await?);
        };
        let ballots = u64::try_from(whole.ballots).map_err(Error::internal)?;
        (found, block::proof(conn, whole.poll, &blocks, ballots, &found).await?)
    };
    Ok(Receipt {
        commitment: found.to_string(),
        place: proof.place,
        size: proof.size,
        path: proof.path,
        merkle_root: hex::encode(whole.root),
    })
}

/// Why a ballot may be missing: where some were left over at the close, nobody did anything wrong.
async fn missing(conn: &impl ConnectionTrait, poll: Id) -> Result<Error> {
    let left_over = poll::destroyed(conn, poll).await? > 0;
    let kind = if left_over { RECEIPT_LEFT_OVER } else { RECEIPT_UNKNOWN };
    Ok(kind.refusal().into())
}

/// Every commitment of a box.
async fn commitments(conn: &impl ConnectionTrait, poll: Id) -> Result<Vec<Commitment>> {
    let column =
        ballot::Entity::find().select_only().column(ballot::Column::Commitment).filter(ballot::Column::PollId.eq(poll));
    let rows: Vec<Vec<u8>> = column.into_tuple().all(conn).await?;
    let read = |row: Vec<u8>| row.try_into().map(Commitment).map_err(|_| Error::internal("a cut commitment"));
    rows.into_iter().map(read).collect()
}

enum Asked {
    Whole(Commitment),
    Short(Tracker),
}

impl Asked {
    fn is(&self, one: &Commitment) -> bool {
        match self {
            Self::Whole(whole) => whole == one,
            Self::Short(tracker) => tracker.is_of(one),
        }
    }

    /// From where to where it can stand.
    fn range(&self) -> (Commitment, Commitment) {
        match self {
            Self::Whole(whole) => (*whole, *whole),
            Self::Short(tracker) => tracker.range(),
        }
    }
}

fn asked(text: &str) -> Option<Asked> {
    let mut whole = [0; 32];
    if hex::decode_to_slice(text.trim(), &mut whole).is_ok() {
        return Some(Asked::Whole(Commitment(whole)));
    }
    text.parse().ok().map(Asked::Short)
}
