//! Writes the drafts of a campaign: first the unions that are large enough, then the small ones of each town together.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::app::App;
use kernel::calendar::Due;
use kernel::command::retried;
use kernel::db::insert_rows;
use kernel::event::Event;
use kernel::time::{Day, Time};
use kernel::{Cx, Error, Id, Result, Tx};
use registry::organization::as_of::end_of;
use registry::organization::entity as organization;
use registry::segment::Segment;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select, Value};

use super::CampaignPlan;
use crate::appraisal::plan::{self, Claim, NewEvaluation};
use crate::appraisal::rules::FEWEST_ELECTORS;
use crate::appraisal::size::Tally;
use crate::appraisal::{campaign_entity as campaign, rated, subject};
use crate::duty::{self, DutyKind, NewDuty};
use crate::instrument::{Subject, SubjectKind};
use crate::scheme::{Scheme, find as schemes, rules::title};

/// Unions of one transaction.
const CHUNK: usize = 40;

/// A campaign in the hands of one worker.
pub struct Preparing {
    app: App,
    row: campaign::Model,
    plan: CampaignPlan,
    scheme: Scheme,
    root: organization::Model,
    tally: Tally,
    chairs: HashMap<Id, Id>,
    heads: HashMap<Id, Vec<Id>>,
    /// What is to be done, in order; each entry is one draft, or none.
    steps: Vec<Vec<Group>>,
}

/// Unions that get one draft together, or the reason why they get none.
#[derive(Debug, Clone)]
enum Group {
    Alone(organization::Model),
    Joint(organization::Model, Vec<organization::Model>),
    NoChair(organization::Model),
}

/// Writes the drafts of a campaign; carried out twice it changes nothing.
///
/// # Errors
/// What stopped it; what was written stays.
pub async fn prepare(app: &App, id: Id) -> Result<()> {
    let Some(mut preparing) = Preparing::take(app, id).await? else { return Ok(()) };
    while preparing.step().await? {}
    Ok(())
}

impl Preparing {
    /// Takes a campaign over; `None` when it is prepared, or withdrawn.
    ///
    /// # Errors
    /// The database.
    pub async fn take(app: &App, id: Id) -> Result<Option<Self>> {
        let tx = Cx::system(app).begin_bulk().await?;
        let sql = "UPDATE campaign SET version = version + 1 WHERE id = $1 AND state = 'preparing'";
        if tx.execute_sql(sql, [id.into()]).await? != 1 {
            return Ok(None);
        }
        let row = campaign::Entity::find_by_id(id).one(&tx).await?.ok_or_else(Error::not_found)?;
        tx.commit(()).await?;
        let conn = app.db.read();
        let plan: CampaignPlan = serde_json::from_str(&row.plan)?;
        let scheme = schemes::version(conn, &row.scheme_code, row.scheme_version).await?;
        let root = organization::Entity::find_by_id(row.organization_id).one(conn).await?;
        let root = root.ok_or_else(Error::not_found)?;
        let day = kernel::calendar::china_day(row.started_at);
        let unions = candidates(&plan, root.id, day).all(conn).await?;
        let ids: Vec<Id> = unions.iter().map(|union| union.id).collect();
        let heads = rated::heads(conn, &ids, day).await?;
        let chairs = rated::chairs(conn, &ids, day).await?;
        let everybody: HashSet<Id> = heads.values().flatten().copied().collect();
        let tally = Tally::below(conn, &Segment::parse(&plan.rule)?, root.id, day, &everybody).await?;
        let mut preparing = Self { app: app.clone(), row, plan, scheme, root, tally, chairs, heads, steps: Vec::new() };
        preparing.steps = preparing.plan_steps(conn, unions, day).await?;
        Ok(Some(preparing))
    }

    /// Those that are left, in the order in which they are worked off from the end.
    async fn plan_steps(
        &self,
        conn: &impl ConnectionTrait,
        unions: Vec<organization::Model>,
        day: Day,
    ) -> Result<Vec<Vec<Group>>> {
        let done = settled(conn, self.row.id).await?;
        let members = members(conn, &self.plan, self.root.id, day).await?;
        let fits = |union: &organization::Model| {
            let own = members.as_ref().map_or(0, |tally| tally.electors(&[union.id], &HashSet::new()));
            self.plan.least_members.is_none_or(|least| own >= least)
                && self.plan.most_members.is_none_or(|most| own <= most)
        };
        let (mut single, mut small): (Vec<Group>, BTreeMap<Id, Vec<organization::Model>>) =
            (Vec::new(), BTreeMap::new());
        for union in unions.into_iter().filter(|union| !done.contains(&union.id)).filter(fits) {
            if self.scheme.document.subject == SubjectKind::Chair && !self.chairs.contains_key(&union.id) {
                single.push(Group::NoChair(union));
            } else if self.electors(&[union.id]) >= FEWEST_ELECTORS {
                single.push(Group::Alone(union));
            } else {
                let above = self.tally.upwards(union.id).get(1).copied().unwrap_or(self.root.id);
                small.entry(above).or_default().push(union);
            }
        }
        let towns = organization::Entity::find().filter(organization::Column::Id.is_in(small.keys().copied()));
        let towns: HashMap<Id, organization::Model> =
            towns.all(conn).await?.into_iter().map(|town| (town.id, town)).collect();
        let mut steps: Vec<Vec<Group>> = small
            .into_iter()
            .rev()
            .filter_map(|(town, unions)| Some(vec![Group::Joint(towns.get(&town)?.clone(), unions)]))
            .collect();
        let mut chunks: Vec<Vec<Group>> = single.chunks(CHUNK).map(<[Group]>::to_vec).collect();
        chunks.reverse();
        steps.extend(chunks);
        Ok(steps)
    }

    /// Those of some unions who may vote.
    fn electors(&self, unions: &[Id]) -> i64 {
        let heads = unions.iter().filter_map(|union| self.heads.get(union)).flatten().copied();
        let left_out = if self.scheme.document.without_rated { heads.collect() } else { HashSet::new() };
        self.tally.electors(unions, &left_out)
    }

    /// Writes the next drafts; `false` at the end, or when another worker has it.
    ///
    /// # Errors
    /// The database; what was written before stays.
    pub async fn step(&mut self) -> Result<bool> {
        let Some(step) = self.steps.last() else {
            retried(async || self.prepared().await).await?;
            return Ok(false);
        };
        if !retried(async || self.write(step).await).await? {
            return Ok(false);
        }
        self.steps.pop();
        Ok(true)
    }

    async fn write(&self, groups: &[Group]) -> Result<bool> {
        let mut tx = Cx::system(&self.app).begin_bulk().await?;
        let fence = "UPDATE campaign SET version = version WHERE id = $1 AND version = $2 AND state = 'preparing'";
        if tx.execute_sql(fence, [self.row.id.into(), self.row.version.into()]).await? != 1 {
            return Ok(false);
        }
        tx.caused_by(self.row.id);
        let (mut drafts, mut rows) = (Vec::new(), Vec::new());
        for group in groups {
            match group {
                Group::NoChair(union) => rows.push(self.outcome(union.id, "no_chair", None)),
                Group::Alone(union) => {
                    let draft = self.alone(&tx, union);
                    self.claimed(&tx, draft, union, &mut drafts, &mut rows).await?;
                }
                Group::Joint(town, unions) => self.joint(&tx, town, unions, &mut drafts, &mut rows).await?,
            }
        }
        plan::insert(&tx, &self.scheme, &drafts).await?;
        for draft in &drafts {
            self.ask_for_report(&tx, draft).await?;
        }
        let columns = ["campaign_id", "organization_id", "outcome", "evaluation_id"];
        insert_rows(&tx, "campaign_union", &columns, rows, "").await?;
        tx.commit(true).await
    }

    /// The report of one chair or union is due on the first day; of small unions together none is asked.
    async fn ask_for_report(&self, tx: &Tx, draft: &NewEvaluation) -> Result<()> {
        let of_one = draft.unions.len() == 1 && self.scheme.document.subject != SubjectKind::Survey;
        if !(self.scheme.document.report_required && of_one) {
            return Ok(());
        }
        let day = self.plan.opens_on;
        let derivation = vec![format!("评议在 {day} 开始，述职报告要在这一天以前提交")];
        let report = NewDuty {
            evaluation_id: draft.id,
            organization_id: draft.organization_id,
            kind: DutyKind::Report,
            subject_id: draft.id,
            due: Due { day, derivation, rule: None },
        };
        duty::begin(tx, report).await
    }

    async fn claimed(
        &self,
        tx: &Tx,
        draft: NewEvaluation,
        union: &organization::Model,
        drafts: &mut Vec<NewEvaluation>,
        rows: &mut Vec<Vec<Value>>,
    ) -> Result<()> {
        let claim = Claim { union: union.id, subject: union.id, evaluation: draft.id };
        if plan::claim(tx, &self.scheme, draft.year, &[claim]).await?.is_empty() {
            rows.push(self.outcome(union.id, "already", None));
        } else {
            rows.push(self.outcome(union.id, "alone", Some(draft.id)));
            drafts.push(draft);
        }
        Ok(())
    }

    /// Small unions of a town; those that have their evaluation of the year are left out.
    async fn joint(
        &self,
        tx: &Tx,
        town: &organization::Model,
        unions: &[organization::Model],
        drafts: &mut Vec<NewEvaluation>,
        rows: &mut Vec<Vec<Value>>,
    ) -> Result<()> {
        let id = tx.id();
        let year = self.year()?;
        let claims: Vec<Claim> =
            unions.iter().map(|union| Claim { union: union.id, subject: union.id, evaluation: id }).collect();
        let free = plan::claim(tx, &self.scheme, year, &claims).await?;
        let taken = unions.iter().filter(|union| !free.contains(&union.id));
        rows.extend(taken.map(|union| self.outcome(union.id, "already", None)));
        if self.electors(&free) < FEWEST_ELECTORS {
            plan::give_back(tx, id).await?;
            rows.extend(free.iter().map(|union| self.outcome(*union, "too_few", None)));
            return Ok(());
        }
        rows.extend(free.iter().map(|union| self.outcome(*union, "joint", Some(id))));
        let subject = subject::joint(self.scheme.document.subject, town, free.len());
        drafts.push(self.draft(id, town, subject, free, year));
        Ok(())
    }

    fn alone(&self, tx: &Tx, union: &organization::Model) -> NewEvaluation {
        let kind = self.scheme.document.subject;
        let subject = match (kind, self.chairs.get(&union.id)) {
            (SubjectKind::Chair, Some(chair)) => subject::chair_of(&union.name, *chair),
            (SubjectKind::Union, _) => Subject { kind, id: Some(union.id), name: union.name.clone() },
            _ => Subject { kind, id: None, name: union.name.clone() },
        };
        self.draft(tx.id(), union, subject, vec![union.id], self.year().unwrap_or_default())
    }

    fn draft(&self, id: Id, at: &organization::Model, subject: Subject, unions: Vec<Id>, year: i32) -> NewEvaluation {
        NewEvaluation {
            id,
            campaign_id: Some(self.row.id),
            organization_id: at.id,
            title: title(&self.scheme.document.title_pattern, &subject.name, &at.name, year),
            subject,
            unions,
            year,
            rule: self.plan.rule.clone(),
            opens_on: Some(self.plan.opens_on),
            closes_at: self.closes_at(),
        }
    }

    fn closes_at(&self) -> Time {
        end_of(self.plan.closes_on)
    }

    fn year(&self) -> Result<i32> {
        self.row.year.try_into().map_err(|_| Error::internal("a campaign of no year"))
    }

    fn outcome(&self, union: Id, outcome: &str, evaluation: Option<Id>) -> Vec<Value> {
        vec![self.row.id.into(), union.into(), outcome.into(), evaluation.into()]
    }

    async fn prepared(&self) -> Result<()> {
        let tx = Cx::system(&self.app).begin_bulk().await?;
        let sql = "UPDATE campaign SET state = 'running', version = version + 1
            WHERE id = $1 AND version = $2 AND state = 'preparing'";
        if tx.execute_sql(sql, [self.row.id.into(), self.row.version.into()]).await? != 1 {
            return Ok(());
        }
        tx.record(Event::of("campaign.prepared", "campaign", self.row.id).at(self.row.organization_id)).await?;
        tx.commit(()).await
    }
}

/// Unions of the kinds asked for that stood below the root on the day, in order of their ids.
pub(super) fn candidates(plan: &CampaignPlan, root: Id, day: Day) -> Select<organization::Entity> {
    use organization::Column;
    let kinds = plan.kinds.iter().map(|kind| kind.as_str());
    organization::Entity::find()
        .filter(Column::Id.in_subquery(kernel::access::below(&[root], day)))
        .filter(Column::Kind.is_in(kinds))
        .filter(Column::State.eq("established"))
        .order_by_asc(Column::Id)
}

/// Members of each union with everything below it, where the campaign asks for a size.
async fn members(conn: &impl ConnectionTrait, plan: &CampaignPlan, root: Id, day: Day) -> Result<Option<Tally>> {
    if plan.least_members.is_none() && plan.most_members.is_none() {
        return Ok(None);
    }
    Ok(Some(Tally::below(conn, &Segment::parse("true")?, root, day, &HashSet::new()).await?))
}

/// Unions of a campaign that are done.
async fn settled(conn: &impl ConnectionTrait, campaign: Id) -> Result<HashSet<Id>> {
    let sql = "SELECT organization_id FROM campaign_union WHERE campaign_id = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [campaign.into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get("", "organization_id")?)).collect()
}
