//! Lists published results.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::page::{Page, PageInput};
use kernel::{Cx, Error, Id, Result};
use registry::organization::entity as organization;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as publication;
use super::tally::Figures;
use crate::appraisal::entity as evaluation;

/// Which results, and where the page begins.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ResultsInput {
    /// Of this union alone.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// Of this year alone.
    #[serde(default)]
    pub year: Option<i64>,
    /// `chair`, `union`, `department`, `survey`, `fund`.
    #[serde(default)]
    pub subject_kind: Option<String>,
    /// Cursor of the page.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows of a page.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A published result in a list. Newest first; there is no order by score, and none of people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResultRow {
    /// The evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// The year that is spoken of.
    pub year: i64,
    /// What was rated.
    pub subject_kind: String,
    /// Whose evaluation it is.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Ballots counted.
    pub ballots: u64,
    /// Turnout in hundredths of a per cent.
    pub turnout: u64,
    /// For information only, because too few took part.
    pub advisory: bool,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// Lists published results for anybody, the newest evaluation first.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: ResultsInput) -> Result<Page<ResultRow>> {
    use evaluation::Column;
    let page = PageInput::new(input.after, input.limit);
    let mut rows =
        evaluation::Entity::find().filter(Column::State.eq("published")).order_by_desc(Column::Id).limit(page.fetch());
    if let Some(union) = input.organization_id {
        rows = rows.filter(Column::OrganizationId.eq(union));
    }
    if let Some(year) = input.year {
        rows = rows.filter(Column::Year.eq(year));
    }
    if let Some(kind) = input.subject_kind {
        rows = rows.filter(Column::SubjectKind.eq(kind));
    }
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| row.id.to_string());
    Ok(Page { items: shaped(&cx, cut.items).await?, next: cut.next })
}

async fn shaped(cx: &Cx, rows: Vec<evaluation::Model>) -> Result<Vec<ResultRow>> {
    let ids = rows.iter().map(|row| row.id);
    let outs = publication::Entity::find().filter(publication::Column::EvaluationId.is_in(ids)).all(cx.read()).await?;
    let mut outs: BTreeMap<Id, publication::Model> = outs.into_iter().map(|row| (row.evaluation_id, row)).collect();
    let unions = rows.iter().map(|row| row.organization_id);
    let unions = organization::Entity::find().filter(organization::Column::Id.is_in(unions)).all(cx.read()).await?;
    let names: BTreeMap<Id, String> = unions.into_iter().map(|row| (row.id, row.name)).collect();
    let shape = |row: evaluation::Model| {
        let out = outs.remove(&row.id).ok_or_else(|| Error::internal("a published evaluation without publication"))?;
        let figures: Figures = serde_json::from_str(&out.figures)?;
        Ok(ResultRow {
            evaluation_id: row.id,
            title: row.title,
            year: row.year,
            subject_kind: row.subject_kind,
            organization_name: names.get(&row.organization_id).cloned().unwrap_or_default(),
            organization_id: row.organization_id,
            ballots: figures.ballots,
            turnout: figures.turnout,
            advisory: figures.advisory,
            published_at: out.published_at,
        })
    };
    rows.into_iter().map(shape).collect()
}
