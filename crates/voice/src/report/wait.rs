//! Evaluations that do not open without a report.
//!
//! One of a campaign whose day has come is asked once: it is written down as waiting, the round passes it over from then
//! on, and the report that is submitted lets it go.

use kernel::event::Event;
use kernel::{Result, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{REPORT_REQUIRED, entity, who};
use crate::appraisal::entity as evaluation;
use crate::appraisal::plan::Plan;
use crate::scheme::SchemeDocument;

/// Whether the scheme asks for a report of this one chair or union. Of a joint evaluation none is asked; each chair may
/// add one.
///
/// # Errors
/// A plan that cannot be read.
pub fn is_required(scheme: &SchemeDocument, row: &evaluation::Model) -> Result<bool> {
    let of_one = matches!(row.subject_kind.as_str(), "chair" | "union") && !Plan::read(&row.plan)?.joint;
    Ok(scheme.report_required && of_one)
}

/// Whether a report that the scheme asks for is still to come.
///
/// # Errors
/// The database.
pub async fn is_missing(conn: &impl ConnectionTrait, scheme: &SchemeDocument, row: &evaluation::Model) -> Result<bool> {
    if !is_required(scheme, row)? {
        return Ok(false);
    }
    let submitted = entity::Entity::find()
        .filter(entity::Column::EvaluationId.eq(row.id))
        .filter(entity::Column::OrganizationId.eq(row.organization_id))
        .filter(entity::Column::Submitted.gt(0_i64));
    Ok(submitted.count(conn).await? == 0)
}

/// Refuses to open an evaluation whose report is still to come.
///
/// # Errors
/// `report.required`; the database.
pub async fn must_be_there(
    conn: &impl ConnectionTrait,
    scheme: &SchemeDocument,
    row: &evaluation::Model,
) -> Result<()> {
    if is_missing(conn, scheme, row).await? { Err(REPORT_REQUIRED.refusal().into()) } else { Ok(()) }
}

/// Writes down that an evaluation waits for its report.
///
/// # Errors
/// The database.
pub async fn begin(tx: &Tx, row: &evaluation::Model) -> Result<()> {
    who::hold(tx, row.id).await?;
    let insert = "INSERT INTO report_wait (evaluation_id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if tx.execute_sql(insert, [row.id.into(), tx.today().into()]).await? == 1 {
        tx.record(Event::of("evaluation.waits", "evaluation", row.id).at(row.organization_id)).await?;
    }
    Ok(())
}

/// The report is there: the next round opens the evaluation when its day has come.
pub(super) async fn over(tx: &Tx, row: &evaluation::Model) -> Result<()> {
    tx.execute_sql("DELETE FROM report_wait WHERE evaluation_id = $1", [row.id.into()]).await?;
    Ok(())
}

/// Rows of `report_wait`.
pub mod wait_entity {
    use sea_orm::entity::prelude::*;

    /// An evaluation of a campaign that waits for its report.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "report_wait")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub evaluation_id: Uuid,
        pub since: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
