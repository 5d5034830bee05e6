//! Recorded authority: one person may do certain things for another, from a day to a day, on a basis that can be
//! shown (a letter of attorney, guardianship). A relative fetches a gift, a shop steward hands in papers.
//!
//! Invariants:
//! * nobody is his own agent; who records a mandate for somebody else does not record himself as the agent;
//! * one mandate per principal, agent and scope holds at a time (index `mandate_once`);
//! * only the principal, or who may read the members of the principal's union, records one; the agent may lay it down;
//! * the basis may name people, so it stays in the table; events carry ids and the scope.
//!
//! ```
//! use kernel::{Error, Id, Result, Tx};
//! use registry::person::mandate::{MandateScope, may_act_for};
//!
//! async fn hand_in_for(tx: &Tx, agent: Id, principal: Id) -> Result<()> {
//!     match may_act_for(tx, agent, principal, MandateScope::SubmitDocuments, tx.today()).await? {
//!         true => Ok(()),
//!         false => Err(Error::not_found()),
//!     }
//! }
//! ```

mod list;
mod record;
mod revoke;

use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Routes};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use list::{MandateList, MandateRow, Mandates, mandates};
pub use record::{MandateRecord, MandateRecorded, record_mandate};
pub use revoke::{MandateRevoke, revoke_mandate};

use super::mandate_entity::{Column, Entity};
use crate::access::MEMBER_READ;
use crate::member::entity as membership;

kernel::refusals! {
    /// A person cannot be his own agent.
    MANDATE_SELF = "mandate.self", UNPROCESSABLE_ENTITY, "委托人和代办人不能是同一个人，请另选代办人。";
    /// Who records a mandate for another cannot be its agent.
    MANDATE_OWN = "mandate.own", CONFLICT, "不能登记由您自己代办，请由委托人本人登记，或者由另一位同志登记。";
    /// The agent is not known here.
    MANDATE_AGENT = "mandate.agent", UNPROCESSABLE_ENTITY, "没有找到代办人，请先核对代办人的登记信息后再选。";
    /// The basis is missing or too long.
    MANDATE_BASIS = "mandate.basis", UNPROCESSABLE_ENTITY, "请写明依据（2 到 200 字），例如“委托书，2026 年 11 月 20 日”。";
    /// The last day lies in the past.
    MANDATE_DATES = "mandate.dates", UNPROCESSABLE_ENTITY, "委托的最后一天不能早于今天，请重新选择日期；不填为长期。";
    /// This agent has this authority already.
    MANDATE_TWICE = "mandate.twice", CONFLICT, "这项委托已经登记过；要改期限请先撤销再登记。";
    /// It was revoked before, or its time is over.
    MANDATE_ENDED = "mandate.ended", CONFLICT, "这项委托已经撤销或到期，请刷新查看。";
}

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MandateScope {
    /// Fetch what was got for points.
    CollectPoints,
    /// Hand in forms and papers, and take notice of the answer.
    SubmitDocuments,
    /// Help with signing in and with the phone.
    SignInHelp,
}

impl MandateScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::CollectPoints, Self::SubmitDocuments, Self::SignInHelp];

    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CollectPoints => "collect_points",
            Self::SubmitDocuments => "submit_documents",
            Self::SignInHelp => "sign_in_help",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::CollectPoints => "代领积分物品",
            Self::SubmitDocuments => "代交材料",
            Self::SignInHelp => "协助登录",
        }
    }

    /// The scope of a stored name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Whether `agent` may do this for `principal` on a day.
///
/// # Errors
/// When the database is away.
pub async fn may_act_for(
    conn: &impl ConnectionTrait,
    agent: Id,
    principal: Id,
    scope: MandateScope,
    day: Day,
) -> Result<bool> {
    let open_end = Column::ValidTo.is_null().or(Column::ValidTo.gt(day));
    let found = Entity::find()
        .filter(Column::AgentId.eq(agent))
        .filter(Column::PrincipalId.eq(principal))
        .filter(Column::Scope.eq(scope.name()))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ValidFrom.lte(day))
        .filter(open_end)
        .count(conn)
        .await?;
    Ok(found > 0)
}

/// The principal himself, or who may read the members of the principal's union.
async fn must_keep(cx: &Cx, conn: &impl ConnectionTrait, principal: Id) -> Result<()> {
    if cx.caller.person_id() == Some(principal) {
        return Ok(());
    }
    let membership = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(principal))
        .filter(membership::Column::State.eq("active"))
        .one(conn)
        .await?;
    let may = match membership {
        Some(row) => cx.caller.may(conn, MEMBER_READ, row.organization_id).await?,
        None => false,
    };
    // Whether there is such a person is not told to others.
    if may { Ok(()) } else { Err(Error::not_found()) }
}

/// Routes of mandates.
#[must_use]
pub fn routes() -> Routes {
    Routes::new("person")
        .get("/api/persons/{id}/mandates", "Who may act for a person, and for whom the person may act")
        .signed_in()
        .runs(mandates)
        .post("/api/persons/{id}/mandates", "Records that somebody may act for a person")
        .signed_in()
        .runs(record_mandate)
        .post("/api/mandates/{id}/revoke", "Revokes or lays down such authority")
        .signed_in()
        .runs(revoke_mandate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_stored_as_they_are_sent() {
        for scope in MandateScope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
            assert_eq!(MandateScope::of_name(scope.name()), Some(scope));
        }
        assert_eq!(MandateScope::of_name("everything"), None);
    }
}
