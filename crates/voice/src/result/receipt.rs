//! Checks a receipt: proves that a ballot is counted, and never how it was filled.

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::show::published;
use super::{RECEIPT_FORM, RECEIPT_UNKNOWN};
use crate::ballot::commitment::{Commitment, Tracker};
use crate::ballot::merkle::Tree;
use crate::poll::ballot_entity as ballot;

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
/// `receipt.form`, `receipt.unknown`, `result.early`, `result.too_few`, `not_found`; the database.
pub async fn receipt(cx: Cx, input: ReceiptInput) -> Result<Receipt> {
    let (_, out) = published(cx.read(), input.evaluation_id).await?;
    prove(cx.read(), out.poll_id, &out.merkle_root, &input.commitment).await
}

/// The proof that a ballot is in the box of a poll that was counted.
///
/// # Errors
/// `receipt.form`, `receipt.unknown`; the database.
pub(crate) async fn prove(
    conn: &impl ConnectionTrait,
    poll_id: Id,
    merkle_root: &[u8],
    commitment: &str,
) -> Result<Receipt> {
    let asked = asked(commitment).ok_or_else(|| RECEIPT_FORM.refusal().on("commitment"))?;
    let column = ballot::Entity::find()
        .select_only()
        .column(ballot::Column::Commitment)
        .filter(ballot::Column::PollId.eq(poll_id));
    let rows: Vec<Vec<u8>> = column.into_tuple().all(conn).await?;
    let read = |row: Vec<u8>| row.try_into().map(Commitment).map_err(|_| kernel::Error::internal("a cut commitment"));
    let tree = Tree::of(rows.into_iter().map(read).collect::<Result<_>>()?).map_err(kernel::Error::internal)?;
    let found = tree.commitments().iter().find(|one| match &asked {
        Asked::Whole(whole) => whole == *one,
        Asked::Short(tracker) => tracker.is_of(one),
    });
    let proof = found.and_then(|found| Some((found, tree.proof(found)?)));
    let (found, proof) = proof.ok_or_else(|| RECEIPT_UNKNOWN.refusal())?;
    Ok(Receipt {
        commitment: found.to_string(),
        place: proof.place,
        size: proof.size,
        path: proof.path,
        merkle_root: hex::encode(merkle_root),
    })
}

enum Asked {
    Whole(Commitment),
    Short(Tracker),
}

fn asked(text: &str) -> Option<Asked> {
    let mut whole = [0; 32];
    if hex::decode_to_slice(text.trim(), &mut whole).is_ok() {
        return Some(Asked::Whole(Commitment(whole)));
    }
    text.parse().ok().map(Asked::Short)
}
