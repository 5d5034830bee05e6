//! Holds: what is set aside, and by what each was resolved.

use std::collections::HashMap;

use kernel::{Id, Result};
use sea_orm::ConnectionTrait;

use super::Audit;
use crate::ledger::engine::rows::{Hold, HoldState};
use crate::ledger::fingerprint::fingerprint;
use crate::ledger::order::{Order, What};
use crate::ledger::read;

impl<C: ConnectionTrait> Audit<'_, C> {
    /// Answers what open holds set aside of each lot.
    pub(super) async fn check_holds(&mut self) -> Result<HashMap<Id, i64>> {
        let (mut pins, mut after) = (HashMap::new(), Id::nil());
        loop {
            let rows = self.page(read::HOLD, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get("", "id")?;
            let holds = rows.iter().map(read::hold).collect::<Result<Vec<_>>>()?;
            self.check_some(holds, &mut pins).await?;
        }
        self.report.about = None;
        let sql = "SELECT CAST(count(*) AS bigint) AS n FROM lot_hold h LEFT JOIN ledger_hold o ON o.id = h.hold_id
            WHERE o.id IS NULL";
        let stray: i64 = self.rows(sql, []).await?.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
        self.report.check(stray == 0, "I7", || format!("{stray} lots are set aside for no hold"));
        Ok(pins)
    }

    /// Their accounts are there. Adds what open ones set aside to `pins`.
    pub(super) async fn check_some(&mut self, mut holds: Vec<Hold>, pins: &mut HashMap<Id, i64>) -> Result<()> {
        let mut of: HashMap<Id, Vec<(Id, i64)>> = HashMap::new();
        let sql = "SELECT hold_id, lot_id, amount_cents FROM lot_hold WHERE hold_id IN";
        for row in self.of_keys(sql, holds.iter().map(|hold| hold.id)).await? {
            let pin = (row.try_get("", "lot_id")?, row.try_get("", "amount_cents")?);
            of.entry(row.try_get("", "hold_id")?).or_default().push(pin);
        }
        let (mut answers, mut captures) = (HashMap::new(), HashMap::new());
        let ids = holds.iter().map(|hold| hold.id).chain(holds.iter().filter_map(|hold| hold.resolved_by));
        for row in self.of_keys(&format!("{} WHERE id IN", read::BURNT), ids).await? {
            answers.insert(row.try_get::<Id>("", "id")?, read::burnt(&row)?);
        }
        let sql = "SELECT id, hold_id, amount_cents, shop_id FROM transfer WHERE hold_id IN";
        for row in self.of_keys(sql, holds.iter().map(|hold| hold.id)).await? {
            let capture: (Id, i64, Option<Id>) =
                (row.try_get("", "id")?, row.try_get("", "amount_cents")?, row.try_get("", "shop_id")?);
            captures.insert(row.try_get::<Id>("", "hold_id")?, capture);
        }
        for hold in &mut holds {
            hold.pins = of.remove(&hold.id).unwrap_or_default();
            self.report.holds += 1;
            self.report.about = Some(hold.book_id);
            self.check_one(hold, pins);
            let known = answers.get(&hold.id);
            let same = known.is_some_and(|known| {
                self.order_of_hold(hold).is_some_and(|order| fingerprint(&order) == known.fingerprint)
            });
            self.report.check(same, "I13", || format!("hold {} is not what was ordered", hold.id));
            let released = hold.resolved_by.and_then(|id| answers.get(&id));
            let released = released.and_then(|known| known.answer.as_ref().ok()).map(|done| done.transfer_id);
            let capture = captures.get(&hold.id).copied();
            let resolved = match hold.state {
                HoldState::Held => capture.is_none() && hold.resolved_by.is_none(),
                HoldState::Captured => capture.is_some_and(|(id, cents, shop)| {
                    (Some(id), cents, shop) == (hold.resolved_by, hold.captured_cents, hold.shop_id)
                }),
                HoldState::Released => capture.is_none() && released == Some(hold.id),
            };
            self.report.check(resolved, "I7", || {
                let by = capture.map(|(id, ..)| format!(", but by transfer {id}")).unwrap_or_default();
                format!("hold {} was not resolved by what it says{by}", hold.id)
            });
        }
        Ok(())
    }

    fn check_one(&mut self, hold: &Hold, pins: &mut HashMap<Id, i64>) {
        let pinned: i128 = hold.pins.iter().map(|(_, cents)| i128::from(*cents)).sum();
        let whole = pinned == i128::from(hold.amount_cents);
        self.report.check(whole, "I6", || format!("the lots of hold {} are not its amount", hold.id));
        if hold.state != HoldState::Held {
            return;
        }
        hold.pins.iter().for_each(|(lot, cents)| *pins.entry(*lot).or_default() += cents);
        match self.accounts.get_mut(&hold.account_id) {
            Some(account) => account.open_holds_cents += hold.amount_cents,
            None => self.report.fault("I2", format!("hold {} is of no account", hold.id)),
        }
    }

    fn order_of_hold(&self, hold: &Hold) -> Option<Order> {
        let what = What::Hold {
            person_id: self.accounts.get(&hold.account_id)?.owner_id?,
            to: hold.to_id,
            amount_cents: hold.amount_cents,
            expires_at: hold.expires_at,
            shop_id: hold.shop_id,
            reason: hold.reason.clone(),
            subject_id: hold.subject_id,
        };
        Some(Order { id: hold.id, book_id: hold.book_id, by: hold.actor_id, what })
    }
}
