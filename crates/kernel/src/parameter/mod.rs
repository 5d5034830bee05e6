//! Dated parameters: every line, ratio, quorum and deadline that a rule reads, per division,
//! with the text that it comes from. Never a constant in the code.
//!
//! * A parameter is *declared* in code (name, label, unit, first value and its source) and
//!   *valued* in the table; [`seed`] writes first values where there are none.
//! * The most specific division wins: town, then district, then city, then everywhere (`""`).
//! * Values of one division never overlap; the past is never changed, so yesterday's
//!   decision can be computed again.
//!
//! ```no_run
//! # use kernel::{Result, Tx, parameter};
//! # async fn example(tx: Tx, town_code: String) -> Result<()> {
//! let days = parameter::get_i64(&tx, "join.answer_working_days", &town_code, tx.today()).await?;
//! # Ok(()) }
//! ```

mod kernel;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait, QueryOrder};

use crate::command::Tx;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::Id;
use crate::money::Cents;
use crate::time::Day;

pub use self::kernel::{KERNEL, name};

crate::refusals! {
    /// The name is not a declared parameter.
    PARAMETER_UNKNOWN = "parameter.unknown", NOT_FOUND, "没有这个参数，请从参数列表里选择。";
    /// The value is not of the parameter's kind or outside its limits.
    PARAMETER_VALUE = "parameter.value", UNPROCESSABLE_ENTITY, "参数值不在允许的范围内，请核对后重新填写。";
    /// The new value would begin before the present one began.
    PARAMETER_EARLY = "parameter.early", CONFLICT, "生效日期不能早于或等于现行值的生效日期，请改用更晚的日期。";
    /// The new value would begin in the past.
    PARAMETER_PAST = "parameter.past", UNPROCESSABLE_ENTITY, "生效日期不能早于今天，已经发生的事按当时的值办理；请改用今天或以后的日期。";
    /// The new value comes without its source.
    PARAMETER_SOURCE = "parameter.source", UNPROCESSABLE_ENTITY, "请写明依据（文件名称、文号或会议决定，2 到 200 字）。";
}

/// What the values of a parameter are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number between two limits, both allowed.
    Number(i64, i64),
    /// An amount in fen, not negative.
    Cents,
    /// Text of at most 200 characters.
    Text,
}

/// A declared parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Stable name, `area.what`.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Unit in Chinese: 分钟, 次, 个工作日, 分.
    pub unit: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// First value.
    pub first: &'static str,
    /// Where the first value comes from.
    pub source: &'static str,
}

impl Parameter {
    /// A whole number between two limits.
    #[must_use]
    pub const fn number(
        name: &'static str,
        label: &'static str,
        unit: &'static str,
        limits: (i64, i64),
        first: &'static str,
        source: &'static str,
    ) -> Self {
        Self { name, label, unit, kind: Kind::Number(limits.0, limits.1), first, source }
    }

    /// An amount of money.
    #[must_use]
    pub const fn cents(name: &'static str, label: &'static str, first: &'static str, source: &'static str) -> Self {
        Self { name, label, unit: "分", kind: Kind::Cents, first, source }
    }

    /// Whether this text can be its value.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        match self.kind {
            Kind::Number(least, most) => value.parse().is_ok_and(|number: i64| (least..=most).contains(&number)),
            Kind::Cents => value.parse().is_ok_and(|fen: i64| fen >= 0),
            Kind::Text => !value.is_empty() && value.chars().count() <= 200,
        }
    }
}

/// A value of a parameter for a time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parameter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// GB/T 2260; empty means everywhere.
    pub division_code: String,
    pub value: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The value in force for a division on a day; `None` when there is none at all.
///
/// # Errors
/// The database.
pub async fn get(conn: &impl ConnectionTrait, name: &str, division_code: &str, day: Day) -> Result<Option<String>> {
    let rows = Entity::find()
        .filter(Column::Name.eq(name))
        .filter(Column::DivisionCode.is_in(divisions(division_code)))
        .filter(Column::ValidFrom.lte(day))
        .filter(Column::ValidTo.is_null().or(Column::ValidTo.gt(day)))
        .all(conn)
        .await?;
    let order = divisions(division_code);
    let rank = |row: &Model| order.iter().position(|code| *code == row.division_code);
    Ok(rows.into_iter().min_by_key(rank).map(|row| row.value))
}

/// A number in force.
///
/// # Errors
/// [`Error::Internal`] when the parameter has no value or no number; the database.
pub async fn get_i64(conn: &impl ConnectionTrait, name: &str, division_code: &str, day: Day) -> Result<i64> {
    let value = get(conn, name, division_code, day).await?;
    let number = value.and_then(|text| text.parse().ok());
    number.ok_or_else(|| Error::internal(format!("parameter {name} has no number on {day}")))
}

/// An amount in force.
///
/// # Errors
/// As [`get_i64`].
pub async fn get_cents(conn: &impl ConnectionTrait, name: &str, division_code: &str, day: Day) -> Result<Cents> {
    get_i64(conn, name, division_code, day).await.map(Cents)
}

/// The codes that apply to a division, most specific first. A code of GB/T 2260 has two
/// digits each for province, city and district, and three for a town (GB/T 10114).
fn divisions(code: &str) -> Vec<String> {
    let upper = |digits: usize, zeros: &str| code.get(..digits).map(|head| format!("{head}{zeros}"));
    let ladder =
        [Some(code.to_owned()), upper(9, ""), upper(6, ""), upper(4, "00"), upper(2, "0000"), Some(String::new())];
    let mut codes: Vec<String> = Vec::new();
    for code in ladder.into_iter().flatten() {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// A value about to be set.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// For which division; empty for everywhere.
    pub division_code: &'a str,
    /// The value.
    pub value: &'a str,
    /// From which day on, today or later.
    pub from: Day,
    /// Document, number or decision that it comes from.
    pub source: &'a str,
}

/// Sets a value from a day on, ends the one before on that day, and records
/// `parameter.set`. Answers the new row's id.
///
/// # Errors
/// [`PARAMETER_VALUE`], [`PARAMETER_SOURCE`], [`PARAMETER_PAST`], [`PARAMETER_EARLY`],
/// contention, or the database.
pub async fn set(tx: &Tx, parameter: &Parameter, new: New<'_>) -> Result<Id> {
    let (value, source) = (new.value.trim(), new.source.trim());
    if !parameter.accepts(value) {
        return Err(PARAMETER_VALUE.refusal().on("value").into());
    }
    if !(2..=200).contains(&source.chars().count()) {
        return Err(PARAMETER_SOURCE.refusal().on("source").into());
    }
    if new.from < tx.today() {
        return Err(PARAMETER_PAST.refusal().on("from").into());
    }
    let open = Entity::find()
        .filter(Column::Name.eq(parameter.name))
        .filter(Column::DivisionCode.eq(new.division_code))
        .filter(Column::ValidTo.is_null())
        .one(tx)
        .await?;
    if let Some(open) = open {
        if new.from <= open.valid_from {
            return Err(PARAMETER_EARLY.refusal().on("from").into());
        }
        let close = "UPDATE parameter SET valid_to = $2 WHERE id = $1 AND valid_to IS NULL";
        if tx.execute_sql(close, [open.id.into(), new.from.into()]).await? != 1 {
            return Err(Error::Contention);
        }
    }
    let id = tx.id();
    insert(tx, id, parameter.name, &New { value, source, ..new }).await?;
    let event = Event::of("parameter.set", "parameter", id)
        .with("name", parameter.name)
        .with("division_code", new.division_code)
        .with("value", value)
        .with("from", new.from);
    tx.record(event).await?;
    Ok(id)
}

async fn insert(tx: &Tx, id: Id, name: &str, new: &New<'_>) -> Result<()> {
    let row = ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        division_code: Set(new.division_code.to_owned()),
        value: Set(new.value.to_owned()),
        valid_from: Set(new.from),
        valid_to: Set(None),
        source: Set(new.source.to_owned()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Every value a parameter ever had, oldest first, division by division.
///
/// # Errors
/// The database.
pub async fn history(conn: &impl ConnectionTrait, name: &str) -> Result<Vec<Model>> {
    let rows =
        Entity::find().filter(Column::Name.eq(name)).order_by_asc(Column::DivisionCode).order_by_asc(Column::ValidFrom);
    Ok(rows.all(conn).await?)
}

/// Writes the first value of each parameter that has none, in force since 2000 so that
/// every past day has one too. Answers how many it wrote; changes nothing that is there.
///
/// # Errors
/// [`Error::Internal`] when a first value breaks its own declaration; the database.
pub async fn seed(tx: &Tx, parameters: &[Parameter]) -> Result<u64> {
    let since = Day::from_ymd_opt(2000, 1, 1).ok_or_else(|| Error::internal("no such day"))?;
    let sql = "INSERT INTO parameter (id, name, division_code, value, valid_from, source)
        SELECT $1, $2, '', $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM parameter WHERE name = $2) ON CONFLICT DO NOTHING";
    let mut written = 0;
    for parameter in parameters {
        let Parameter { name, first, source, .. } = *parameter;
        if !parameter.accepts(first) {
            return Err(Error::internal(format!("parameter {name} does not accept its first value")));
        }
        written +=
            tx.execute_sql(sql, [tx.id().into(), name.into(), first.into(), since.into(), source.into()]).await?;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_specific_division_comes_first() {
        assert_eq!(divisions("440703002"), ["440703002", "440703", "440700", "440000", ""]);
        assert_eq!(divisions("440703002005"), ["440703002005", "440703002", "440703", "440700", "440000", ""]);
        assert_eq!(divisions("440700"), ["440700", "440000", ""]);
        assert_eq!(divisions(""), [""]);
    }

    #[test]
    fn first_values_are_accepted_and_names_are_unique() {
        let mut names = std::collections::BTreeSet::new();
        for parameter in KERNEL {
            assert!(parameter.accepts(parameter.first), "{}", parameter.name);
            assert!(names.insert(parameter.name) && !parameter.source.is_empty() && !parameter.label.is_empty());
        }
    }
}
