//! Transfers beside the events that they were written with.

use std::collections::{BTreeMap, HashMap};

use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::Audit;
use super::transfers::{COLUMNS, Row};
use crate::ledger::engine::rows::Transfer;
use crate::ledger::told::Told;

/// What an event says.
struct Said {
    kind: String,
    of: Id,
    payload: serde_json::Value,
}

impl Said {
    /// Transfers of before events were shared had one each.
    fn is_of_one(&self) -> bool {
        self.payload.get("digest").is_none()
    }

    fn tells_one(&self, row: &Row) -> bool {
        let says = |name: &str, value: serde_json::Value| self.payload.get(name) == Some(&value);
        self.kind == row.kind.event()
            && self.of == row.id
            && says("seq", row.seq.into())
            && says("amount_cents", row.amount_cents.into())
            && says("debit_id", row.debit_id.to_string().into())
            && says("credit_id", row.credit_id.to_string().into())
    }

    /// Says these transfers, all of them and no others.
    fn tells(&self, book: Id, told: &Told, transfers: &[Transfer]) -> bool {
        let kinds = transfers.iter().all(|one| one.kind.event() == self.kind);
        self.of == book && kinds && *told == Told::of(transfers)
    }
}

impl<C: ConnectionTrait> Audit<'_, C> {
    /// Each event of these rows, which follow each other, against all the transfers that name it.
    pub(super) async fn check_events(&mut self, rows: &[Row]) -> Result<()> {
        let events = self.said(rows).await?;
        let mut bundles: BTreeMap<(Id, Id), Vec<&Row>> = BTreeMap::new();
        for row in rows {
            bundles.entry((row.book_id, row.event_id)).or_default().push(row);
        }
        for ((book, event), some) in bundles {
            self.report.about = Some(book);
            let agree = match events.get(&event) {
                Some(said) if said.is_of_one() => some.iter().all(|row| said.tells_one(row)),
                Some(said) => match serde_json::from_value::<Told>(said.payload.clone()) {
                    Ok(told) => said.tells(book, &told, &self.whole((book, event), &told, &some).await?),
                    Err(_) => false,
                },
                None => false,
            };
            let (first, last) = (some.first().map_or(0, |row| row.seq), some.last().map_or(0, |row| row.seq));
            self.report.check(agree, "I12", || {
                format!("transfers {first} to {last} of book {book} and their event {event} do not agree")
            });
        }
        Ok(())
    }

    /// All transfers that name an event: those of this page, and where it ends within them the others.
    async fn whole(&self, (book, event): (Id, Id), told: &Told, some: &[&Row]) -> Result<Vec<Transfer>> {
        let mut all: BTreeMap<i64, Transfer> = some.iter().map(|row| (row.seq, row.written())).collect();
        if usize::try_from(told.transfers) != Ok(all.len()) {
            let sql = format!(
                "SELECT {COLUMNS} FROM transfer WHERE book_id = $1 AND seq BETWEEN $2 AND $3 AND event_id = $4"
            );
            let values = [book.into(), told.first_seq.into(), told.last_seq.into(), event.into()];
            for row in self.rows(&sql, values).await? {
                let row = Row::of(&row)?;
                all.insert(row.seq, row.written());
            }
        }
        Ok(all.into_values().collect())
    }

    async fn said(&self, rows: &[Row]) -> Result<HashMap<Id, Said>> {
        let sql = "SELECT id, kind, aggregate_id, payload FROM event WHERE id IN";
        let mut events = HashMap::new();
        for row in self.of_keys(sql, rows.iter().map(|row| row.event_id)).await? {
            let payload: String = row.try_get("", "payload")?;
            let said = Said {
                kind: row.try_get("", "kind")?,
                of: row.try_get("", "aggregate_id")?,
                payload: serde_json::from_str(&payload)?,
            };
            events.insert(row.try_get("", "id")?, said);
        }
        Ok(events)
    }
}
