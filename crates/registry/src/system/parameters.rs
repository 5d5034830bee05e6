//! The dated parameters as administrators see and set them.

use std::collections::BTreeMap;

use kernel::parameter::{self, Kind, New, PARAMETER_SOURCE, PARAMETER_UNKNOWN, PARAMETER_VALUE, Parameter};
use kernel::routes::Nothing;
use kernel::time::Day;
use kernel::{Cx, Id, Refusal, Result, Tx};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PARAMETER_DIVISION;
use crate::division::entity as division;
use crate::person::name::clean_text;
use crate::staff::rules::last_day;

/// Every parameter that this program reads, in the order of the house; `above` are those of the floors above this one.
#[must_use]
pub fn catalogue(above: &[Parameter]) -> Vec<Parameter> {
    [parameter::KERNEL, crate::parameters::PARAMETERS, above].concat()
}

/// A parameter with its history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ParameterRow {
    /// Stable name.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Unit, as shown.
    pub unit: &'static str,
    /// Which values it takes, in Chinese.
    pub accepts: String,
    /// Every value it ever had, oldest first within a division.
    pub values: Vec<ParameterValue>,
}

/// A value for a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ParameterValue {
    /// The value's row.
    pub id: Id,
    /// For which division; absent for the whole city.
    pub division_code: Option<String>,
    /// The value.
    pub value: String,
    /// First day.
    pub from: Day,
    /// Last day; absent without an end.
    pub to: Option<Day>,
    /// Document or decision it rests on.
    pub source: String,
}

/// All parameters.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ParameterRows {
    /// In the order of the house.
    pub items: Vec<ParameterRow>,
}

/// A value to be set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ParameterSet {
    /// Name of the parameter.
    pub name: String,
    /// For which division; the whole city unless given.
    #[serde(default)]
    pub division_code: Option<String>,
    /// The value.
    pub value: String,
    /// First day, today or later.
    pub from: Day,
    /// Document or decision it rests on, 2 to 200 characters.
    pub source: String,
}

/// What was set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ParameterIsSet {
    /// The value's row.
    pub id: Id,
}

/// Lists the parameters with every value they had.
///
/// # Errors
/// The database.
pub async fn parameters(cx: Cx, _input: Nothing) -> Result<ParameterRows> {
    let rows = parameter::Entity::find()
        .order_by_asc(parameter::Column::DivisionCode)
        .order_by_asc(parameter::Column::ValidFrom)
        .all(cx.read())
        .await?;
    let mut values: BTreeMap<String, Vec<ParameterValue>> = BTreeMap::new();
    for row in rows {
        let value = ParameterValue {
            id: row.id,
            division_code: Some(row.division_code).filter(|code| !code.is_empty()),
            value: row.value,
            from: row.valid_from,
            to: last_day(row.valid_to),
            source: row.source,
        };
        values.entry(row.name).or_default().push(value);
    }
    let row = |known: Parameter| ParameterRow {
        name: known.name,
        label: known.label,
        unit: known.unit,
        accepts: accepts(&known),
        values: values.remove(known.name).unwrap_or_default(),
    };
    Ok(ParameterRows { items: catalogue(&cx.app.parameters).into_iter().map(row).collect() })
}

/// Sets a value from a day on; the one before ends the day before.
///
/// # Errors
/// `parameter.*` refusals; the database.
pub async fn set_parameter(cx: Cx, input: ParameterSet) -> Result<ParameterIsSet> {
    let known = catalogue(&cx.app.parameters).into_iter().find(|known| known.name == input.name);
    let known = known.ok_or_else(|| PARAMETER_UNKNOWN.refusal().on("name"))?;
    let value = clean_text(&input.value, 200).ok().filter(|text| known.accepts(text));
    let value = value.ok_or_else(|| outside(&known))?;
    let source = clean_text(&input.source, 200).map_err(|_| PARAMETER_SOURCE.refusal().on("source"))?;
    let division_code = input.division_code.unwrap_or_default();
    let tx = cx.begin().await?;
    must_exist(&tx, &division_code).await?;
    let new = New { division_code: &division_code, value: &value, from: input.from, source: &source };
    let id = parameter::set(&tx, &known, new).await?;
    tx.commit(ParameterIsSet { id }).await
}

fn accepts(known: &Parameter) -> String {
    match known.kind {
        Kind::Number(least, most) => format!("{least} 到 {most} 之间的整数"),
        Kind::Cents => "以分为单位的整数，不小于 0".to_owned(),
        Kind::Text => "1 到 200 个字".to_owned(),
    }
}

fn outside(known: &Parameter) -> Refusal {
    let unit = if known.unit.is_empty() { String::new() } else { format!("（单位：{}）", known.unit) };
    let message = format!("“{}”请填写{}{unit}，请核对后重新填写。", known.label, accepts(known));
    PARAMETER_VALUE.with(message).on("value")
}

/// The whole city, or a division as the city stands today.
async fn must_exist(tx: &Tx, code: &str) -> Result<()> {
    if code.is_empty() {
        return Ok(());
    }
    let found = division::Entity::find()
        .filter(division::Column::Code.eq(code))
        .filter(division::Column::ValidTo.is_null())
        .one(tx)
        .await?;
    found.map(|_| ()).ok_or_else(|| PARAMETER_DIVISION.refusal().on("division_code").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_first_values_fit() {
        let mut seen = std::collections::BTreeSet::new();
        for known in catalogue(&[]) {
            assert!(seen.insert(known.name), "{} declared twice", known.name);
            assert!(known.accepts(known.first) && !known.source.is_empty());
        }
    }

    #[test]
    fn a_refused_value_is_told_its_bounds() {
        let tries = catalogue(&[]).into_iter().find(|known| known.name == parameter::name::LOCK_TRIES).unwrap();
        assert_eq!(
            outside(&tries).message,
            "“连续输错几次后锁定”请填写3 到 10 之间的整数（单位：次），请核对后重新填写。"
        );
    }
}
