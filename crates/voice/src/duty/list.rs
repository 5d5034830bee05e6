//! Duties as rows, and how many of them stand how.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use kernel::access::below;
use kernel::error::INPUT_INVALID;
use kernel::page::{Page, PageInput};
use kernel::time::Day;
use kernel::{Cx, Error, Id, Result, parameter};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{Column, Entity, Model};
use super::{DutyKind, End, Standing, extension_entity as extension, rules, standing};
use crate::access::{DUTY_EXTEND, EVALUATION_READ};
use crate::appraisal::{entity as evaluation, level, names};
use crate::parameters::{DUTY_SOON_DAYS, DUTY_VERY_OVERDUE_DAYS};

/// Which duties.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DutiesInput {
    /// Of this kind.
    #[serde(default)]
    pub kind: Option<DutyKind>,
    /// That stand like this.
    #[serde(default)]
    pub standing: Option<Standing>,
    /// Of this union and everything below it.
    #[serde(default)]
    pub within: Option<Uuid>,
    /// Of this evaluation.
    #[serde(default)]
    pub evaluation_id: Option<Uuid>,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// Which duties are counted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DutyFiguresInput {
    /// Of this kind.
    #[serde(default)]
    pub kind: Option<DutyKind>,
    /// Of this union and everything below it.
    #[serde(default)]
    pub within: Option<Uuid>,
}

/// How many duties stand how: the numbers of rows of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutyFigures {
    /// 按期.
    pub on_time: u64,
    /// 即将到期.
    pub due_soon: u64,
    /// 逾期.
    pub overdue: u64,
    /// 严重逾期.
    pub very_overdue: u64,
    /// 按期办结.
    pub done: u64,
    /// 逾期办结.
    pub done_late: u64,
    /// 已取消.
    pub cancelled: u64,
}

/// A duty in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutyRow {
    /// Which.
    pub id: Uuid,
    /// What is to be done.
    pub kind: DutyKind,
    /// About what.
    pub subject_id: Uuid,
    /// Of which evaluation.
    pub evaluation_id: Uuid,
    /// As it stands on the page.
    pub title: String,
    /// Which union must see to it.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// Since when.
    pub begun_on: NaiveDate,
    /// Until when.
    pub due_on: NaiveDate,
    /// How that day came about, line by line.
    pub derivation: Vec<String>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// Since when it is not owed any more.
    pub cancelled_on: Option<NaiveDate>,
    /// Where it stands today.
    pub standing: Standing,
    /// Days after the last day, where there are any.
    pub days_late: i64,
    /// How often the level above, and those above it, were told.
    pub told_level: i64,
    /// Why the last day moved, the first move first.
    pub extensions: Vec<DutyExtension>,
    /// The caller may give more time.
    pub may_extend: bool,
}

/// Why a last day moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutyExtension {
    /// `granted` by the level above, or `calendar`: the table of holidays changed.
    pub cause: String,
    /// From this day.
    pub from_on: NaiveDate,
    /// To this one.
    pub to_on: NaiveDate,
    /// As the level above gave it.
    pub reason: Option<String>,
    /// On which day it was moved.
    pub changed_on: NaiveDate,
}

/// Days that make a duty due soon, and very overdue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bars {
    pub soon: i64,
    pub very: i64,
}

impl Bars {
    /// As they are in force.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn load(conn: &impl ConnectionTrait, today: Day) -> Result<Self> {
        Ok(Self {
            soon: parameter::get_i64(conn, DUTY_SOON_DAYS, "", today).await?,
            very: std::cmp::max(parameter::get_i64(conn, DUTY_VERY_OVERDUE_DAYS, "", today).await?, 1),
        })
    }

    /// Rows that stand like this: the same as [`standing`], for the database.
    fn covers(self, wanted: Standing, today: Day) -> Condition {
        let open = open();
        let done = Condition::all().add(Column::DoneOn.is_not_null());
        let soon = today + TimeDelta::days(self.soon);
        let very = today - TimeDelta::days(self.very);
        match wanted {
            Standing::OnTime => open.add(Column::DueOn.gt(soon)),
            Standing::DueSoon => open.add(Column::DueOn.gte(today)).add(Column::DueOn.lte(soon)),
            Standing::Overdue => open.add(Column::DueOn.lt(today)).add(Column::DueOn.gt(very)),
            Standing::VeryOverdue => open.add(Column::DueOn.lte(very)),
            Standing::Done => done.add(Expr::col(Column::DoneOn).lte(Expr::col(Column::DueOn))),
            Standing::DoneLate => done.add(Expr::col(Column::DoneOn).gt(Expr::col(Column::DueOn))),
            Standing::Cancelled => Condition::all().add(Column::CancelledOn.is_not_null()),
        }
    }
}

/// Rows that have not ended.
pub(crate) fn open() -> Condition {
    Condition::all().add(Column::DoneOn.is_null()).add(Column::CancelledOn.is_null())
}

/// Lists duties in the caller's scope, what is due first comes first.
///
/// # Errors
/// `input.invalid` for a foreign cursor; the database.
pub async fn list(cx: Cx, input: DutiesInput) -> Result<Page<DutyRow>> {
    let page = PageInput::new(input.after, input.limit);
    let bars = Bars::load(cx.read(), cx.today()).await?;
    let mut rows = Entity::find()
        .filter(reach(&cx, input.kind, input.within))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .limit(page.fetch());
    if let Some(wanted) = input.standing {
        rows = rows.filter(bars.covers(wanted, cx.today()));
    }
    if let Some(evaluation) = input.evaluation_id {
        rows = rows.filter(Column::EvaluationId.eq(evaluation));
    }
    if let Some(after) = &page.after {
        let (day, id) = cursor(after)?;
        let same = Condition::all().add(Column::DueOn.eq(day)).add(Column::Id.gt(id));
        rows = rows.filter(Condition::any().add(Column::DueOn.gt(day)).add(same));
    }
    let cut = Page::cut(rows.all(cx.read()).await?, &page, |row| format!("{}_{}", row.due_on, row.id));
    Ok(Page { items: shaped(&cx, cx.read(), cut.items).await?, next: cut.next })
}

/// Tells how many duties stand how.
///
/// # Errors
/// The database.
pub async fn figures(cx: Cx, input: DutyFiguresInput) -> Result<DutyFigures> {
    let bars = Bars::load(cx.read(), cx.today()).await?;
    let mut figures = DutyFigures::default();
    for wanted in Standing::ALL {
        let rows = Entity::find().filter(reach(&cx, input.kind, input.within)).filter(bars.covers(wanted, cx.today()));
        let number = rows.count(cx.read()).await?;
        match wanted {
            Standing::OnTime => figures.on_time = number,
            Standing::DueSoon => figures.due_soon = number,
            Standing::Overdue => figures.overdue = number,
            Standing::VeryOverdue => figures.very_overdue = number,
            Standing::Done => figures.done = number,
            Standing::DoneLate => figures.done_late = number,
            Standing::Cancelled => figures.cancelled = number,
        }
    }
    Ok(figures)
}

fn reach(cx: &Cx, kind: Option<DutyKind>, within: Option<Id>) -> Condition {
    let scope = cx.caller.scope(EVALUATION_READ).covers(Column::OrganizationId);
    let of_kind = kind.map(|kind| Column::Kind.eq(kind.as_str()));
    let below = within.map(|top| Column::OrganizationId.in_subquery(below(&[top], cx.today())));
    Condition::all().add(scope).add_option(of_kind).add_option(below)
}

/// Where a page goes on: a last day and an id.
fn cursor(text: &str) -> Result<(Day, Id)> {
    let parse = |text: &str| -> Option<(Day, Id)> {
        let (day, id) = text.split_once('_')?;
        Some((day.parse().ok()?, id.parse().ok()?))
    };
    parse(text).ok_or_else(|| INPUT_INVALID.refusal().on("after").into())
}

/// Duties with what stands in other tables.
///
/// # Errors
/// The database.
pub(crate) async fn shaped(cx: &Cx, conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<DutyRow>> {
    let bars = Bars::load(conn, cx.today()).await?;
    let unions = names(conn, rows.iter().map(|row| row.organization_id)).await?;
    let titles: HashMap<Id, String> = evaluation::Entity::find()
        .select_only()
        .columns([evaluation::Column::Id, evaluation::Column::Title])
        .filter(evaluation::Column::Id.is_in(rows.iter().map(|row| row.evaluation_id)))
        .into_tuple::<(Id, String)>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    let mut moves = extensions(conn, &rows).await?;
    let mut above: HashMap<Id, bool> = HashMap::new();
    let mut shaped = Vec::with_capacity(rows.len());
    for row in rows {
        let may = match above.get(&row.organization_id) {
            Some(known) => *known,
            None => {
                let stands =
                    level::stands_above(&cx.caller, conn, DUTY_EXTEND, row.organization_id, cx.today()).await?;
                above.insert(row.organization_id, stands);
                stands
            }
        };
        shaped.push(DutyRow {
            kind: DutyKind::parse(&row.kind)?,
            title: titles.get(&row.evaluation_id).cloned().unwrap_or_default(),
            organization_name: unions.get(&row.organization_id).cloned().unwrap_or_default(),
            derivation: serde_json::from_str(&row.derivation)?,
            standing: standing(row.due_on, row.end(), cx.today(), bars.soon, bars.very),
            days_late: std::cmp::max(rules::days_late(row.due_on, row.end(), cx.today()), 0),
            extensions: moves.remove(&row.id).unwrap_or_default(),
            may_extend: may && row.end() == End::Open,
            id: row.id,
            subject_id: row.subject_id,
            evaluation_id: row.evaluation_id,
            organization_id: row.organization_id,
            begun_on: row.begun_on,
            due_on: row.due_on,
            done_on: row.done_on,
            cancelled_on: row.cancelled_on,
            told_level: row.told_level,
        });
    }
    Ok(shaped)
}

async fn extensions(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<HashMap<Id, Vec<DutyExtension>>> {
    let moved = rows.iter().filter(|row| row.extensions > 0).map(|row| row.id);
    let found = extension::Entity::find()
        .filter(extension::Column::DutyId.is_in(moved))
        .order_by_asc(extension::Column::Number)
        .all(conn)
        .await?;
    let mut moves: HashMap<Id, Vec<DutyExtension>> = HashMap::new();
    for row in found {
        let extension::Model { duty_id, cause, from_on, to_on, reason, changed_on, .. } = row;
        moves.entry(duty_id).or_default().push(DutyExtension { cause, from_on, to_on, reason, changed_on });
    }
    Ok(moves)
}

/// The duty of a kind and subject, as the caller sees it.
///
/// # Errors
/// `not_found`; the database.
pub(crate) async fn of(cx: &Cx, conn: &impl ConnectionTrait, kind: DutyKind, subject: Id) -> Result<DutyRow> {
    let row = Entity::find().filter(Column::Kind.eq(kind.as_str())).filter(Column::SubjectId.eq(subject));
    let row = row.one(conn).await?.ok_or_else(Error::not_found)?;
    shaped(cx, conn, vec![row]).await?.pop().ok_or_else(Error::not_found)
}
