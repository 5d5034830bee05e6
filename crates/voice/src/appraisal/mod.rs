//! Evaluations (评议): who is rated, by whom, until when, and where it stands.
//!
//! States: `draft` → `freezing` (the electorate is copied from the register) → `open` → `closing` (the last ballots are
//! shuffled in) → `published`, or `too_few`. A `draft` can be withdrawn. Nothing goes back, but for a freezing that finds
//! fewer than five electors: that is a draft again.
//!
//! Invariants:
//! * the electorate is copied once, in order of memberships, and a copying that was cut off goes on at `cursor`; chair and
//!   vice chairs of a rated union are not in it ([`rated`]);
//! * once open, the instrument, its hash, the electorate and the days stand still, and nothing is published before it has
//!   closed (triggers of the table);
//! * under a yearly scheme a union has one evaluation of a subject in a year (primary key of `evaluation_year`);
//! * a chair starts the evaluation of himself and never says who may rate him: the rule belongs to the level above;
//! * who may vote is shown as a number, who has drawn a ballot as a number to those above only.
//!
//! ```no_run
//! use voice::appraisal;
//!
//! async fn may_vote(cx: kernel::Cx, evaluation: kernel::Id, person: kernel::Id) -> kernel::Result<bool> {
//!     let row = appraisal::load(cx.read(), evaluation).await?;
//!     let until = appraisal::instrument(&row)?.closes_at;
//!     Ok(cx.now() < until && appraisal::is_elector(cx.read(), evaluation, person).await?)
//! }
//! ```

mod adjust;
pub mod campaign;
pub mod campaign_entity;
pub mod close;
mod coverage;
mod create;
mod department;
pub mod department_entity;
pub mod elector_entity;
pub mod entity;
mod find;
pub mod freeze;
pub(crate) mod level;
mod list;
mod mine;
mod one;
mod open;
pub mod plan;
mod poster;
pub mod rated;
pub mod round;
pub mod rules;
pub mod size;
mod subject;
pub mod union_entity;
mod withdraw;

use kernel::Routes;
use kernel::app::App;
use kernel::job::{Every, Jobs};

use crate::access::{DEPARTMENT_KEEP, EVALUATION_READ, EVALUATION_START};

pub(crate) use find::draft;
pub use find::{instrument, is_elector, load, read_by_staff, unions};
pub(crate) use level::stands_above;
pub(crate) use list::names;

kernel::refusals! {
    /// The subject has its evaluation of this scheme and year already.
    EVALUATION_TWICE = "evaluation.twice", CONFLICT, "这一年已经发起过同一项评议，请在评议列表里打开它继续办理。";
    /// Fewer than five could vote, so nothing would be secret.
    EVALUATION_TOO_SMALL = "evaluation.too_small", CONFLICT, "能参加测评的会员不足 5 人，单独测评保守不了秘密，请联系镇街工会，与其他小型工会联合评议。";
    /// The evaluation is not in the state that this needs.
    EVALUATION_STATE = "evaluation.state", CONFLICT, "这次评议现在的状态不能办这件事，请刷新页面查看最新状态。";
    /// Somebody else changed the draft meanwhile.
    EVALUATION_CHANGED = "evaluation.changed", CONFLICT, "别人刚刚改过这份草稿，请刷新页面核对后再修改。";
    /// The last day is too near or too far.
    EVALUATION_DAYS = "evaluation.days", UNPROCESSABLE_ENTITY, "截止日期不在方案规定的天数之内，请重新选择截止日期。";
    /// The title cannot be taken.
    EVALUATION_TITLE = "evaluation.title", UNPROCESSABLE_ENTITY, "评议标题请用 2 到 100 个字，不要换行。";
    /// The year cannot be taken.
    EVALUATION_YEAR = "evaluation.year", UNPROCESSABLE_ENTITY, "评议年度请填 2019 年以来、最晚到明年。";
    /// The union has no chair who could be rated.
    EVALUATION_NO_CHAIR = "evaluation.no_chair", CONFLICT, "这个工会还没有登记在任主席，请先登记主席任职，再发起述职测评。";
    /// The chair to be rated has left office since the draft was made.
    EVALUATION_CHAIR_CHANGED = "evaluation.chair_changed", CONFLICT, "主席已经变更，请撤回这份草稿，按现任主席重新发起。";
    /// The subject is missing, or does not belong to this scheme.
    EVALUATION_SUBJECT = "evaluation.subject", UNPROCESSABLE_ENTITY, "被评议的对象不对：评部门请从部门名单里选择，评资金使用请选择本工会已经结项的资金项目。";
    /// The electorate's rule belongs to the level above.
    EVALUATION_RULE = "evaluation.rule", FORBIDDEN, "参加测评的范围由方案或上级工会确定，请联系上级工会调整。";
    /// The unions of a joint evaluation do not fit.
    EVALUATION_JOINT = "evaluation.joint", UNPROCESSABLE_ENTITY, "联合评议请选择 2 家以上本镇街下面、能参评会员不足 5 人的工会；人数足够的工会请单独评议。";
    /// The department is not on the list of this union or of one above it.
    DEPARTMENT_UNKNOWN = "department.unknown", NOT_FOUND, "部门名单里没有这个部门，请刷新名单后重新选择。";
    /// The name of a department cannot be taken.
    DEPARTMENT_NAME = "department.name", UNPROCESSABLE_ENTITY, "部门名称请用 2 到 100 个字的全称。";
    /// A department of this name is on the list already.
    DEPARTMENT_TWICE = "department.twice", CONFLICT, "名单里已经有同名的部门，请直接使用。";
    /// The department has been taken off the list.
    DEPARTMENT_ENDED = "department.ended", CONFLICT, "这个部门已经停用，请从名单里选择在用的部门。";
    /// A scheme of this subject cannot be started over many unions.
    CAMPAIGN_SUBJECT = "campaign.subject", UNPROCESSABLE_ENTITY, "批量发起只适用于评主席、评职工之家和问卷类方案；评部门和评资金请单独发起。";
    /// The first day of a campaign has passed.
    CAMPAIGN_DATES = "campaign.dates", UNPROCESSABLE_ENTITY, "开始日期不能早于今天，请重新选择日期。";
    /// No union fits the campaign's filter.
    CAMPAIGN_NONE = "campaign.none", UNPROCESSABLE_ENTITY, "按这些条件没有找到工会，请放宽工会类型或人数条件。";
    /// The campaign is not in the state that this needs.
    CAMPAIGN_STATE = "campaign.state", CONFLICT, "这个评议活动现在的状态不能办这件事，请刷新页面查看最新状态。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    evaluations()
        .merge(campaign::routes())
        .get("/api/departments", "Lists the government departments that members evaluate")
        .requires(EVALUATION_READ)
        .runs(department::list)
        .post("/api/departments", "Puts a department on the list")
        .requires(DEPARTMENT_KEEP)
        .runs(department::add)
        .post("/api/departments/{department_id}/end", "Takes a department off the list")
        .requires(DEPARTMENT_KEEP)
        .runs(department::end)
}

fn evaluations() -> Routes {
    Routes::new("appraisal")
        .get("/api/evaluations/open", "Lists the evaluations in which the caller may vote now")
        .signed_in()
        .runs(mine::mine)
        .get("/api/evaluations/coverage", "Tells which unions were evaluated in a year, in figures")
        .requires(EVALUATION_READ)
        .runs(coverage::figures)
        .get("/api/evaluations/coverage/unions", "Lists the unions behind the figures of coverage")
        .requires(EVALUATION_READ)
        .runs(coverage::unions)
        .get("/api/evaluations", "Lists evaluations in the caller's scope, newest first")
        .requires(EVALUATION_READ)
        .runs(list::list)
        .post("/api/evaluations", "Starts an evaluation as a draft, fields filled in")
        .requires(EVALUATION_START)
        .runs(create::create)
        .get("/api/evaluations/{evaluation_id}", "Shows an evaluation to an elector or to staff")
        .signed_in()
        .runs(one::one)
        .get("/api/evaluations/{evaluation_id}/poster", "Gives the address of an evaluation as a picture for the wall")
        .requires(EVALUATION_READ)
        .runs(poster::poster)
        .post("/api/evaluations/{evaluation_id}/adjust", "Changes a draft")
        .requires(EVALUATION_START)
        .runs(adjust::adjust)
        .post("/api/evaluations/{evaluation_id}/open", "Freezes the electorate of a draft and opens it")
        .requires(EVALUATION_START)
        .runs(open::open)
        .post("/api/evaluations/{evaluation_id}/withdraw", "Gives a draft up")
        .requires(EVALUATION_START)
        .runs(withdraw::withdraw)
}

/// Adds the freezing, the preparing and giving up of campaigns, and the round that opens and closes on time.
#[must_use]
pub fn jobs(jobs: Jobs) -> Jobs {
    jobs.on(freeze::FREEZE, |app: App, id: kernel::Id| async move { freeze::carry(&app, id).await })
        .on(campaign::PREPARE, |app: App, id: kernel::Id| async move { campaign::prepare(&app, id).await })
        .on(campaign::GIVE_UP, |app: App, id: kernel::Id| async move { campaign::give_up(&app, id).await })
        .every("evaluation.round", Every::Minutes(1), |app: App| async move { round::round(&app).await })
}
