//! One-click accounts of a demo: there only when the process was started as a demo.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::access::{Policy, grant};
use kernel::error::INPUT_INVALID;
use kernel::event::Event;
use kernel::{Cx, Error, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::{Column, Entity, Model};
use super::limits::Limits;
use super::signed::{self, Signed};
use crate::{organization, person};

/// Which demo account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DemoSignInInput {
    /// A key that `/api/site` lists.
    pub key: String,
}

/// An account to sign in with by one click.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoAccount {
    /// What to sign in with.
    pub key: String,
    /// What it is: a role, or a member.
    pub label: String,
    /// Who, of which union, and what to try.
    pub detail: String,
    /// Where its pages are: `member` or `desk`.
    pub app: String,
}

/// Signs in as a demo account, without any factor.
///
/// # Errors
/// 404 outside a demo and for an unknown key; the database.
pub async fn sign_in_demo(cx: Cx, input: DemoSignInInput) -> Result<Signed> {
    if !cx.app.config.demo {
        return Err(Error::not_found());
    }
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let account = Entity::find().filter(Column::DemoKey.eq(input.key)).one(&tx).await?;
    let account = account.filter(|account| account.disabled_at.is_none()).ok_or_else(Error::not_found)?;
    let signed = signed::start(&tx, &cx, &account, "done", &limits, "demo").await?;
    tx.commit(signed).await
}

/// How far the demo's time is to go.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DemoClockInput {
    /// 1 to 1,500 hours (about two months).
    pub hours: u32,
}

/// What time it is now in the demo.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoClock {
    /// The moment.
    pub now: DateTime<Utc>,
    /// The day in China.
    pub today: NaiveDate,
}

/// Lets the time of a demo city go ahead, never back: what is due by then happens within a minute.
///
/// # Errors
/// 404 outside a demo; `input.invalid`; the database.
pub async fn move_clock(cx: Cx, input: DemoClockInput) -> Result<DemoClock> {
    if !cx.app.config.demo {
        return Err(Error::not_found());
    }
    if !(1..=1_500).contains(&input.hours) {
        return Err(INPUT_INVALID.with("演示时间一次可以往前走 1 到 1500 小时，请重新选择。").on("hours").into());
    }
    cx.app.clock.advance(TimeDelta::hours(input.hours.into()));
    // The event keeps the moment: started again, the demo goes on from its last one.
    let tx = cx.begin().await?;
    tx.record(Event::of("demo.clock_moved", "demo", Id::nil()).with("hours", input.hours)).await?;
    let now = DemoClock { now: tx.now(), today: tx.today() };
    let now = tx.commit(now).await?;
    cx.app.bells.cron.notify_one();
    cx.app.bells.jobs.notify_one();
    Ok(now)
}

/// The demo accounts in the order in which they were made.
pub(super) async fn list(cx: &Cx) -> Result<Vec<DemoAccount>> {
    if !cx.app.config.demo {
        return Ok(Vec::new());
    }
    let accounts = Entity::find()
        .filter(Column::DemoKey.is_not_null())
        .filter(Column::DisabledAt.is_null())
        .order_by_asc(Column::Id)
        .all(cx.read())
        .await?;
    let mut items = Vec::with_capacity(accounts.len());
    for account in accounts {
        items.push(describe(cx, account).await?);
    }
    Ok(items)
}

async fn describe(cx: &Cx, account: Model) -> Result<DemoAccount> {
    let conn = cx.read();
    let held = role(conn, &cx.app.policy, account.id).await?;
    let person = match account.person_id {
        Some(id) => person::entity::Entity::find_by_id(id).one(conn).await?.and_then(|person| person.name),
        None => None,
    };
    let (role, node) = held.unzip();
    let union = match (node, account.person_id) {
        (Some(node), _) => name_of(conn, node).await?,
        (None, Some(person)) => match super::holdings::membership_of(conn, person).await? {
            Some(membership) => name_of(conn, membership.organization_id).await?,
            None => None,
        },
        (None, None) => None,
    };
    let joined = if union.is_some() { "会员" } else { "还没有入会" };
    let label = role.map(str::to_owned).or_else(|| account.name.clone()).unwrap_or_else(|| joined.to_owned());
    let who = person.or(account.name).filter(|name| *name != label);
    let tries = account.demo_key.as_deref().and_then(tries).map(str::to_owned);
    let detail = [who, union, tries].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Ok(DemoAccount {
        key: account.demo_key.unwrap_or_default(),
        detail: if detail.is_empty() { joined.to_owned() } else { detail },
        label,
        app: if account.kind == "staff" { "desk" } else { "member" }.to_owned(),
    })
}

/// What the demo city has ready for somebody.
fn tries(key: &str) -> Option<&'static str> {
    Some(match key {
        "city" => "看全市的工会和会员，批准建会",
        "audit_director" => "核对积分账，从每一笔查到审批和银行流水",
        "county" => "只看本区的工会和会员",
        "town" => "办理周转库里的入会申请",
        "chair" => "批准三份入会申请，退回一份",
        "industry_chair" => "办理骑手、快递员的入会申请",
        "member" => "看我的工会和我的资料",
        "rider" => "走第二个入口申请入会",
        "system" => "建账号，调参数和日历",
        "security" => "管谁在哪里有什么权限",
        "audit" => "查事件记录，核对有没有改动",
        _ => return None,
    })
}

async fn role(conn: &impl ConnectionTrait, policy: &Policy, account: Id) -> Result<Option<(&'static str, Id)>> {
    let row = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(account))
        .filter(grant::Column::RevokedAt.is_null())
        .order_by_asc(grant::Column::Id)
        .one(conn)
        .await?;
    Ok(row.and_then(|row| Some((policy.find(&row.role)?.label, row.node_id))))
}

async fn name_of(conn: &impl ConnectionTrait, union: Id) -> Result<Option<String>> {
    let row = organization::entity::Entity::find_by_id(union).one(conn).await?;
    Ok(row.map(|row| row.name))
}
