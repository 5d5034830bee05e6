//! Proposing a new union: it gets its node and its place at once, and waits for the level above.

use kernel::approval::{self, New};
use kernel::calendar::Due;
use kernel::event::Event;
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, Tx, node, parameter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::record::{self, NewOrganization};
use super::rules::{self, OrganizationKind, OrganizationState};
use super::{FOUNDING, ORGANIZATION_DIVISION, ORGANIZATION_EMPLOYER, ORGANIZATION_LEVEL, entity, given};
use crate::access::{ORGANIZATION_APPROVE, ORGANIZATION_FOUND};
use crate::division::Divisions;
use crate::employer::{self, EmployerInput};
use crate::parameters::FOUNDING_ANSWER;

/// A proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FoundInput {
    /// Under whom.
    pub parent_id: Uuid,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its own code, if it has one already.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Where it is.
    pub division_code: String,
    /// Whose workers it stands for; base unions only.
    #[serde(default)]
    pub employer: Option<EmployerInput>,
    /// How many work there.
    #[serde(default)]
    pub employees_declared: Option<i64>,
    /// Who to ask for.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// Where to ring.
    #[serde(default)]
    pub contact_phone: Option<String>,
    /// Where to go.
    #[serde(default)]
    pub address: Option<String>,
}

/// The proposed union.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Founded {
    /// Its id from now on.
    pub id: Uuid,
    /// `founding`.
    pub state: OrganizationState,
}

/// Proposes a union under a parent in the caller's scope.
///
/// # Errors
/// `organization.*`, `uscc.*`, `employer.*`, `not_found` for a parent out of reach; the database.
pub async fn found(cx: Cx, input: FoundInput) -> Result<Founded> {
    let tx = cx.begin().await?;
    cx.caller.must(&tx, ORGANIZATION_FOUND, input.parent_id).await?;
    let parent = record::load(&tx, input.parent_id).await?;
    record::must_be_established(&parent)?;
    check_place(&tx, &input, &parent).await?;
    let new = clean(&tx, &input, parent.synthetic)?;
    let id = record::insert(&tx, new).await?;
    if let Some(employer) = &input.employer {
        let employer = employer::claim(&tx, employer, &input.division_code, parent.synthetic).await?;
        record::cover(&tx, id, employer, tx.today()).await?;
    }
    let stages = stages(&tx, input.kind, input.parent_id, tx.today()).await?;
    let due = answer_due(&tx, &input.division_code).await?;
    approval::open(&tx, New { kind: FOUNDING, subject_id: id, stages: &stages, due: Some(due) }).await?;
    let proposed = Event::of("organization.proposed", "organization", id).with("kind", input.kind);
    record::record(&tx, proposed.with("parent_id", input.parent_id), None).await?;
    tx.commit(Founded { id, state: OrganizationState::Founding }).await
}

/// The kind suits the parent, and the division both.
async fn check_place(tx: &Tx, input: &FoundInput, parent: &entity::Model) -> Result<()> {
    let above = parent.kind()?;
    if !rules::may_stand_under(input.kind, above) {
        let (below, above) = (input.kind.label(), above.label());
        let sentence = format!("“{below}”不能直接建在“{above}”之下，请另选上级工会或工会类型。");
        return Err(ORGANIZATION_LEVEL.with(sentence).on("kind").into());
    }
    let divisions = Divisions::on(tx, tx.today()).await?;
    let code = &input.division_code;
    let suits = |level| rules::division_suits(input.kind, level, code, &parent.division_code);
    if !divisions.level(code).is_some_and(suits) {
        return Err(ORGANIZATION_DIVISION.refusal().on("division_code").into());
    }
    if input.employer.is_some() && !input.kind.is_base() {
        return Err(ORGANIZATION_EMPLOYER.refusal().on("employer").into());
    }
    Ok(())
}

fn clean(tx: &Tx, input: &FoundInput, synthetic: bool) -> Result<NewOrganization> {
    Ok(NewOrganization {
        id: tx.id(),
        parent: Some(input.parent_id),
        name: rules::union_name(&input.name, input.kind)?,
        kind: input.kind,
        uscc: record::own_code(input.uscc.as_deref())?,
        division_code: input.division_code.clone(),
        established_on: None,
        employees_declared: input.employees_declared.map(given::employees).transpose()?,
        contact_name: given::contact_name(input.contact_name.as_deref())?,
        contact_phone: given::contact_phone(input.contact_phone.as_deref())?,
        address: given::address(input.address.as_deref())?,
        synthetic,
    })
}

/// Who is asked: the parent, and for a federation or an industry union the parent's parent where there is one.
async fn stages(
    tx: &Tx,
    kind: OrganizationKind,
    parent: Id,
    today: Day,
) -> Result<Vec<(Id, kernel::access::Permission)>> {
    let above = node::path(tx, parent, today).await?;
    Ok(above.into_iter().take(kind.founding_stages()).map(|node| (node, ORGANIZATION_APPROVE)).collect())
}

/// Until when the level above answers, by the dated parameter of the place.
async fn answer_due(tx: &Tx, division_code: &str) -> Result<Due> {
    let days = parameter::get_i64(tx, FOUNDING_ANSWER, division_code, tx.today()).await?;
    let days = u32::try_from(days).map_err(Error::internal)?;
    Ok(tx.app().calendar.due_after_working_days(tx.today(), days))
}
