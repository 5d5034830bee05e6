//! Whom or what an evaluation is about.

use kernel::{Id, Result, node};
use registry::organization::entity as organization;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{DEPARTMENT_ENDED, DEPARTMENT_UNKNOWN, EVALUATION_NO_CHAIR, EVALUATION_SUBJECT, department_entity, rated};
use crate::fund;
use crate::instrument::{Subject, SubjectKind};

/// What the caller named beside the union.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// The department to be evaluated.
    pub department_id: Option<Id>,
    /// The budget item to be reviewed.
    pub fund_id: Option<Id>,
}

/// The subject of an evaluation of one union.
///
/// # Errors
/// `evaluation.no_chair`, `evaluation.subject`, `fund.running`, `department.unknown`, `department.ended`; the database.
pub async fn of(
    conn: &impl ConnectionTrait,
    kind: SubjectKind,
    union: &organization::Model,
    named: &Named,
    today: kernel::time::Day,
) -> Result<Subject> {
    let fits = match kind {
        SubjectKind::Department => named.department_id.is_some() && named.fund_id.is_none(),
        SubjectKind::Fund => named.fund_id.is_some() && named.department_id.is_none(),
        SubjectKind::Chair | SubjectKind::Union | SubjectKind::Survey => {
            named.department_id.is_none() && named.fund_id.is_none()
        }
    };
    if !fits {
        return Err(EVALUATION_SUBJECT.refusal().into());
    }
    match kind {
        SubjectKind::Chair => {
            let chairs = rated::chairs(conn, &[union.id], today).await?;
            let chair = chairs.get(&union.id).copied().ok_or_else(|| EVALUATION_NO_CHAIR.refusal())?;
            Ok(chair_of(&union.name, chair))
        }
        SubjectKind::Union => Ok(Subject { kind, id: Some(union.id), name: union.name.clone() }),
        SubjectKind::Survey => Ok(Subject { kind, id: None, name: union.name.clone() }),
        SubjectKind::Fund => {
            let item = fund::reviewed(conn, union.id, named.fund_id.unwrap_or_default()).await?;
            item.ok_or_else(|| EVALUATION_SUBJECT.refusal().on("fund_id").into())
        }
        SubjectKind::Department => department(conn, union.id, named.department_id.unwrap_or_default(), today).await,
    }
}

/// The chair of a union as subject.
#[must_use]
pub fn chair_of(union_name: &str, chair: Id) -> Subject {
    Subject { kind: SubjectKind::Chair, id: Some(chair), name: format!("{union_name}主席") }
}

/// Small unions of a town as one subject.
#[must_use]
pub fn joint(kind: SubjectKind, town: &organization::Model, unions: usize) -> Subject {
    let what = if kind == SubjectKind::Chair { "工会主席" } else { "工会" };
    Subject { kind, id: None, name: format!("{}所属 {unions} 家小型{what}", town.name) }
}

async fn department(conn: &impl ConnectionTrait, union: Id, id: Id, today: kernel::time::Day) -> Result<Subject> {
    let row = department_entity::Entity::find_by_id(id).one(conn).await?;
    let path = node::path(conn, union, today).await?;
    let row = row.filter(|row| path.contains(&row.organization_id));
    let row = row.ok_or_else(|| DEPARTMENT_UNKNOWN.refusal().on("department_id"))?;
    if row.ended_on.is_some_and(|ended| ended <= today) {
        return Err(DEPARTMENT_ENDED.refusal().on("department_id").into());
    }
    Ok(Subject { kind: SubjectKind::Department, id: Some(row.id), name: row.name })
}
