//! Balances as rows, and which of a day counts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result};
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{self, Column, Model};

/// Rows that are shown.
const SHOWN: u64 = 100;

/// Which balances.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct BankBalancesInput {
    /// Of this book alone.
    #[serde(default)]
    pub book_id: Option<Uuid>,
}

/// What was at the bank when a day ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankBalanceRow {
    /// Which.
    pub id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The bank's day.
    pub day: NaiveDate,
    /// What was there, in cents.
    pub balance_cents: i64,
    /// `waiting` for another person to look at it, `counts`, `replaced`.
    pub state: String,
    /// Why the one before was wrong.
    pub reason: Option<String>,
    /// The file that told it; none when somebody typed it.
    pub file_id: Option<Uuid>,
    /// Who typed it.
    pub entered_by: Option<String>,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// Who looked at it.
    pub checked_by: Option<String>,
    /// The caller typed it.
    pub own: bool,
}

/// Balances, the latest day first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BankBalances {
    /// The rows.
    pub items: Vec<BankBalanceRow>,
}

/// What stands of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The balance that counts.
    pub counts: Option<Model>,
    /// A later one that nobody else has looked at yet.
    pub waiting: Option<Model>,
}

/// Lists balances, the latest hundred.
///
/// # Errors
/// The database.
pub async fn list(cx: Cx, input: BankBalancesInput) -> Result<BankBalances> {
    let mut rows = entity::Entity::find()
        .order_by_desc(Column::Day)
        .order_by_asc(Column::BookId)
        .order_by_desc(Column::Number)
        .limit(SHOWN);
    if let Some(book) = input.book_id {
        rows = rows.filter(Column::BookId.eq(book));
    }
    let rows = rows.all(cx.read()).await?;
    Ok(BankBalances { items: named(&cx, cx.read(), rows).await? })
}

/// One balance as a row.
pub(super) async fn shaped(cx: &Cx, conn: &impl ConnectionTrait, id: Id) -> Result<BankBalanceRow> {
    let row = entity::Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)?;
    // With its whole day: which one counts depends on the others.
    let of_day = entity::Entity::find()
        .filter(Column::BookId.eq(row.book_id))
        .filter(Column::Day.eq(row.day))
        .order_by_desc(Column::Number);
    let rows = named(cx, conn, of_day.all(conn).await?).await?;
    rows.into_iter().find(|one| one.id == id).ok_or_else(Error::not_found)
}

async fn named(cx: &Cx, conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<BankBalanceRow>> {
    let people: BTreeSet<Id> = rows.iter().flat_map(|row| [row.entered_by, row.checked_by]).flatten().collect();
    let people = accounts_named(conn, people).await?;
    let name = |id: Option<Id>| id.and_then(|id| people.get(&id)).and_then(AccountName::shown);
    let mut days: BTreeMap<(Id, Day), Vec<Model>> = BTreeMap::new();
    for row in &rows {
        days.entry((row.book_id, row.day)).or_default().push(row.clone());
    }
    let days: BTreeMap<(Id, Day), Standing> = days.into_iter().map(|(day, rows)| (day, of_day(rows))).collect();
    let shape = |row: Model| {
        let standing = days.get(&(row.book_id, row.day)).cloned().unwrap_or_default();
        let is = |one: Option<&Model>| one.is_some_and(|one| one.id == row.id);
        let state = match () {
            () if is(standing.counts.as_ref()) => "counts",
            () if is(standing.waiting.as_ref()) => "waiting",
            () => "replaced",
        };
        BankBalanceRow {
            state: state.to_owned(),
            entered_by: name(row.entered_by),
            checked_by: name(row.checked_by),
            own: row.entered_by.is_some() && row.entered_by == cx.caller.account_id(),
            id: row.id,
            book_id: row.book_id,
            day: row.day,
            balance_cents: row.balance_cents,
            reason: row.reason,
            file_id: row.file_id,
            entered_at: row.entered_at,
        }
    };
    Ok(rows.into_iter().map(shape).collect())
}

/// What stands of each day of a book from a day on; a day without a balance is left out.
///
/// # Errors
/// The database.
pub async fn standing(conn: &impl ConnectionTrait, book: Id, from: Day) -> Result<BTreeMap<Day, Standing>> {
    let rows = entity::Entity::find()
        .filter(Column::BookId.eq(book))
        .filter(Column::Day.gte(from))
        .order_by_desc(Column::Number);
    let mut days: BTreeMap<Day, Vec<Model>> = BTreeMap::new();
    for row in rows.all(conn).await? {
        days.entry(row.day).or_default().push(row);
    }
    Ok(days.into_iter().map(|(day, rows)| (day, of_day(rows))).collect())
}

/// Which of the balances of a day counts, the last entered first.
fn of_day(rows: Vec<Model>) -> Standing {
    let waiting = rows.first().filter(|row| !row.counts()).cloned();
    Standing { counts: rows.into_iter().find(Model::counts), waiting }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(number: i64, checked: bool) -> Model {
        Model {
            id: Id::from_u128(u128::from(number.unsigned_abs())),
            book_id: Id::nil(),
            day: Day::default(),
            number,
            balance_cents: number,
            replaces_id: None,
            reason: None,
            file_id: None,
            row_number: None,
            entered_by: None,
            entered_at: DateTime::UNIX_EPOCH,
            checked_by: None,
            checked_at: checked.then_some(DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn what_was_looked_at_counts_until_the_next_one_was() {
        // What was looked at, from the first balance on; which one counts, which one waits.
        let cases: [(&[bool], Option<i64>, Option<i64>); 5] = [
            (&[false], None, Some(1)),
            (&[true], Some(1), None),
            (&[true, false], Some(1), Some(2)),
            (&[true, false, true], Some(3), None),
            (&[false, false], None, Some(2)),
        ];
        for (looked_at, counts, waiting) in cases {
            let mut rows: Vec<Model> =
                (1..).zip(looked_at).map(|(number, checked)| balance(number, *checked)).collect();
            rows.reverse();
            let found = of_day(rows);
            let number = |one: Option<Model>| one.map(|one| one.number);
            assert_eq!((number(found.counts), number(found.waiting)), (counts, waiting), "{looked_at:?}");
        }
    }
}
