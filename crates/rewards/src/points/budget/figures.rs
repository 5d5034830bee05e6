//! What came into budgets, went out of them and came back, added up from the ledger's transfers.

use std::collections::BTreeMap;

use kernel::time::Day;
use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, Statement, Value};

/// Money of a budget by what became of it, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Came in from the bank.
    pub funded: i64,
    /// Came from another budget.
    pub moved_in: i64,
    /// Went to members.
    pub issued: i64,
    /// Came back because nobody spent it in time.
    pub expired: i64,
    /// Went back to where it came from.
    pub returned: i64,
    /// Went to another budget.
    pub moved_out: i64,
}

impl Figures {
    /// What all of it adds to a budget.
    #[must_use]
    pub fn net(self) -> i64 {
        self.funded + self.moved_in - self.issued + self.expired - self.returned - self.moved_out
    }
}

/// The figures of budgets; one without a transfer is left out. A reversal counts against what it takes back.
///
/// # Errors
/// The database.
pub async fn figures(conn: &impl ConnectionTrait, budgets: &[Id]) -> Result<BTreeMap<Id, Figures>> {
    within(conn, budgets, None).await
}

/// The figures of budgets from a day to a day, with both.
///
/// # Errors
/// The database.
pub async fn within(
    conn: &impl ConnectionTrait,
    budgets: &[Id],
    days: Option<(Day, Day)>,
) -> Result<BTreeMap<Id, Figures>> {
    let mut found: BTreeMap<Id, Figures> = BTreeMap::new();
    if budgets.is_empty() {
        return Ok(found);
    }
    let many = budgets.len();
    let places: Vec<String> = (1..=many).map(|place| format!("${place}")).collect();
    let only = days.map(|_| format!("AND day >= ${} AND day <= ${}", many + 1, many + 2)).unwrap_or_default();
    for (column, sign) in [("credit_id", 1), ("debit_id", -1)] {
        let sql = format!(
            "SELECT {column} AS id, kind, CAST(SUM(amount_cents) AS bigint) AS cents FROM transfer
            WHERE {column} IN ({}) {only} GROUP BY {column}, kind",
            places.join(", ")
        );
        let mut values: Vec<Value> = budgets.iter().map(|id| Value::from(*id)).collect();
        values.extend(days.into_iter().flat_map(|(from, to)| [Value::from(from), Value::from(to)]));
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        for row in conn.query_all_raw(statement).await? {
            let (id, kind, cents): (Id, String, i64) =
                (row.try_get("", "id")?, row.try_get("", "kind")?, row.try_get("", "cents")?);
            note(found.entry(id).or_default(), &kind, sign * cents);
        }
    }
    Ok(found)
}

/// Adds what a kind of transfer moved into (above zero) or out of a budget.
fn note(figures: &mut Figures, kind: &str, cents: i64) {
    match (kind, cents >= 0) {
        ("issue", _) => figures.issued -= cents,
        ("expire", _) => figures.expired += cents,
        ("return", _) => figures.returned -= cents,
        ("allocate", true) => figures.moved_in += cents,
        ("allocate", false) => figures.moved_out -= cents,
        // An issue that was wrong came back.
        ("reverse", true) => figures.issued -= cents,
        _ => figures.funded += cents,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows() {
        let mut figures = Figures::default();
        let moves = [
            ("top_up", 1_000),
            ("issue", -600),
            ("expire", 100),
            ("return", -200),
            ("reverse", 50),
            ("allocate", 70),
            ("allocate", -30),
        ];
        for (kind, cents) in moves {
            note(&mut figures, kind, cents);
        }
        let expected = Figures { funded: 1_000, moved_in: 70, issued: 550, expired: 100, returned: 200, moved_out: 30 };
        assert_eq!(figures, expected);
        assert_eq!(figures.net(), moves.iter().map(|(_, cents)| cents).sum::<i64>());
    }
}
