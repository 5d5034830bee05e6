//! Dated parameters: a policy value is never a constant. A slice declares a
//! [`Kind`] (name, bounds, the value that applies until somebody sets another, and
//! the source of that value); an administrator sets values from a day on, for the
//! city or for a division; the most specific division wins.
//!
//! ```
//! use kernel::parameter::{Kind, divisions};
//! const DAYS: Kind = Kind {
//!     name: "box.answer_working_days", label: "答复期限", unit: "个工作日",
//!     default: 5, least: 1, most: 30, source: "内部服务承诺",
//! };
//! assert_eq!(divisions("440703101"), ["440703101", "440703", "440700", ""]);
//! assert!(DAYS.check("0").is_err());
//! ```
//! Reading and setting: `DAYS.value(&tx, "440703101", today).await?`, `set(&tx, &DAYS, …)`.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder};

use crate::command::Tx;
use crate::error::{Error, Refusal, Result};
use crate::event::Event;
use crate::id::Id;
use crate::time::Day;

crate::refusals! {
    /// The value is not a whole number within the parameter's bounds.
    PARAMETER_VALUE = "parameter.value", UNPROCESSABLE_ENTITY, "这个值不在允许的范围内，请按说明填写整数。";
    /// The value would begin on or before the day on which the present one began.
    PARAMETER_EARLY = "parameter.early", CONFLICT, "生效日期要晚于现行值的生效日期，过去的取值不能改写，请改用更晚的日期。";
    /// The source of the value is missing.
    PARAMETER_SOURCE = "parameter.source", UNPROCESSABLE_ENTITY, "请写明依据（文件名称或文号），便于以后核对。";
}

/// A declared parameter; whole numbers only (days, minutes, cents, times).
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Stable name, `noun.what_unit`.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Unit, as shown.
    pub unit: &'static str,
    /// Applies until an administrator sets a value.
    pub default: i64,
    /// Least value that makes sense.
    pub least: i64,
    /// Greatest value that makes sense.
    pub most: i64,
    /// Where the default comes from.
    pub source: &'static str,
}

/// A value in force from a day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parameter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// Empty for the whole city.
    pub division_code: String,
    pub value: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Kind {
    /// The value that applies in a division on a day.
    ///
    /// # Errors
    /// The database, or a stored value that is no number.
    pub async fn value(&self, conn: &impl ConnectionTrait, division: &str, day: Day) -> Result<i64> {
        let asked = divisions(division);
        let rows = Entity::find()
            .filter(Column::Name.eq(self.name))
            .filter(Column::DivisionCode.is_in(asked.iter().map(String::as_str)))
            .filter(Column::ValidFrom.lte(day))
            .all(conn)
            .await?;
        let open = |row: &&Model| row.valid_to.is_none_or(|to| day < to);
        let nearest = asked.iter().find_map(|code| rows.iter().filter(open).find(|row| &row.division_code == code));
        nearest.map_or(Ok(self.default), |row| row.value.parse().map_err(Error::internal))
    }

    /// The value that applies to the whole city on a day.
    ///
    /// # Errors
    /// As [`Kind::value`].
    pub async fn of_city(&self, conn: &impl ConnectionTrait, day: Day) -> Result<i64> {
        self.value(conn, "", day).await
    }

    /// A value as typed, if it is within bounds.
    ///
    /// # Errors
    /// `parameter.value`.
    pub fn check(&self, value: &str) -> Result<i64, Refusal> {
        let parsed = value.trim().parse().ok().filter(|number| (self.least..=self.most).contains(number));
        parsed.ok_or_else(|| {
            let bounds = format!("“{}”请填 {} 到 {} 之间的整数（{}）。", self.label, self.least, self.most, self.unit);
            PARAMETER_VALUE.with(bounds).on("value")
        })
    }
}

/// A value about to be set.
#[derive(Debug, Clone)]
pub struct NewValue {
    /// Empty for the whole city.
    pub division_code: String,
    /// As typed.
    pub value: String,
    /// First day.
    pub from: Day,
    /// Document or decision it rests on.
    pub source: String,
}

/// Sets a value from a day on; the one before ends that day. The past is never rewritten.
///
/// # Errors
/// `parameter.value`, `parameter.early`, `parameter.source`, or the database.
pub async fn set(tx: &Tx, kind: &Kind, new: NewValue) -> Result<Id> {
    let value = kind.check(&new.value)?;
    let source = new.source.trim();
    if !(2..=200).contains(&source.chars().count()) {
        return Err(PARAMETER_SOURCE.refusal().on("source").into());
    }
    let latest = Entity::find()
        .filter(Column::Name.eq(kind.name))
        .filter(Column::DivisionCode.eq(&*new.division_code))
        .order_by_desc(Column::ValidFrom)
        .one(tx)
        .await?;
    if latest.is_some_and(|row| row.valid_from >= new.from) {
        return Err(PARAMETER_EARLY.refusal().on("from").into());
    }
    let close = "UPDATE parameter SET valid_to = $3 WHERE name = $1 AND division_code = $2 AND valid_to IS NULL";
    tx.execute_sql(close, [kind.name.into(), (&*new.division_code).into(), new.from.into()]).await?;
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        name: Set(kind.name.to_owned()),
        division_code: Set(new.division_code),
        value: Set(value.to_string()),
        valid_from: Set(new.from),
        valid_to: Set(None),
        source: Set(source.to_owned()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    tx.record(Event::of("parameter.set", "parameter", id).with("name", kind.name).with("value", value)).await?;
    Ok(id)
}

/// Every value ever set, oldest first within a parameter and division.
///
/// # Errors
/// The database.
pub async fn history(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    let rows = Entity::find()
        .order_by_asc(Column::Name)
        .order_by_asc(Column::DivisionCode)
        .order_by_asc(Column::ValidFrom);
    Ok(rows.all(conn).await?)
}

/// The division and those around it, nearest first, down to "" for everywhere.
#[must_use]
pub fn divisions(code: &str) -> Vec<String> {
    let mut codes = Vec::new();
    if code.len() >= 9 {
        codes.push(code.to_owned());
    }
    if code.len() >= 6 && code.is_ascii() {
        codes.push(code[..6].to_owned());
        codes.push(format!("{}00", &code[..4]));
    }
    codes.push(String::new());
    codes.dedup();
    codes
}
