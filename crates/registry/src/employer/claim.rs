//! Finding or creating an employer, and the employers of a union.

use kernel::time::Day;
use kernel::{Error, Id, Refusal, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::index::index_names;
use super::unit_name::unit_name;
use super::uscc::Uscc;
use super::{EMPLOYER_NAME, USCC_OF_UNION, entity};
use crate::organization::employer_link as link;

/// An employer as it is entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmployerInput {
    /// Full name.
    pub name: String,
    /// Unified social credit code.
    #[serde(default)]
    pub uscc: Option<String>,
}

/// An employer as a union's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EmployerRow {
    /// Which.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Unified social credit code, where known.
    pub uscc: Option<String>,
}

/// The employer of this code, created if it is not there yet; without a code a new one.
///
/// An employer that is there keeps its name: the register counts, not what was typed here.
///
/// # Errors
/// `employer.name`, `uscc.*`, or the database.
pub async fn claim(tx: &Tx, input: &EmployerInput, division_code: &str, synthetic: bool) -> Result<Id> {
    let name = employer_name(&input.name)?;
    let uscc = employer_code(input.uscc.as_deref())?;
    let id = tx.id();
    let row = entity::ActiveModel {
        id: Set(id),
        name: Set(name.clone()),
        uscc: Set(uscc.as_ref().map(ToString::to_string)),
        division_code: Set(division_code.to_owned()),
        synthetic: Set(synthetic),
        created_at: Set(tx.now()),
    };
    let insert = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(tx).await? == 1 {
        index_names(tx, &[(id, name)]).await?;
        return Ok(id);
    }
    // The only thing that can be there already is the code.
    let code = uscc.map(|code| code.to_string()).unwrap_or_default();
    let found = entity::Entity::find().filter(entity::Column::Uscc.eq(code)).one(tx).await?;
    found.map(|row| row.id).ok_or(Error::Contention)
}

/// An employer's name as it is kept.
///
/// # Errors
/// `employer.name`, naming what to change.
pub fn employer_name(raw: &str) -> Result<String, Refusal> {
    let name = unit_name(raw, 100).map_err(|fault| {
        EMPLOYER_NAME.with(format!("{}，请按证照上的全称填写。", fault.sentence("单位名称"))).on("employer")
    })?;
    if name.chars().count() < 2 { Err(EMPLOYER_NAME.refusal().on("employer")) } else { Ok(name) }
}

/// An employer's code from what was typed; empty is none.
///
/// # Errors
/// `uscc.*`, also for the code of a union.
pub fn employer_code(raw: Option<&str>) -> Result<Option<Uscc>, Refusal> {
    let given = raw.map(str::trim).filter(|text| !text.is_empty());
    let code = given.map(Uscc::parse).transpose()?;
    if code.as_ref().is_some_and(Uscc::is_union) { Err(USCC_OF_UNION.refusal().on("employer")) } else { Ok(code) }
}

/// The employers a union covers as of a day.
///
/// # Errors
/// The database.
pub async fn of_union(conn: &impl ConnectionTrait, organization: Id, day: Day) -> Result<Vec<EmployerRow>> {
    let links = link::Entity::find()
        .filter(link::Column::OrganizationId.eq(organization))
        .filter(link::Column::ValidFrom.lte(day))
        .filter(Condition::any().add(link::Column::ValidTo.is_null()).add(link::Column::ValidTo.gt(day)))
        .all(conn)
        .await?;
    let ids = links.into_iter().map(|row| row.employer_id);
    let rows =
        entity::Entity::find().filter(entity::Column::Id.is_in(ids)).order_by_asc(entity::Column::Id).all(conn).await?;
    Ok(rows.into_iter().map(|row| EmployerRow { id: row.id, name: row.name, uscc: row.uscc }).collect())
}
