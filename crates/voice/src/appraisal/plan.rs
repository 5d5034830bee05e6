//! What is fixed about an evaluation beside its scheme, and writing it down.

use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::time::{Day, Time};
use kernel::{Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, Statement, Value};
use serde::{Deserialize, Serialize};

use super::rules::State;
use crate::instrument::Subject;
use crate::scheme::Scheme;

/// The part of an evaluation that its scheme leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Whom or what it is about, as it stands on the page.
    pub subject_name: String,
    /// Who may answer, in CEL.
    pub rule: String,
    /// Several small unions vote together.
    pub joint: bool,
}

impl Plan {
    /// Reads what was kept.
    ///
    /// # Errors
    /// When the text is no plan.
    pub fn read(text: &str) -> Result<Self> {
        Ok(serde_json::from_str(text)?)
    }
}

/// An evaluation about to be written, as a draft.
#[derive(Debug, Clone)]
pub struct NewEvaluation {
    /// Its id, made before: its unions are claimed with it.
    pub id: Id,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Id>,
    /// Who is responsible for it: the union, or the town of small ones.
    pub organization_id: Id,
    /// Whom or what it is about.
    pub subject: Subject,
    /// Whose members answer.
    pub unions: Vec<Id>,
    /// As it stands on the page.
    pub title: String,
    /// The year spoken of.
    pub year: i32,
    /// Who may answer, in CEL.
    pub rule: String,
    /// Opened by itself on this day.
    pub opens_on: Option<Day>,
    /// The moment after which no ballot is taken, as planned.
    pub closes_at: Time,
}

impl NewEvaluation {
    fn plan(&self) -> Plan {
        Plan { subject_name: self.subject.name.clone(), rule: self.rule.clone(), joint: self.unions.len() > 1 }
    }
}

const COLUMNS: [&str; 15] = [
    "id",
    "campaign_id",
    "organization_id",
    "scheme_code",
    "scheme_version",
    "subject_kind",
    "subject_id",
    "title",
    "year",
    "plan",
    "state",
    "opens_on",
    "closes_at",
    "created_by",
    "created_at",
];

/// Writes drafts with their unions and their events.
///
/// # Errors
/// The database.
pub async fn insert(tx: &Tx, scheme: &Scheme, drafts: &[NewEvaluation]) -> Result<()> {
    let rows: Vec<Vec<Value>> = drafts.iter().map(|draft| row(tx, scheme, draft)).collect::<Result<_>>()?;
    let columns = [&COLUMNS[..], &["version"]].concat();
    insert_rows(tx, "evaluation", &columns, rows, "").await?;
    let pairs = drafts.iter().flat_map(|draft| draft.unions.iter().map(|union| vec![draft.id.into(), (*union).into()]));
    insert_rows(tx, "evaluation_union", &["evaluation_id", "organization_id"], pairs.collect(), "").await?;
    let event = |draft: &NewEvaluation| {
        Event::of("evaluation.created", "evaluation", draft.id)
            .at(draft.organization_id)
            .with("scheme", &scheme.code)
            .with("scheme_version", scheme.version)
            .with("year", draft.year)
            .with("subject_id", draft.subject.id)
            .with("campaign_id", draft.campaign_id)
            .with("unions", draft.unions.len())
    };
    tx.record_many(drafts.iter().map(event).collect()).await?;
    Ok(())
}

fn row(tx: &Tx, scheme: &Scheme, draft: &NewEvaluation) -> Result<Vec<Value>> {
    Ok(vec![
        draft.id.into(),
        draft.campaign_id.into(),
        draft.organization_id.into(),
        scheme.code.clone().into(),
        scheme.version.into(),
        draft.subject.kind.as_str().into(),
        draft.subject.id.into(),
        draft.title.clone().into(),
        i64::from(draft.year).into(),
        serde_json::to_string(&draft.plan())?.into(),
        State::Draft.as_str().into(),
        draft.opens_on.into(),
        draft.closes_at.into(),
        tx.caller().account_id().into(),
        tx.now().into(),
        1_i64.into(),
    ])
}

/// A union's one evaluation of a subject in a year.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The union.
    pub union: Id,
    /// The union itself, or the department.
    pub subject: Id,
    /// For which evaluation.
    pub evaluation: Id,
}

/// Claims the year for some unions; answers those that were still free. Under a scheme that is not yearly all are.
///
/// # Errors
/// The database.
pub async fn claim(tx: &Tx, scheme: &Scheme, year: i32, claims: &[Claim]) -> Result<Vec<Id>> {
    if !scheme.document.yearly {
        return Ok(claims.iter().map(|claim| claim.union).collect());
    }
    let row = |claim: &Claim| {
        let (union, subject, evaluation) = (claim.union, claim.subject, claim.evaluation);
        vec![union.into(), scheme.code.clone().into(), i64::from(year).into(), subject.into(), evaluation.into()]
    };
    let columns = ["organization_id", "scheme_code", "year", "subject_id", "evaluation_id"];
    let rows = claims.iter().map(row).collect();
    let won = insert_rows(tx, "evaluation_year", &columns, rows, "ON CONFLICT DO NOTHING").await?;
    if won == claims.len() as u64 {
        return Ok(claims.iter().map(|claim| claim.union).collect());
    }
    let mut free = Vec::new();
    for claim in claims {
        if holder(tx, scheme, year, claim).await? == Some(claim.evaluation) {
            free.push(claim.union);
        }
    }
    Ok(free)
}

/// The evaluation that has a union's year.
///
/// # Errors
/// The database.
pub async fn holder(tx: &Tx, scheme: &Scheme, year: i32, claim: &Claim) -> Result<Option<Id>> {
    let sql = "SELECT evaluation_id FROM evaluation_year
        WHERE organization_id = $1 AND scheme_code = $2 AND year = $3 AND subject_id = $4";
    let values = [claim.union.into(), scheme.code.clone().into(), i64::from(year).into(), claim.subject.into()];
    let row = tx.query_one_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    row.map(|row| row.try_get("", "evaluation_id").map_err(Error::from)).transpose()
}

/// Gives the year back, when a draft is given up.
///
/// # Errors
/// The database.
pub async fn give_back(tx: &Tx, evaluation: Id) -> Result<()> {
    tx.execute_sql("DELETE FROM evaluation_year WHERE evaluation_id = $1", [evaluation.into()]).await?;
    Ok(())
}
