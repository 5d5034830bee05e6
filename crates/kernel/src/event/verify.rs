//! Finds any changed, missing, inserted or reordered event, and any changed root.
//!
//! Every hash is computed again from the rows, in pages, so memory does not grow with the
//! chain. What no chain can show is a cut-off end: events after the last signed root, taken
//! away together with their seals. The daily root bounds that to a day.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Statement,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::seal::GENESIS;
use super::{canonical, entity};
use crate::crypto::digest::chain;
use crate::crypto::verify_signature;
use crate::error::Result;
use crate::id::Id;
use entity::{root, sealed};

/// Rows per page.
const PAGE: i64 = 1_000;

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Events whose link was computed again and is right.
    pub checked: i64,
    /// Events that still wait for their link.
    pub unsealed: i64,
    /// The first thing that is wrong.
    pub first_bad: Option<Bad>,
    /// The end of the chain.
    pub root: Option<Head>,
}

/// Something that was tampered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bad {
    /// Where in the chain.
    pub seq: i64,
    /// What is wrong there, in Chinese; no personal data.
    pub what: String,
}

/// The newest link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Head {
    /// Its number.
    pub seq: i64,
    /// Its hash in hexadecimal; covers everything before it.
    pub hash: String,
}

/// Checks the whole chain and every root against `public_key`, the platform's own.
///
/// # Errors
/// The database; what is wrong in it is the answer, not an error.
pub async fn verify(conn: &impl ConnectionTrait, public_key: &[u8]) -> Result<Report> {
    let mut walk = Walk { seq: 0, hash: GENESIS };
    let mut first_bad = None;
    while first_bad.is_none() {
        let rows = page(conn, walk.seq).await?;
        if rows.is_empty() {
            break;
        }
        first_bad = rows.iter().find_map(|row| walk.step(row).err());
    }
    if first_bad.is_none() {
        first_bad = roots(conn, public_key).await?;
    }
    if first_bad.is_none() {
        first_bad = strays(conn, walk.seq).await?;
    }
    Ok(Report {
        checked: walk.seq,
        unsealed: i64::try_from(entity::unsealed::Entity::find().count(conn).await?).unwrap_or(i64::MAX),
        first_bad,
        root: (walk.seq > 0).then(|| Head { seq: walk.seq, hash: hex::encode(walk.hash) }),
    })
}

async fn page(conn: &impl ConnectionTrait, after: i64) -> Result<Vec<QueryResult>> {
    let sql = "SELECT s.seq, s.hash, s.event_id, e.id, e.kind, e.aggregate_kind, e.aggregate_id, e.node_id, e.actor_id,
            e.at, e.cause_id, e.request_id, e.payload
        FROM sealed s LEFT JOIN event e ON e.id = s.event_id WHERE s.seq > $1 ORDER BY s.seq LIMIT $2";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [after.into(), PAGE.into()]);
    Ok(conn.query_all_raw(statement).await?)
}

/// How far the chain is right.
struct Walk {
    seq: i64,
    hash: [u8; 32],
}

impl Walk {
    fn step(&mut self, row: &QueryResult) -> Result<(), Bad> {
        let expected = self.seq + 1;
        let bad = |what: &str| Bad { seq: expected, what: what.to_owned() };
        let seq: i64 = row.try_get("", "seq").map_err(|_| bad("编号无法读取"))?;
        if seq != expected {
            return Err(bad("缺少这个编号的记录"));
        }
        let id: Option<Id> = row.try_get("", "id").map_err(|_| bad("事件编号无法读取"))?;
        if id.is_none() {
            return Err(bad("事件记录已被删除"));
        }
        let event = <entity::Model as sea_orm::FromQueryResult>::from_query_result(row, "")
            .map_err(|_| bad("事件内容无法读取"))?;
        let hash: Vec<u8> = row.try_get("", "hash").map_err(|_| bad("哈希值无法读取"))?;
        let computed = chain(&self.hash, &canonical::event(&event));
        if hash != computed {
            return Err(bad("内容、顺序或哈希值被改动过"));
        }
        *self = Self { seq, hash: computed };
        Ok(())
    }
}

async fn roots(conn: &impl ConnectionTrait, public_key: &[u8]) -> Result<Option<Bad>> {
    let mut before: Option<root::Model> = None;
    loop {
        let mut next = root::Entity::find().order_by_asc(root::Column::Day).limit(1);
        if let Some(before) = &before {
            next = next.filter(root::Column::Day.gt(before.day));
        }
        let Some(row) = next.one(conn).await? else {
            return Ok(None);
        };
        let link = sealed::Entity::find_by_id(row.seq).one(conn).await?;
        let message = canonical::root(row.day, row.seq, &row.hash, before.as_ref().map(|before| &*before.signature));
        let what = if link.is_none_or(|link| link.hash != row.hash) {
            "签名的链尾与现在的记录不符"
        } else if row.public_key != public_key {
            "签名用的不是本平台的公钥"
        } else if !verify_signature(public_key, &message, &row.signature) {
            "签名不正确，或缺少前一日的签名"
        } else {
            before = Some(row);
            continue;
        };
        return Ok(Some(Bad { seq: row.seq, what: format!("{} 的{what}", row.day) }));
    }
}

/// Events that were slipped in beside the chain. One statement is one view of all three tables.
async fn strays(conn: &impl ConnectionTrait, head: i64) -> Result<Option<Bad>> {
    let sql = "SELECT CAST((SELECT count(*) FROM event) - (SELECT count(*) FROM sealed)
            - (SELECT count(*) FROM unsealed) AS bigint) AS n,
        (SELECT count(*) FROM unsealed u WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.id = u.event_id)) AS gone";
    let row = conn.query_one_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    let count = |name| row.as_ref().map(|row| row.try_get::<i64>("", name)).transpose();
    let (n, gone) = (count("n")?.unwrap_or_default(), count("gone")?.unwrap_or_default());
    let what = match () {
        () if gone != 0 => format!("有 {gone} 条待入链的事件记录已被删除"),
        () if n != 0 => format!("事件数与已入链、待入链的数目不符，相差 {n} 条"),
        () => return Ok(None),
    };
    Ok(Some(Bad { seq: head + 1, what }))
}
