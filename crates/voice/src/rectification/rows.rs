//! Everything that was filed about a rectification, read at once.

use std::collections::HashMap;

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::closure::{entity as round, result_entity as result};
use super::{
    entity, evidence_entity as evidence, file_entity as file, item_entity as item, measure_entity as measure,
    plan_entity as plan, problem_entity as problem, review_entity as review,
};
use crate::duty::entity as duties;
use crate::duty::list::{self, DutyRow};
use crate::poll::entity as boxes;

/// Rows of a rectification, oldest first.
pub(super) struct Rows {
    pub problems: Vec<problem::Model>,
    pub plans: Vec<plan::Model>,
    pub measures: Vec<measure::Model>,
    pub items: Vec<item::Model>,
    pub evidence: Vec<evidence::Model>,
    pub files: Vec<file::Model>,
    pub reviews: HashMap<Id, review::Model>,
    pub rounds: Vec<round::Model>,
    pub results: Vec<result::Model>,
    /// Ballots of rounds that were left over at their close and destroyed, by poll.
    pub destroyed: HashMap<Id, i64>,
    /// Its duties, by what they are about.
    pub duties: Vec<DutyRow>,
}

impl Rows {
    /// Reads them.
    ///
    /// # Errors
    /// The database.
    pub async fn load(cx: &Cx, conn: &impl ConnectionTrait, case: &entity::Model) -> Result<Self> {
        let mut problems =
            problem::Entity::find().filter(problem::Column::RectificationId.eq(case.id)).all(conn).await?;
        problems.sort_by_key(|row| (row.added_on, row.id));
        let plans = plan::Entity::find()
            .filter(plan::Column::RectificationId.eq(case.id))
            .order_by_asc(plan::Column::Version)
            .all(conn)
            .await?;
        let of_plans = measure::Column::PlanId.is_in(plans.iter().map(|row| row.id));
        let of_problems = item::Column::ProblemId.is_in(problems.iter().map(|row| row.id));
        let items = item::Entity::find().filter(of_problems).order_by_asc(item::Column::Attempt).all(conn).await?;
        let ids: Vec<Id> = items.iter().map(|row| row.id).collect();
        let of_items = evidence::Column::ItemId.is_in(ids.iter().copied());
        let evidence = evidence::Entity::find().filter(of_items).order_by_asc(evidence::Column::Id).all(conn).await?;
        let of_evidence = file::Column::EvidenceId.is_in(evidence.iter().map(|row| row.id));
        let of_items = review::Column::ItemId.is_in(ids.iter().copied());
        let reviews = review::Entity::find().filter(of_items).all(conn).await?;
        let rounds = round::Entity::find()
            .filter(round::Column::RectificationId.eq(case.id))
            .order_by_asc(round::Column::Round)
            .all(conn)
            .await?;
        let polls: Vec<Id> = rounds.iter().map(|row| row.poll_id).collect();
        let counted = result::Column::PollId.is_in(polls.iter().copied());
        let closed = boxes::Entity::find().filter(boxes::Column::Id.is_in(polls)).all(conn).await?;
        Ok(Self {
            measures: measure::Entity::find().filter(of_plans).all(conn).await?,
            files: file::Entity::find().filter(of_evidence).all(conn).await?,
            reviews: reviews.into_iter().map(|row| (row.item_id, row)).collect(),
            results: result::Entity::find().filter(counted).all(conn).await?,
            destroyed: closed.into_iter().map(|row| (row.id, row.destroyed.unwrap_or_default())).collect(),
            duties: duties_of(cx, conn, case).await?,
            problems,
            plans,
            items,
            evidence,
            rounds,
        })
    }

    /// The place of a problem on the page, from 1.
    pub fn number(&self, problem: Id) -> usize {
        self.problems.iter().position(|row| row.id == problem).map_or(0, |at| at + 1)
    }

    /// What was promised last about a problem.
    pub fn promised(&self, problem: Id) -> Option<&measure::Model> {
        let of = |plan: &plan::Model| {
            self.measures.iter().find(move |row| row.plan_id == plan.id && row.problem_id == problem)
        };
        self.plans.iter().rev().find_map(of)
    }

    /// The duty about something.
    pub fn duty(&self, kind: crate::duty::DutyKind, subject: Id) -> Option<&DutyRow> {
        self.duties.iter().find(|row| row.kind == kind && row.subject_id == subject)
    }
}

/// Duties of plan, items and reviews; those of the report and of opinions stand elsewhere.
async fn duties_of(cx: &Cx, conn: &impl ConnectionTrait, case: &entity::Model) -> Result<Vec<DutyRow>> {
    let rows = duties::Entity::find()
        .filter(duties::Column::EvaluationId.eq(case.evaluation_id))
        .filter(duties::Column::Kind.is_in(["plan", "item", "review"]))
        .order_by_asc(duties::Column::DueOn)
        .all(conn)
        .await?;
    list::shaped(cx, conn, rows).await
}
