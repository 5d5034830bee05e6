//! Answers to orders that left no transfer: one an id, and each of a kind that is known.

use kernel::{Id, Result};
use sea_orm::{ConnectionTrait, QueryResult};

use super::Audit;
use crate::ledger::{REFUSALS, read};

impl<C: ConnectionTrait> Audit<'_, C> {
    pub(super) async fn check_answers(&mut self) -> Result<()> {
        let mut after = Id::nil();
        loop {
            let rows = self.page(read::BURNT, after).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get("", "id")?;
            self.check_some_answers(&rows).await?;
        }
    }

    pub(super) async fn check_some_answers(&mut self, rows: &[QueryResult]) -> Result<()> {
        // An answer does not say of which book its order was.
        self.report.about = None;
        let (mut ids, mut holds) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            self.report.answers += 1;
            let id: Id = row.try_get("", "id")?;
            ids.push(id);
            match read::burnt(row)?.answer {
                Ok(done) => holds.push(done.transfer_id),
                Err(refusal) => {
                    let known = REFUSALS.iter().any(|kind| kind.code == refusal.code);
                    self.report.check(known, "I13", || format!("answer {id} is a refusal that nobody gives"));
                }
            }
        }
        for row in self.of_keys("SELECT id FROM transfer WHERE id IN", ids).await? {
            let id: Id = row.try_get("", "id")?;
            self.report.fault("I13", format!("order {id} has two answers"));
        }
        holds.sort_unstable();
        holds.dedup();
        let found = self.of_keys("SELECT id FROM ledger_hold WHERE id IN", holds.iter().copied()).await?.len();
        self.report.check(found == holds.len(), "I7", || {
            format!("{} holds were answered that are not there", holds.len() - found)
        });
        Ok(())
    }
}
