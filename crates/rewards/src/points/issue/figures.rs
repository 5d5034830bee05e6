//! What became of points, added up over all that a batch or rule issued.

use std::collections::BTreeMap;

use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, Statement, Value};

/// What became of the points of a batch or rule, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// Were issued.
    pub issued: i64,
    /// Members still hold.
    pub left: i64,
    /// Came back because nobody spent them in time.
    pub expired: i64,
    /// Were taken back by a correction.
    pub reversed: i64,
    /// Lots that were issued.
    pub lots: i64,
}

impl Uses {
    /// Were spent: what was issued and is neither held nor came back.
    #[must_use]
    pub fn spent(&self) -> i64 {
        self.issued - self.left - self.expired - self.reversed
    }
}

/// Lots of what some subjects issued (`$1` and further), and of what of them came back by a refund when it had expired and
/// is good for some days more (`of_grace`, with the lot of its issue as `root`).
pub(super) fn lots(subjects: usize) -> String {
    let places: Vec<String> = (1..=subjects).map(|place| format!("${place}")).collect();
    format!(
        "WITH RECURSIVE mine (subject, root, id, account_id, seq, amount_cents, left_cents, expired_cents,
            reversed_cents, of_grace) AS (
        SELECT t.subject_id, l.id, l.id, l.account_id, l.seq, l.amount_cents, l.left_cents, l.expired_cents,
            l.reversed_cents, 0 FROM transfer t JOIN lot l ON l.transfer_id = t.id
        WHERE t.subject_id IN ({}) AND t.kind = 'issue'
        UNION ALL
        SELECT m.subject, m.root, g.id, g.account_id, g.seq, g.amount_cents, g.left_cents, g.expired_cents,
            g.reversed_cents, 1 FROM mine m JOIN lot g ON g.grace_of = m.id
    )",
        places.join(", ")
    )
}

/// What became of what these batches or rules issued, as their lots say. What went back to a member is not spent, whichever
/// lot it went to.
///
/// # Errors
/// The database.
pub async fn of_subjects(conn: &impl ConnectionTrait, subjects: &[Id]) -> Result<BTreeMap<Id, Uses>> {
    let mut found: BTreeMap<Id, Uses> = BTreeMap::new();
    if subjects.is_empty() {
        return Ok(found);
    }
    let sql = format!(
        "{} SELECT subject, CAST(SUM(1 - of_grace) AS bigint) AS lots,
            CAST(SUM(CASE WHEN of_grace = 0 THEN amount_cents ELSE 0 END) AS bigint) AS issued,
            CAST(SUM(left_cents) AS bigint) AS remains, CAST(SUM(expired_cents) AS bigint) AS expired,
            CAST(SUM(reversed_cents) AS bigint) AS reversed FROM mine GROUP BY subject",
        lots(subjects.len())
    );
    let keys = subjects.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, keys);
    for row in conn.query_all_raw(statement).await? {
        let uses = Uses {
            issued: row.try_get("", "issued")?,
            left: row.try_get("", "remains")?,
            expired: row.try_get("", "expired")?,
            reversed: row.try_get("", "reversed")?,
            lots: row.try_get("", "lots")?,
        };
        found.insert(row.try_get("", "subject")?, uses);
    }
    Ok(found)
}
