//! The bundled divisions as the first rows of the table.

use kernel::time::Day;
use kernel::{Error, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{data, entity};

/// From when the bundled rows count. The edition (2023) does not say since when each division exists; this is the
/// first day for which the program has a calendar, and no record it keeps by day is older.
pub const FIRST_DAY: Day = match Day::from_ymd_opt(2019, 1, 1) {
    Some(day) => day,
    None => Day::MIN,
};

/// Adds the bundled divisions that are not there yet; answers how many were added.
///
/// # Errors
/// When the database refuses.
pub async fn seed(tx: &Tx) -> Result<u64> {
    let rows = data::bundled().into_iter().map(|row| entity::ActiveModel {
        code: Set(row.code.to_owned()),
        name: Set(row.name.to_owned()),
        parent_code: Set(Some(row.parent_code.to_owned())),
        level: Set(row.level.as_str().to_owned()),
        valid_from: Set(FIRST_DAY),
        valid_to: Set(None),
    });
    let insert = entity::Entity::insert_many(rows).on_conflict(OnConflict::new().do_nothing().to_owned());
    insert.exec_without_returning(tx).await.map_err(Error::from)
}
