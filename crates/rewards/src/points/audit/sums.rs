//! What moved in an account in a month, added up from its transfers.

use std::collections::BTreeMap;

use kernel::{Error, Id, Result};
use sea_orm::{ConnectionTrait, Statement};

use super::month::{Month, SumLine, Sums};
use crate::ledger::kind::TransferKind;
use crate::points::paper::{Rows, row, yuan};

/// The sums of an account.
///
/// # Errors
/// The database.
pub async fn of_account(conn: &impl ConnectionTrait, account: Id, month: Month) -> Result<Sums> {
    let opening_cents = before(conn, account, month).await?;
    let mut lines: BTreeMap<String, SumLine> = BTreeMap::new();
    for (column, came_in) in [("credit_id", true), ("debit_id", false)] {
        let sql = format!(
            "SELECT kind, CAST(SUM(amount_cents) AS bigint) AS cents, CAST(COUNT(*) AS bigint) AS transfers
            FROM transfer WHERE {column} = $1 AND day >= $2 AND day < $3 GROUP BY kind"
        );
        let values = [account.into(), month.first().into(), month.after().into()];
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        for row in conn.query_all_raw(statement).await? {
            let kind: String = row.try_get("", "kind")?;
            let empty = SumLine { kind: kind.clone(), in_cents: 0, out_cents: 0, transfers: 0 };
            let line = lines.entry(kind).or_insert(empty);
            let cents: i64 = row.try_get("", "cents")?;
            if came_in {
                line.in_cents += cents;
            } else {
                line.out_cents += cents;
            }
            line.transfers += row.try_get::<i64>("", "transfers")?;
        }
    }
    let moved: i64 = lines.values().map(|line| line.in_cents - line.out_cents).sum();
    let closing_cents = opening_cents + moved;
    Ok(Sums { month: month.to_string(), opening_cents, closing_cents, lines: lines.into_values().collect() })
}

/// A month of an account, row by row.
#[must_use]
pub fn rows(sums: &Sums) -> Rows {
    let mut rows =
        vec![row(&["月初（元）", &yuan(sums.opening_cents)]), row(&["事项", "进（元）", "出（元）", "笔数"])];
    rows.extend(sums.lines.iter().map(|line| {
        let label = TransferKind::parse(&line.kind).map_or("其他", TransferKind::label);
        vec![label.to_owned(), yuan(line.in_cents), yuan(line.out_cents), line.transfers.to_string()]
    }));
    rows.push(row(&["月末（元）", &yuan(sums.closing_cents)]));
    rows
}

async fn before(conn: &impl ConnectionTrait, account: Id, month: Month) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE((SELECT SUM(amount_cents) FROM transfer WHERE credit_id = $1 AND day < $2), 0)
        - COALESCE((SELECT SUM(amount_cents) FROM transfer WHERE debit_id = $1 AND day < $2), 0) AS bigint) AS cents";
    let values = [account.into(), month.first().into()];
    let row = conn.query_one_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?;
    Ok(row.ok_or_else(|| Error::internal("a sum without a row"))?.try_get("", "cents")?)
}
