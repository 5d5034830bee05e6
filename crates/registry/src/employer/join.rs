//! Finding one's union by one's employer without signing in.
//!
//! An employer with fewer than five members is never named to a stranger: the list would name them. Its members are those
//! of its union; where the union covers several employers, those who are entered at this one. It is looked for like any
//! other, so neither the answer nor its time tells that it is there.

use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::hit;
use super::reach::Reach;
use super::search::{Found, find};
use super::{EMPLOYER_QUERY, entity};
use crate::division::Divisions;

/// Rows at the most; whoever has more to choose from types more.
const MOST: usize = 8;
/// Least likeness of a suggestion, in thousandths.
const LEAST: i64 = 650;

/// An employer as people write it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct JoinEmployersInput {
    /// 2 to 100 characters: a name, a short or former one, a code.
    pub q: String,
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JoinEmployers {
    /// The nearest first, eight at the most.
    pub items: Vec<JoinEmployer>,
}

/// An employer with its union.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JoinEmployer {
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub union_name: String,
    /// The employer.
    pub employer_name: String,
    /// Its town or district.
    pub division_name: String,
}

/// Finds employers that have a union strangers may see.
///
/// # Errors
/// `employer.query`; the database.
pub async fn join_employers(cx: Cx, input: JoinEmployersInput) -> Result<JoinEmployers> {
    let question = input.q.trim();
    if !(2..=100).contains(&question.chars().count()) {
        return Err(EMPLOYER_QUERY.refusal().on("q").into());
    }
    let found = public(&cx, question, LEAST, MOST).await?;
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let item = |(employer, union): (entity::Model, crate::organization::entity::Model)| JoinEmployer {
        organization_id: union.id,
        union_name: union.name,
        employer_name: employer.name,
        division_name: divisions.name(&employer.division_code).unwrap_or_default().to_owned(),
    };
    Ok(JoinEmployers { items: found.into_iter().map(item).collect() })
}

/// Employers that strangers may find and that are at least so near, with their unions, the nearest first.
///
/// # Errors
/// The database.
pub async fn public(
    cx: &Cx,
    question: &str,
    least: i64,
    most: usize,
) -> Result<Vec<(entity::Model, crate::organization::entity::Model)>> {
    let found = find(cx, question, &Reach::Public).await?.into_iter();
    let found: Vec<Found> = found.filter(|found| found.likeness >= least).take(most).collect();
    let ids: Vec<Uuid> = found.iter().map(|found| found.employer.id).collect();
    let mut unions = hit::unions(cx, &ids).await?;
    let pair = |found: Found| unions.remove(&found.employer.id).map(|union| (found.employer, union));
    Ok(found.into_iter().filter_map(pair).collect())
}
