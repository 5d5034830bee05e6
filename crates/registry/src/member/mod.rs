//! Membership: joining, the member list, leaving. The slice to copy as an example.
//!
//! Invariants, each held by a database constraint:
//! * a person has at most one active membership (`membership_one_active`);
//! * an account has at most one open application (`join_application_one_open`);
//! * an ID number waits in at most one application (`join_application_one_identity`);
//! * an approved application points at the membership it made.
//!
//! Two doors lead in. *Employer*: my employer has a union, reached by its link or
//! name; its chair decides. *Open*: it has none, or I work for a platform; the
//! application waits in the pool (周转库) of the town's joint union or of the
//! industry union, which takes the worker itself or hands the application on.
//!
//! The verbs read top to bottom; [`decide`] is the one to start with. What others
//! may use: [`entity`], [`active_of`], [`last_of`], [`todo_rows`].

pub mod application_entity;
pub mod applications;
mod batch;
pub mod count;
pub mod decide;
pub mod destination;
pub mod dispatch;
pub mod draft;
pub mod draft_entity;
pub mod end;
pub mod entity;
pub mod find;
mod identify;
pub mod known;
pub mod list;
pub mod one;
pub mod overdue;
pub mod reveal;
pub mod rules;
pub mod shape;
pub mod status;
pub mod submit;
pub mod withdraw;

use kernel::{Id, Result, Routes};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::access::{
    APPLICATION_DECIDE, APPLICATION_DISPATCH, APPLICATION_READ, MEMBER_END, MEMBER_READ, MEMBER_REVEAL,
};

pub use shape::todo_rows;

/// Kind of the approval that decides on an application.
pub const APPROVAL: &str = "application";

kernel::refusals! {
    /// The caller is a member already.
    MEMBER_ALREADY = "member.already", CONFLICT, "您已经是工会会员，不用重复入会；换了单位可以先在“我的工会”里办理退会，再加入新的工会。";
    /// The person with this ID number belongs to another union at the moment of approval; told to the officer.
    MEMBER_ELSEWHERE = "member.elsewhere", CONFLICT, "这个证件号码在其他工会有在册会籍，不能重复入会。请退回，申请人只会看到“请当面核对身份”；确需转会的，请本人先在原工会办理转出。";
    /// Another account has taken this record over; told to the officer.
    ID_TAKEN = "id.taken", CONFLICT, "这个证件号码已在另一个手机号下实名，不能批准。请退回，申请人只会看到“请当面核对身份”；换了手机号的，请本人带身份证当面办理或拨打 12351。";
    /// The roster has another name under this ID number; told to the officer.
    NAME_DIFFERS = "member.name_differs", CONFLICT, "名册上这个证件号码的姓名与申请不同，不能批准。请当面核对身份证后退回补正；名册有误的，请联系会籍管理员更正。";
    /// An application of this account, or with this ID number, is open.
    APPLICATION_OPEN = "application.open", CONFLICT, "您有一份入会申请正在办理，请在“入会进度”里查看，不用重复提交。";
    /// The account has no phone to be reached at.
    APPLICATION_PHONE = "application.phone", UNPROCESSABLE_ENTITY, "请先用手机号登录，再申请入会，工会要用手机号答复您。";
    /// The union does not exist, is not established, or takes no members.
    DESTINATION_UNKNOWN = "destination.unknown", UNPROCESSABLE_ENTITY, "没有找到可以加入的工会，请重新选择单位工会或所在镇街，也可拨打 12351。";
    /// A federation keeps the pool but takes no members itself.
    DISPATCH_FIRST = "application.dispatch_first", CONFLICT, "这份申请还在周转库里，本级工会不直接接收会员，请先转派到能接收的工会。";
    /// An answer of the form is missing or not among the choices.
    ANSWER_MISSING = "answer.missing", UNPROCESSABLE_ENTITY, "还有必填的内容没有填好，请补充后再提交。";
    /// More rows than one batch takes.
    BATCH_TOO_LARGE = "batch.too_large", UNPROCESSABLE_ENTITY, "一次最多办理 100 份，请分几次办理。";
    /// The draft is larger than a form can be.
    DRAFT_TOO_LARGE = "draft.too_large", UNPROCESSABLE_ENTITY, "草稿内容太多，请精简后再保存。";
    /// A reason is missing or too long.
    REASON_MISSING = "reason.missing", UNPROCESSABLE_ENTITY, "请写明原因（2 到 200 字），以便以后查对。";
    /// The field holds nothing.
    VALUE_NONE = "value.none", NOT_FOUND, "没有登记这一项；如需补充，请联系所属工会。";
    /// The membership is not active any more.
    MEMBERSHIP_ENDED = "membership.ended", CONFLICT, "这份会籍已经结束或转出，请刷新后查看。";
}

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    joining(Routes::new("member"))
        .get("/api/applications", "Lists applications to join within the caller's scope")
        .requires(APPLICATION_READ)
        .runs(applications::list)
        .get("/api/applications/{id}", "Shows one application")
        .requires(APPLICATION_READ)
        .runs(applications::one)
        .post("/api/applications/approve", "Approves applications, one result a row")
        .requires(APPLICATION_DECIDE)
        .runs(decide::approve)
        .post("/api/applications/return", "Returns applications with a reason, one result a row")
        .requires(APPLICATION_DECIDE)
        .runs(decide::send_back)
        .post("/api/applications/{id}/dispatch", "Hands an application from the pool to a union")
        .requires(APPLICATION_DISPATCH)
        .runs(dispatch::dispatch)
        .get("/api/members", "Lists members within the caller's scope, masked")
        .requires(MEMBER_READ)
        .runs(list::list)
        .get("/api/members/{id}", "Shows one membership, masked")
        .requires(MEMBER_READ)
        .runs(one::one)
        .post("/api/members/{id}/reveal", "Shows one number in full, with a reason, logged")
        .requires(MEMBER_REVEAL)
        .runs(reveal::reveal)
        .post("/api/members/{id}/end", "Ends or retains a membership")
        .requires(MEMBER_END)
        .runs(end::end)
        .post("/api/me/membership/leave", "Leaves the union")
        .signed_in()
        .runs(end::leave)
}

fn joining(routes: Routes) -> Routes {
    routes
        .get("/api/join/destination", "Tells which union takes a worker without one")
        .public()
        .runs(destination::destination)
        .get("/api/join/application", "Shows the caller's application and draft")
        .signed_in()
        .runs(status::status)
        .post("/api/join/draft", "Keeps a half-filled application for seven days")
        .signed_in()
        .runs(draft::save)
        .post("/api/join/submit", "Submits an application to join")
        .signed_in()
        .runs(submit::submit)
        .post("/api/join/withdraw", "Withdraws the caller's open application")
        .signed_in()
        .runs(withdraw::withdraw)
}

/// The person's active membership.
///
/// # Errors
/// The database.
pub async fn active_of(conn: &impl ConnectionTrait, person: Id) -> Result<Option<entity::Model>> {
    let rows =
        entity::Entity::find().filter(entity::Column::PersonId.eq(person)).filter(entity::Column::State.eq("active"));
    Ok(rows.one(conn).await?)
}

/// The person's active membership, or the one that ended last: somebody who left keeps what he has.
///
/// # Errors
/// The database.
pub async fn last_of(conn: &impl ConnectionTrait, person: Id) -> Result<Option<entity::Model>> {
    if let Some(active) = active_of(conn, person).await? {
        return Ok(Some(active));
    }
    let rows = entity::Entity::find().filter(entity::Column::PersonId.eq(person));
    // None of them is active: each has the day on which it ended.
    let rows = rows.order_by_desc(entity::Column::EndedOn).order_by_desc(entity::Column::CreatedAt);
    Ok(rows.order_by_desc(entity::Column::Id).one(conn).await?)
}
