//! Foundings as rows of somebody's to-do and done lists.

use std::collections::BTreeMap;

use kernel::approval::entity::Model as Approval;
use kernel::{Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{FOUNDING, entity};
use crate::division::Divisions;

/// Title and detail of foundings for the to-do list, by subject; other approvals are left out.
///
/// # Errors
/// The database.
pub async fn todo_rows(conn: &impl ConnectionTrait, waiting: &[Approval]) -> Result<BTreeMap<Id, (String, String)>> {
    let foundings: Vec<&Approval> = waiting.iter().filter(|row| row.kind == FOUNDING).collect();
    let Some(newest) = foundings.iter().map(|row| row.opened_at).max() else {
        return Ok(BTreeMap::new());
    };
    let ids = foundings.iter().map(|row| row.subject_id);
    let unions = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(conn).await?;
    let divisions = Divisions::on(conn, kernel::calendar::china_day(newest)).await?;
    let mut words = BTreeMap::new();
    for union in unions {
        let place = divisions.name(&union.division_code).unwrap_or("所在地不详");
        let workers = union.employees_declared.map(|number| format!("，职工 {number} 人")).unwrap_or_default();
        let detail = format!("{}，{place}{workers}", union.kind()?.label());
        words.insert(union.id, (format!("{}申请成立", union.name), detail));
    }
    Ok(words)
}
