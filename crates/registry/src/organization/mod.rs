//! Unions: the tree from the city federation down to the shop floor.
//!
//! A union is a node of the tree with the same id; where it stands is a dated placement, so any past day can be
//! asked for, and a move changes the figures from its day on and none before. A union is proposed (`founding`), then
//! established by the level above, and at the end dissolved; nothing is ever deleted.
//!
//! Invariants:
//! * what may stand under what, and who approves, is in [`rules`];
//! * a union's code and name are its own among the unions that are there; an employer has one union;
//! * a union has one chair at a time; the appointment grants nothing (rights are granted by the security
//!   administrator);
//! * outside the caller's scope a union does not exist (404); above it only names show.
//!
//! ```
//! use kernel::event::Event;
//! use registry::organization::{destination, record};
//!
//! async fn example(tx: &kernel::Tx, union: kernel::Id) -> kernel::Result<()> {
//!     let union = record::load(tx, union).await?;
//!     record::must_be_established(&union)?;
//!     record::record(tx, Event::of("organization.renamed", "organization", union.id), None).await?;
//!     let town = destination(tx, "440703101", tx.today()).await?;
//!     assert_eq!(town.map(|union| union.name).as_deref(), Some("棠下镇总工会"));
//!     Ok(())
//! }
//! ```

mod appoint;
mod approve;
pub mod as_of;
mod contact;
mod destination;
mod dissolve;
pub mod employer_link;
pub mod enter;
pub mod entity;
mod found;
pub mod given;
pub mod history;
mod join_link;
pub mod join_link_entity;
mod join_search;
mod leave_office;
mod list;
mod my_union;
mod notify;
pub mod officer_entity;
pub mod page;
pub mod reason_entity;
pub mod record;
mod rename;
pub mod rules;
mod send_back;
mod todo;
mod transfer;
mod tree;

use kernel::Routes;

use crate::access::{
    ORGANIZATION_APPROVE, ORGANIZATION_CHANGE, ORGANIZATION_FOUND, ORGANIZATION_KEEP, ORGANIZATION_READ,
};

pub use destination::{destination, industry_destination};
pub use todo::todo_rows;

kernel::refusals! {
    /// A union's name cannot be taken: length, characters or ending.
    ORGANIZATION_NAME = "organization.name", UNPROCESSABLE_ENTITY, "工会名称要用 4 到 100 个字，以“工会”“工会委员会”“工会联合会”或“总工会”结尾，请按批复上的全称填写。";
    /// Another union that is there has this name.
    ORGANIZATION_NAME_TAKEN = "organization.name_taken", CONFLICT, "已有同名的工会，请核对是否重复申请；确属不同工会的，请在名称中加上地名或单位全称。";
    /// A union of this kind cannot stand under that parent.
    ORGANIZATION_LEVEL = "organization.level", UNPROCESSABLE_ENTITY, "这类工会不能建在所选的上级工会之下，请另选上级工会或工会类型。";
    /// The division is unknown, of the wrong level, or outside the parent's.
    ORGANIZATION_DIVISION = "organization.division", UNPROCESSABLE_ENTITY, "所在地与工会类型或上级工会不相符，请从列表里重新选择。";
    /// The code is not a union's (department 8).
    ORGANIZATION_USCC = "organization.uscc", UNPROCESSABLE_ENTITY, "工会的统一社会信用代码以 8 开头，请对照工会法人资格证书填写；还没有领到的可以先不填。";
    /// Another union that is there has this code.
    ORGANIZATION_USCC_TAKEN = "organization.uscc_taken", CONFLICT, "这个统一社会信用代码已经登记在另一个工会名下，请对照证书核对；确认无误的，请联系上级工会查找重复登记。";
    /// A union of this kind covers no employer.
    ORGANIZATION_EMPLOYER = "organization.employer", UNPROCESSABLE_ENTITY, "只有基层工会对应用人单位，请删去单位信息后再提交。";
    /// The declared number of employees is out of range.
    ORGANIZATION_EMPLOYEES = "organization.employees", UNPROCESSABLE_ENTITY, "职工人数要在 0 到 1000 万之间，请核对后重新填写。";
    /// The contact phone is neither a mobile nor a fixed line with area code.
    ORGANIZATION_PHONE = "organization.phone", UNPROCESSABLE_ENTITY, "联系电话要填 11 位手机号码，或带区号的固定电话，请核对后重新填写。";
    /// The reason is missing, too long or holds hidden characters.
    ORGANIZATION_REASON = "organization.reason", UNPROCESSABLE_ENTITY, "请写明理由（2 到 200 字），它会和记录一起保存。";
    /// The state of the union does not allow this.
    ORGANIZATION_STATE = "organization.state", CONFLICT, "这个工会现在的状态不能办这件事，请刷新页面查看最新状态。";
    /// The length of the term is not one the law allows.
    ORGANIZATION_TERM = "organization.term", UNPROCESSABLE_ENTITY, "届期不符合《工会法》第十六条：基层工会三年或五年，地方工会五年，请重新选择。";
    /// The founding waits at another level now.
    FOUNDING_ELSEWHERE = "founding.elsewhere", FORBIDDEN, "这件建会申请现在由其他层级的工会审批，请等待对方办理。";
    /// The day asked for is in the future.
    ORGANIZATION_AS_OF = "organization.as_of", UNPROCESSABLE_ENTITY, "只能查看今天或以前的情况，请重新选择日期。";
    /// A move must begin today or within a year.
    MOVE_DAY = "move.day", UNPROCESSABLE_ENTITY, "变更隶属关系的生效日期要在今天到一年以内，请重新选择；过去的隶属关系不能改写。";
    /// The union stands under that parent already.
    MOVE_SAME = "move.same", CONFLICT, "它已经在这个上级工会之下，请另选上级工会。";
    /// The city federation has no parent; it can be neither moved nor dissolved.
    ORGANIZATION_ROOT = "organization.root", CONFLICT, "市总工会没有上级工会，不能变更隶属关系或撤销。";
    /// The union still has members, unions below it or open applications.
    ORGANIZATION_IN_USE = "organization.in_use", CONFLICT, "这个工会还有会员、下级工会或未办结的入会申请，请先办理转接，再来撤销。";
    /// Somebody is chair on these days.
    OFFICER_CHAIR_TAKEN = "officer.chair_taken", CONFLICT, "这个工会在此期间已有主席，请先办理现任主席的离任，再任命新主席。";
    /// The person holds this office already.
    OFFICER_TWICE = "officer.twice", CONFLICT, "这位同志已经担任这个职务，请核对名单。";
    /// The day of the appointment or of its end makes no sense.
    OFFICER_DAY = "officer.day", UNPROCESSABLE_ENTITY, "任职日期不能早于工会成立、也不能在一年以后，离任日期要晚于任职日期，请核对后重新填写。";
    /// The person to be appointed is not among the members in reach, or was not named.
    OFFICER_PERSON = "officer.person", UNPROCESSABLE_ENTITY, "没有找到这位同志，请改为填写姓名和手机号码。";
    /// The office is unknown or has ended.
    OFFICER_ENDED = "officer.ended", CONFLICT, "这项任职已经结束或不存在，请刷新页面查看。";
    /// The joining code is unknown or was renewed.
    JOIN_LINK_UNKNOWN = "join_link.unknown", NOT_FOUND, "这个入会链接已失效或不完整，请向工会要最新的二维码，或在页面里按名称查找工会。";
    /// This union takes no members directly, so it has no joining link.
    JOIN_LINK_NONE = "join_link.none", NOT_FOUND, "这个工会没有入会二维码：联合会和总工会不直接发展会员，请到下级工会的页面查看。";
    /// Fewer than two characters were given to search for.
    JOIN_QUERY = "join.query", UNPROCESSABLE_ENTITY, "请至少输入工会或单位名称开头的两个字。";
}

/// What kind of approval a founding is.
pub const FOUNDING: &str = "founding";

/// Routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    let reads = Routes::new("organization")
        .get("/api/tree", "The tree down to the towns with what stands below, as of a day")
        .requires(ORGANIZATION_READ)
        .runs(tree::tree)
        .get("/api/organizations", "Lists unions in the caller's scope")
        .requires(ORGANIZATION_READ)
        .runs(list::list)
        .get("/api/organizations/{id}", "Shows a union")
        .requires(ORGANIZATION_READ)
        .runs(page::page)
        .get("/api/organizations/{id}/join-link", "Shows a union's joining link")
        .requires(ORGANIZATION_KEEP)
        .runs(join_link::show)
        .get("/api/my-union", "Shows the caller's own union")
        .signed_in()
        .runs(my_union::my_union)
        .get("/api/join/links/{code}", "Says which union a joining link leads to")
        .public()
        .runs(join_link::follow)
        .get("/api/join/organizations", "Finds base unions by the beginning of their name")
        .public()
        .runs(join_search::join_search);
    reads.merge(founding_routes()).merge(change_routes())
}

fn founding_routes() -> Routes {
    Routes::new("organization")
        .post("/api/organizations", "Proposes a union")
        .requires(ORGANIZATION_FOUND)
        .runs(found::found)
        .post("/api/organizations/{id}/approve", "Approves a founding at the stage that waits")
        .requires(ORGANIZATION_APPROVE)
        .runs(approve::approve)
        .post("/api/organizations/{id}/return", "Returns a founding with a reason")
        .requires(ORGANIZATION_APPROVE)
        .runs(send_back::send_back)
}

fn change_routes() -> Routes {
    Routes::new("organization")
        .post("/api/organizations/{id}/rename", "Renames a union")
        .requires(ORGANIZATION_CHANGE)
        .runs(rename::rename)
        .post("/api/organizations/{id}/contact", "Replaces a union's contact")
        .requires(ORGANIZATION_KEEP)
        .runs(contact::contact)
        .post("/api/organizations/{id}/officers", "Appoints an officer")
        .requires(ORGANIZATION_CHANGE)
        .runs(appoint::appoint)
        .post("/api/organizations/{id}/officers/{officer_id}/end", "Ends an office")
        .requires(ORGANIZATION_CHANGE)
        .runs(leave_office::leave_office)
        .post("/api/organizations/{id}/move", "Moves a union under another parent from a day on")
        .requires(ORGANIZATION_CHANGE)
        .runs(transfer::transfer)
        .post("/api/organizations/{id}/dissolve", "Dissolves a union that nobody belongs to")
        .requires(ORGANIZATION_CHANGE)
        .runs(dissolve::dissolve)
        .post("/api/organizations/{id}/join-link/renew", "Replaces a union's joining link")
        .requires(ORGANIZATION_KEEP)
        .runs(join_link::renew)
}
