//! Finding one's union by its name, or by a name of one's employer, without signing in.
//!
//! A union with fewer than five members is never shown to a stranger: its list would name them.

use kernel::{Cx, Result};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::JOIN_QUERY;
use crate::division::Divisions;
use crate::employer::{self, FEWEST_MEMBERS};

/// Rows at the most; whoever has more to choose from types more letters.
const MOST: i64 = 10;
/// Least likeness of an employer's name, in thousandths: what merely resembles it belongs into another list.
const CLOSE: i64 = 850;

/// The beginning of a union's name, or a name of an employer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct JoinSearchInput {
    /// At least two characters.
    pub q: String,
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JoinSearchAnswer {
    /// By their own names in order, then by those of their employers, the nearest first; ten at the most.
    pub items: Vec<FoundOrganization>,
}

/// One union that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FoundOrganization {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The town or district.
    pub town_name: Option<String>,
}

/// Finds base unions whose name is, or begins with, these characters, and those of employers that are called so.
///
/// # Errors
/// `join.query`; the database.
pub async fn join_search(cx: Cx, input: JoinSearchInput) -> Result<JoinSearchAnswer> {
    let query = input.q.trim();
    if !(2..=100).contains(&query.chars().count()) {
        return Err(JOIN_QUERY.refusal().on("q").into());
    }
    let sql = "SELECT o.id, o.name, o.division_code FROM organization o
        WHERE o.name >= $1 AND o.name < $2 AND o.state = 'established' AND o.kind IN ('grassroots', 'joint_grassroots')
        AND (SELECT count(*) FROM membership m WHERE m.organization_id = o.id AND m.state = 'active') >= $3
        ORDER BY o.name, o.id LIMIT $4";
    let values = [query.into(), after(query).into(), FEWEST_MEMBERS.into(), MOST.into()];
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, values)).await?;
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let mut items = rows.iter().map(|row| found(row, &divisions)).collect::<Result<Vec<_>>>()?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    for (_, union) in employer::public(&cx, query, CLOSE, most).await? {
        if items.len() < most && items.iter().all(|item| item.id != union.id) {
            let town_name = divisions.name(&union.division_code).map(str::to_owned);
            items.push(FoundOrganization { id: union.id, name: union.name, town_name });
        }
    }
    Ok(JoinSearchAnswer { items })
}

/// The end of the range of all texts that begin like this one, in byte order, which both engines sort by.
pub(super) fn after(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

fn found(row: &QueryResult, divisions: &Divisions) -> Result<FoundOrganization> {
    let code: String = row.try_get("", "division_code")?;
    let town_name = divisions.name(&code).map(str::to_owned);
    Ok(FoundOrganization { id: row.try_get("", "id")?, name: row.try_get("", "name")?, town_name })
}
