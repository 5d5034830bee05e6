//! Blocks of a large tree, kept with what was published of it, a result or a closure vote: a receipt is then proved from
//! one block and the roots of the others, not from every ballot of a city.

use kernel::db::insert_rows;
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::ballot::commitment::Commitment;
use crate::ballot::merkle::{BLOCK, Block, Proof, Tree, proof_in_block};

/// What a tree was published with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The ratings of an evaluation.
    Evaluation(Id),
    /// A round of asking again, by its poll.
    Closure(Id),
}

impl Of {
    /// Table, its column, and what stands in it.
    fn place(self) -> (&'static str, &'static str, Id) {
        match self {
            Self::Evaluation(id) => ("publication_block", "evaluation_id", id),
            Self::Closure(id) => ("closure_block", "poll_id", id),
        }
    }
}

/// Keeps the blocks of a tree that has more than one, in the caller's transaction.
///
/// # Errors
/// The database.
pub async fn keep(tx: &Tx, of: Of, tree: &Tree) -> Result<()> {
    let blocks = tree.blocks();
    if blocks.len() < 2 {
        return Ok(());
    }
    let (table, column, id) = of.place();
    let row = |(number, block): (i64, Block)| -> Vec<Value> {
        vec![id.into(), number.into(), block.first.0.to_vec().into(), block.root.to_vec().into()]
    };
    let rows = (0..).zip(blocks).map(row).collect();
    insert_rows(tx, table, &[column, "number", "first", "root"], rows, "").await?;
    Ok(())
}

/// The blocks of what was published, in order; none for a small tree.
///
/// # Errors
/// The database.
pub async fn load(conn: &impl ConnectionTrait, of: Of) -> Result<Vec<Block>> {
    let (table, column, id) = of.place();
    let sql = format!("SELECT first, root FROM {table} WHERE {column} = $1 ORDER BY number");
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(Block { first: Commitment(hash(row, "first")?), root: hash(row, "root")? })).collect()
}

/// The proof of a commitment that is in the box of a poll.
///
/// # Errors
/// When the block is not the one that was kept; the database.
pub async fn proof(
    conn: &impl ConnectionTrait,
    poll: Id,
    blocks: &[Block],
    ballots: u64,
    commitment: &Commitment,
) -> Result<Proof> {
    let after = blocks.partition_point(|block| block.first <= *commitment);
    let number = after.checked_sub(1).ok_or_else(|| Error::internal("a commitment before the first block"))?;
    let from = blocks.get(number).map_or([0; 32], |block| block.first.0);
    let inside = match blocks.get(after) {
        Some(next) => range(conn, poll, &from, &next.first.0, "<").await?,
        None => range(conn, poll, &from, &[0xff; 32], "<=").await?,
    };
    if inside.len() > BLOCK {
        return Err(Error::internal("a block with too many ballots"));
    }
    let roots: Vec<[u8; 32]> = blocks.iter().map(|block| block.root).collect();
    let proof = proof_in_block(commitment, &roots, number, inside, ballots);
    proof.ok_or_else(|| Error::internal("a block is not the one that was published"))
}

/// The commitments of a poll in a range that is small for it.
///
/// # Errors
/// The database.
pub async fn range(
    conn: &impl ConnectionTrait,
    poll: Id,
    from: &[u8; 32],
    to: &[u8; 32],
    end: &str,
) -> Result<Vec<Commitment>> {
    // The CASE keeps both engines on the index over commitments: the one over polls would read the whole box.
    let sql = format!(
        "SELECT commitment FROM ballot WHERE commitment >= $1 AND commitment {end} $2
            AND CASE WHEN poll_id = $3 THEN 1 ELSE 0 END = 1 ORDER BY commitment"
    );
    let values = [from.to_vec().into(), to.to_vec().into(), poll.into()];
    let rows = conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Ok(Commitment(hash(row, "commitment")?))).collect()
}

fn hash(row: &QueryResult, column: &str) -> Result<[u8; 32]> {
    row.try_get::<Vec<u8>>("", column)?.try_into().map_err(|_| Error::internal("a hash of another length"))
}
