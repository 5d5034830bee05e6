//! Starts an evaluation as a draft, with everything filled in that can be known.

use chrono::NaiveDate;
use kernel::{Cx, Error, Id, Result, Tx, node};
use registry::organization::{entity as organization, record};
use registry::segment::Segment;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{EvaluationRow, shaped};
use super::plan::{self, Claim, NewEvaluation};
use super::subject::{self, Named};
use super::{EVALUATION_JOINT, EVALUATION_NO_CHAIR, EVALUATION_TWICE, level, rated, rules, size};
use crate::access::EVALUATION_START;
use crate::instrument::{Subject, SubjectKind};
use crate::scheme::{Level, Scheme, find as schemes, rules::title};

/// Which evaluation. Only scheme and union must be told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvaluationCreate {
    /// Code of the scheme; its latest version is followed.
    pub scheme: String,
    /// The union: rated or asking; for a joint evaluation the town.
    pub organization_id: Uuid,
    /// The year spoken of; the present one, in the first quarter the last one, unless told.
    #[serde(default)]
    pub year: Option<i32>,
    /// Made from the scheme unless told.
    #[serde(default)]
    pub title: Option<String>,
    /// Last day; as usual under the scheme unless told.
    #[serde(default)]
    pub closes_on: Option<NaiveDate>,
    /// The department, under a scheme that evaluates departments.
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// The closed budget item of the union, under a scheme that reviews funds.
    #[serde(default)]
    pub fund_id: Option<Uuid>,
    /// Two or more unions of the town with fewer than five electors each, which vote together.
    #[serde(default)]
    pub union_ids: Vec<Uuid>,
}

/// Starts an evaluation as a draft.
///
/// # Errors
/// `scheme.unknown`, `scheme.level`, `evaluation.*`, `department.*`, `fund.running`, `organization.state`, 404 outside the caller's
/// scope; the database.
pub async fn create(cx: Cx, input: EvaluationCreate) -> Result<EvaluationRow> {
    let scheme = schemes::latest(cx.read(), &input.scheme).await?;
    let joint = joined(&cx, &scheme, &input).await?;
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, EVALUATION_START, union.id).await?;
    record::must_be_established(&union)?;
    scheme.must_start(level::level_at(&cx.caller, &tx, EVALUATION_START, union.id, tx.today()).await?)?;
    let year = rules::year(input.year, tx.today())?;
    let (_, closes_at) = rules::closing(tx.today(), input.closes_on, scheme.document.days_open)?;
    let subject = match &joint {
        Some(unions) => subject::joint(scheme.document.subject, &union, unions.len()),
        None => {
            let named = Named { department_id: input.department_id, fund_id: input.fund_id };
            subject::of(&tx, scheme.document.subject, &union, &named, tx.today()).await?
        }
    };
    let title = match &input.title {
        Some(title) => rules::title(title)?,
        None => title(&scheme.document.title_pattern, &subject.name, &union.name, year),
    };
    let draft = NewEvaluation {
        id: tx.id(),
        campaign_id: None,
        organization_id: union.id,
        unions: joint.unwrap_or_else(|| vec![union.id]),
        subject,
        title,
        year,
        rule: scheme.document.electorate.clone(),
        opens_on: None,
        closes_at,
    };
    claim(&tx, &scheme, &draft).await?;
    plan::insert(&tx, &scheme, std::slice::from_ref(&draft)).await?;
    let row = super::load(&tx, draft.id).await?;
    let answer = shaped(&tx, vec![row]).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit(answer).await
}

/// What stands in the year beside the union: the union itself, or the department.
#[must_use]
pub(super) fn counted(subject: &Subject, union: Id) -> Id {
    if subject.kind == SubjectKind::Department { subject.id.unwrap_or(union) } else { union }
}

async fn claim(tx: &Tx, scheme: &Scheme, draft: &NewEvaluation) -> Result<()> {
    let claim = |union: &Id| Claim { union: *union, subject: counted(&draft.subject, *union), evaluation: draft.id };
    let claims: Vec<Claim> = draft.unions.iter().map(claim).collect();
    let free = plan::claim(tx, scheme, draft.year, &claims).await?;
    let Some(taken) = claims.iter().find(|claim| !free.contains(&claim.union)) else {
        return Ok(());
    };
    let union = record::load(tx, taken.union).await?;
    let sentence = format!("“{}”{}年度已经发起过这项评议，请在评议列表里打开它继续办理。", union.name, draft.year);
    Err(EVALUATION_TWICE.with(sentence).into())
}

/// The unions of a joint evaluation, checked; `None` for an evaluation of one. Outside the transaction: people are
/// counted.
async fn joined(cx: &Cx, scheme: &Scheme, input: &EvaluationCreate) -> Result<Option<Vec<Id>>> {
    if input.union_ids.is_empty() {
        return Ok(None);
    }
    let mut ids = input.union_ids.clone();
    ids.sort_unstable();
    ids.dedup();
    cx.caller.must(cx.read(), EVALUATION_START, input.organization_id).await?;
    let subjects = [SubjectKind::Chair, SubjectKind::Union, SubjectKind::Survey];
    let town = record::load(cx.read(), input.organization_id).await?;
    let at_town = Level::of(town.kind()?) >= Level::Town;
    let fits = at_town && (2..=500).contains(&ids.len()) && subjects.contains(&scheme.document.subject);
    let no = || EVALUATION_JOINT.refusal().on("union_ids");
    if !fits {
        return Err(no().into());
    }
    let today = cx.today();
    let below = node::subtree(cx.read(), town.id, today).await?;
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(ids.iter().copied()));
    let rows = rows.all(cx.read()).await?;
    let segment = Segment::parse(&scheme.document.electorate)?;
    let heads = rated::heads(cx.read(), &ids, today).await?;
    let chairs = rated::chairs(cx.read(), &ids, today).await?;
    if scheme.document.subject == SubjectKind::Chair && ids.iter().any(|id| !chairs.contains_key(id)) {
        return Err(EVALUATION_NO_CHAIR.refusal().on("union_ids").into());
    }
    for id in &ids {
        let row = rows.iter().find(|row| row.id == *id);
        let row = row.filter(|row| below.contains(&row.id) && row.id != town.id).ok_or_else(no)?;
        record::must_be_established(row)?;
        let left_out = if scheme.document.without_rated { heads.get(id).cloned() } else { None }.unwrap_or_default();
        let enough = rules::FEWEST_ELECTORS;
        if !row.kind()?.is_base() || size::at_least(cx.read(), &segment, &[*id], today, &left_out, enough).await? {
            return Err(no().into());
        }
    }
    Ok(Some(ids))
}
