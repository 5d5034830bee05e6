//! The tree: nodes and their dated placements. `valid_from` is included,
//! `valid_to` is not; a node has one open placement at the most (a database
//! constraint), so any day of the past can be asked for.
//!
//! ```no_run
//! # use kernel::{Id, Result, Tx, node, time::Day};
//! # async fn example(tx: Tx, id: Id, town: Id, other_town: Id, today: Day, tomorrow: Day) -> Result<()> {
//! node::create(&tx, id, "grassroots", Some(town), today).await?;
//! node::place(&tx, id, other_town, tomorrow).await?;      // moves it
//! let path = node::path(&tx, id, today).await?;           // [id, town, county, city]
//! # Ok(()) }
//! ```

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::command::Tx;
use crate::db::insert_rows;
use crate::error::Result;
use crate::id::Id;
use crate::time::Day;

crate::refusals! {
    /// The new parent lies below the node itself.
    NODE_CYCLE = "node.cycle", CONFLICT, "不能把工会移到它自己的下级里，请另选上级工会。";
    /// The move would begin before the present placement began.
    NODE_EARLY = "node.early", UNPROCESSABLE_ENTITY, "生效日期早于现在隶属关系的开始日期，请改用更晚的日期。";
}

/// Adds a node, under a parent unless it is the root.
///
/// # Errors
/// When the database refuses.
pub async fn create(tx: &Tx, id: Id, kind: &str, parent: Option<Id>, from: Day) -> Result<()> {
    tx.execute_sql("INSERT INTO node (id, kind) VALUES ($1, $2)", [id.into(), kind.into()]).await?;
    if let Some(parent) = parent {
        insert(tx, id, parent, from).await?;
    }
    Ok(())
}

/// Adds many nodes, each under its parent, if it has one, from a day on; parents first.
///
/// # Errors
/// When the database refuses.
pub async fn create_many(tx: &Tx, nodes: &[(Id, &'static str, Option<Id>, Day)]) -> Result<()> {
    let rows = nodes.iter().map(|(id, kind, ..)| vec![(*id).into(), (*kind).into()]).collect();
    insert_rows(tx, "node", &["id", "kind"], rows, "").await?;
    let placed = nodes.iter().filter_map(|(id, _, parent, from)| Some((*id, (*parent)?, *from)));
    let rows = placed.map(|(id, parent, from)| vec![tx.id().into(), id.into(), parent.into(), from.into()]).collect();
    insert_rows(tx, "placement", &["id", "child", "parent", "valid_from"], rows, "").await?;
    Ok(())
}

/// Moves a node under another parent from a day on.
///
/// # Errors
/// [`NODE_CYCLE`], [`NODE_EARLY`], or the database.
pub async fn place(tx: &Tx, id: Id, parent: Id, from: Day) -> Result<()> {
    if path(tx, parent, from).await?.contains(&id) {
        return Err(NODE_CYCLE.refusal().on("parent_id").into());
    }
    let early = "SELECT 1 FROM placement WHERE child = $1 AND valid_to IS NULL AND valid_from >= $2";
    if tx.query_one_raw(statement(tx, early, [id.into(), from.into()])).await?.is_some() {
        return Err(NODE_EARLY.refusal().on("from").into());
    }
    let close = "UPDATE placement SET valid_to = $2 WHERE child = $1 AND valid_to IS NULL";
    tx.execute_sql(close, [id.into(), from.into()]).await?;
    insert(tx, id, parent, from).await
}

async fn insert(tx: &Tx, child: Id, parent: Id, from: Day) -> Result<()> {
    let sql = "INSERT INTO placement (id, child, parent, valid_from) VALUES ($1, $2, $3, $4)";
    tx.execute_sql(sql, [tx.id().into(), child.into(), parent.into(), from.into()]).await?;
    Ok(())
}

/// The node itself and its ancestors, nearest first, as of a day.
///
/// # Errors
/// When the database is away.
pub async fn path(conn: &impl ConnectionTrait, id: Id, as_of: Day) -> Result<Vec<Id>> {
    let sql = "WITH RECURSIVE up(id, depth) AS (
        SELECT id, 0 FROM node WHERE id = $1
        UNION SELECT p.parent, up.depth + 1 FROM placement p JOIN up ON p.child = up.id
        WHERE p.valid_from <= $2 AND (p.valid_to IS NULL OR p.valid_to > $2) AND up.depth < 32
    ) SELECT id FROM up ORDER BY depth";
    ids(conn, sql, [id.into(), as_of.into()]).await
}

/// The nodes at and below `root`, as of a day.
///
/// # Errors
/// When the database is away.
pub async fn subtree(conn: &impl ConnectionTrait, root: Id, as_of: Day) -> Result<Vec<Id>> {
    let sql = "WITH RECURSIVE down(id) AS (
        SELECT id FROM node WHERE id = $1
        UNION SELECT p.child FROM placement p JOIN down ON p.parent = down.id
        WHERE p.valid_from <= $2 AND (p.valid_to IS NULL OR p.valid_to > $2)
    ) SELECT id FROM down";
    ids(conn, sql, [root.into(), as_of.into()]).await
}

/// Those of these nodes that are at or below one of `tops`, as of a day. Each is looked at from below: of a few nodes
/// that is far less to read than everything below the tops.
///
/// # Errors
/// When the database is away.
pub async fn among(conn: &impl ConnectionTrait, nodes: &[Id], tops: &[Id], as_of: Day) -> Result<Vec<Id>> {
    if nodes.is_empty() || tops.is_empty() {
        return Ok(Vec::new());
    }
    let (asked, above) = (places(2, nodes.len()), places(2 + nodes.len(), tops.len()));
    let sql = format!(
        "WITH RECURSIVE up(asked, id) AS (
            SELECT id, id FROM node WHERE id IN ({asked})
            UNION SELECT up.asked, p.parent FROM placement p JOIN up ON p.child = up.id
            WHERE p.valid_from <= $1 AND (p.valid_to IS NULL OR p.valid_to > $1)
        ) SELECT DISTINCT up.asked AS id FROM up WHERE up.id IN ({above})"
    );
    ids(conn, &sql, values(as_of, nodes.iter().chain(tops))).await
}

/// Whether every node is at or below one of `tops`, as of a day: nobody else is without a parent then, and placements
/// make no circle. Far less to read than the tree itself.
///
/// # Errors
/// When the database is away.
pub async fn all_below(conn: &impl ConnectionTrait, tops: &[Id], as_of: Day) -> Result<bool> {
    if tops.is_empty() {
        return Ok(false);
    }
    let sql = format!(
        "SELECT id FROM (SELECT id FROM node WHERE id NOT IN ({})
            EXCEPT SELECT child FROM placement WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
        ) alone LIMIT 1",
        places(2, tops.len())
    );
    Ok(ids(conn, &sql, values(as_of, tops)).await?.is_empty())
}

/// The parent as of a day; `None` for the root and for nodes not yet placed.
///
/// # Errors
/// When the database is away.
pub async fn parent(conn: &impl ConnectionTrait, id: Id, as_of: Day) -> Result<Option<Id>> {
    let sql = "SELECT parent AS id FROM placement
        WHERE child = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)";
    Ok(ids(conn, sql, [id.into(), as_of.into()]).await?.into_iter().next())
}

/// The nodes placed right below `id`, as of a day.
///
/// # Errors
/// When the database is away.
pub async fn children(conn: &impl ConnectionTrait, id: Id, as_of: Day) -> Result<Vec<Id>> {
    let sql = "SELECT child AS id FROM placement
        WHERE parent = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)";
    ids(conn, sql, [id.into(), as_of.into()]).await
}

/// Every placement as of a day: `(child, parent)`.
///
/// # Errors
/// When the database is away.
pub async fn placements(conn: &impl ConnectionTrait, as_of: Day) -> Result<Vec<(Id, Id)>> {
    let sql = "SELECT child, parent FROM placement WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)";
    let rows = conn.query_all_raw(statement(conn, sql, [as_of.into()])).await?;
    let pairs = rows.iter().map(|row| Ok((row.try_get("", "child")?, row.try_get("", "parent")?)));
    pairs.collect()
}

/// Placeholders for so many values, from a number on.
fn places(first: usize, many: usize) -> String {
    let places: Vec<String> = (first..first + many).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// A day and then nodes.
fn values<'a>(day: Day, nodes: impl IntoIterator<Item = &'a Id>) -> Vec<Value> {
    std::iter::once(Value::from(day)).chain(nodes.into_iter().map(|id| Value::from(*id))).collect()
}

fn statement(conn: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(conn.get_database_backend(), sql, values)
}

async fn ids(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<Vec<Id>> {
    let rows = conn.query_all_raw(statement(conn, sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
