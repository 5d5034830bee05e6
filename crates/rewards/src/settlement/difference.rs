//! What is done about a difference: proposed by one person, decided by another.

use kernel::event::Event;
use kernel::routes::Done;
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    SETTLEMENT_ACTION, SETTLEMENT_DIFFERENCE, SETTLEMENT_OWN, difference_entity as entity, effect,
    entity as settlement, find, item_entity as item,
};
use crate::merchant::access::{SETTLEMENT_APPROVE, SETTLEMENT_RUN};
use crate::merchant::rules;

/// What can be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceAction {
    /// The bank did pay, as much as it says: entered as paid.
    Pay,
    /// The bank paid once more: entered as paid again, and the merchant owes it.
    PayAgain,
    /// The bank did not pay: the merchant is owed as before.
    Release,
    /// Nothing moves; what was found out is written down.
    Close,
}

impl DifferenceAction {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::PayAgain => "pay_again",
            Self::Release => "release",
            Self::Close => "close",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pay, Self::PayAgain, Self::Release, Self::Close].into_iter().find(|one| one.as_str() == text)
    }

    /// Whether it fits what a difference is; what the bank refused or gave back was entered with its line.
    #[must_use]
    pub fn fits(self, class: &str, item_open: bool) -> bool {
        match self {
            Self::Pay => item_open && ["amount", "missing", "day"].contains(&class),
            Self::Release => item_open && ["amount", "missing", "day", "unknown"].contains(&class),
            Self::PayAgain => class == "duplicate",
            Self::Close => !item_open || ["rejected", "returned", "unknown", "duplicate"].contains(&class),
        }
    }

    /// Whether one person is enough: nothing moves, and the ledger agrees with the bank already.
    #[must_use]
    pub fn needs_one(self, class: &str) -> bool {
        self == Self::Close && ["rejected", "returned"].contains(&class)
    }
}

/// A proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DifferencePropose {
    /// About which difference.
    pub difference_id: Uuid,
    /// What is to be done.
    pub action: DifferenceAction,
    /// Why.
    pub reason: String,
    /// What it stands on: number of a bank voucher, of a letter.
    pub reference: String,
}

/// A decision on somebody else's proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DifferenceDecide {
    /// About which difference.
    pub difference_id: Uuid,
    /// Whether it is done.
    pub approved: bool,
    /// Why not.
    #[serde(default)]
    pub reason: String,
}

/// Proposes what is done about a difference. To write down what was refused or came back one person is enough.
///
/// # Errors
/// `merchant.form`, `settlement.action`, `settlement.difference`, 404 outside the caller's scope; the database.
pub async fn propose(cx: Cx, input: DifferencePropose) -> Result<Done> {
    let reason = rules::reason(&input.reason)?;
    let reference = rules::text(&input.reference, "reference", "凭据编号", 2, 60)?;
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let (row, of) = load(&cx, &tx, SETTLEMENT_RUN, input.difference_id).await?;
    if row.state != "open" {
        return Err(SETTLEMENT_DIFFERENCE.refusal().into());
    }
    let item = item_of(&tx, &row).await?;
    let open = item.as_ref().is_some_and(|item| item.state == "open");
    if !input.action.fits(&row.class, open) {
        return Err(SETTLEMENT_ACTION.refusal().on("action").into());
    }
    let alone = input.action.needs_one(&row.class);
    let sql = if alone {
        "UPDATE settlement_difference SET state = 'done', action = $2, reason = $3, reference = $4, decided_by = $5,
            decided_at = $6, refused = NULL WHERE id = $1 AND state = 'open'"
    } else {
        "UPDATE settlement_difference SET state = 'proposed', action = $2, reason = $3, reference = $4,
            proposed_by = $5, proposed_at = $6, decided_by = NULL, decided_at = NULL, refused = NULL
            WHERE id = $1 AND state = 'open'"
    };
    let values =
        [row.id.into(), input.action.as_str().into(), reason.into(), reference.into(), by.into(), tx.now().into()];
    if tx.execute_sql(sql, values).await? != 1 {
        return Err(SETTLEMENT_DIFFERENCE.refusal().into());
    }
    if alone {
        effect::close_if_done(&tx, of.id).await?;
    }
    let kind = if alone { "settlement.difference_closed" } else { "settlement.correction_proposed" };
    record(&tx, kind, &of, &row, input.action).await?;
    tx.commit(Done {}).await
}

/// Decides what another person proposed: a yes is carried out at once, a no opens the difference again.
///
/// # Errors
/// `settlement.own`, `settlement.difference`, `settlement.action`, `merchant.form`, `ledger.*`, 404 outside the caller's
/// scope; the database.
pub async fn decide(cx: Cx, input: DifferenceDecide) -> Result<Done> {
    let refused = if input.approved { None } else { Some(rules::reason(&input.reason)?) };
    let by = cx.caller.account()?;
    let tx = cx.begin().await?;
    let (row, of) = load(&cx, &tx, SETTLEMENT_APPROVE, input.difference_id).await?;
    if row.state != "proposed" {
        return Err(SETTLEMENT_DIFFERENCE.refusal().into());
    }
    if row.proposed_by == Some(by) {
        return Err(SETTLEMENT_OWN.refusal().into());
    }
    let action = row.action.as_deref().and_then(DifferenceAction::parse);
    let action = action.ok_or_else(|| Error::internal("a proposal without its action"))?;
    let sql = match refused {
        None => {
            "UPDATE settlement_difference SET state = 'done', decided_by = $2, decided_at = $3, refused = $4
                WHERE id = $1 AND state = 'proposed'"
        }
        Some(_) => {
            "UPDATE settlement_difference SET state = 'open', decided_by = $2, decided_at = $3, refused = $4,
                action = NULL, reason = NULL, reference = NULL, proposed_by = NULL, proposed_at = NULL
                WHERE id = $1 AND state = 'proposed'"
        }
    };
    if tx.execute_sql(sql, [row.id.into(), by.into(), tx.now().into(), refused.into()]).await? != 1 {
        return Err(SETTLEMENT_DIFFERENCE.refusal().into());
    }
    if input.approved {
        carry_out(&tx, &row, &of, action).await?;
        effect::close_if_done(&tx, of.id).await?;
    }
    let kind = if input.approved { "settlement.corrected" } else { "settlement.correction_refused" };
    record(&tx, kind, &of, &row, action).await?;
    tx.commit(Done {}).await
}

async fn carry_out(tx: &Tx, row: &entity::Model, of: &settlement::Model, action: DifferenceAction) -> Result<()> {
    if action == DifferenceAction::Close {
        return Ok(());
    }
    let item = item_of(tx, row).await?.ok_or_else(|| SETTLEMENT_ACTION.refusal())?;
    // What the bank says; of a missing line what was asked.
    let said = row.actual_cents.or(row.expected_cents).filter(|cents| *cents > 0);
    let said = said.ok_or_else(|| SETTLEMENT_ACTION.refusal());
    match action {
        DifferenceAction::Pay => effect::pay(tx, &item, &of.number, said?).await,
        DifferenceAction::PayAgain => effect::pay_again(tx, &item, &of.number, said?, row.id).await,
        DifferenceAction::Release => effect::give_up(tx, &item, "released").await,
        DifferenceAction::Close => Ok(()),
    }
}

async fn load(
    cx: &Cx,
    tx: &Tx,
    permission: kernel::access::Permission,
    id: Id,
) -> Result<(entity::Model, settlement::Model)> {
    let row = entity::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    let of = find::kept(cx, tx, permission, row.settlement_id).await?;
    Ok((row, of))
}

async fn item_of(tx: &Tx, row: &entity::Model) -> Result<Option<item::Model>> {
    let Some(id) = row.item_id else { return Ok(None) };
    Ok(item::Entity::find_by_id(id).one(tx).await?)
}

async fn record(
    tx: &Tx,
    kind: &'static str,
    of: &settlement::Model,
    row: &entity::Model,
    action: DifferenceAction,
) -> Result<()> {
    let event = Event::of(kind, "settlement", of.id).at(of.organization_id);
    tx.record(event.with("difference_id", row.id).with("class", &row.class).with("action", action)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_a_difference() {
        use DifferenceAction::{Close, Pay, PayAgain, Release};
        let cases = [
            ("missing", true, vec![Pay, Release]),
            ("amount", true, vec![Pay, Release]),
            ("day", true, vec![Pay, Release]),
            ("missing", false, vec![Close]),
            ("unknown", true, vec![Release, Close]),
            ("unknown", false, vec![Close]),
            ("duplicate", false, vec![PayAgain, Close]),
            ("rejected", false, vec![Close]),
            ("returned", false, vec![Close]),
        ];
        for (class, open, expected) in cases {
            let fit: Vec<_> = [Pay, PayAgain, Release, Close].into_iter().filter(|one| one.fits(class, open)).collect();
            assert_eq!(fit, expected, "{class} {open}");
        }
        assert!(Close.needs_one("returned") && !Close.needs_one("duplicate") && !Pay.needs_one("returned"));
        assert!([Pay, PayAgain, Release, Close].iter().all(|one| DifferenceAction::parse(one.as_str()) == Some(*one)));
    }
}
