//! One membership with its history.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::event::entity as event;
use kernel::{Cx, Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity as membership;
use super::list::{self, MemberRow};
use crate::access::{MEMBER_END, MEMBER_HAND_OVER, MEMBER_READ, MEMBER_REVEAL};
use crate::employer;
use crate::person::{entity as person, reveal};
use crate::takeover::{self, OpenCode};

/// Which membership.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MemberInput {
    /// Id of the membership.
    pub id: Uuid,
}

/// One line of a membership's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened, in Chinese.
    pub text: String,
    /// Who did it.
    pub by: Option<String>,
}

/// One membership, numbers masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberDetail {
    /// As in the list.
    #[serde(flatten)]
    pub row: MemberRow,
    /// Day of birth, where known.
    pub birth: Option<NaiveDate>,
    /// Kind of ID.
    pub id_kind: Option<String>,
    /// `none`, `declared`, `verified`.
    pub real_name: String,
    /// Employer, where known.
    pub employer_name: Option<String>,
    /// Day it ended.
    pub ended_on: Option<NaiveDate>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// The open code with which the member takes the record over; only for those who may hand one out.
    pub hand_over: Option<OpenCode>,
    /// What happened, oldest first.
    pub history: Vec<MemberStep>,
    /// `reveal`, `end`, `hand_over`.
    pub may: Vec<String>,
}

/// Shows one membership; outside the caller's scope it does not exist.
///
/// # Errors
/// `not_found`.
pub async fn one(cx: Cx, input: MemberInput) -> Result<MemberDetail> {
    let row = membership::Entity::find_by_id(input.id).one(cx.read()).await?.ok_or_else(kernel::Error::not_found)?;
    cx.caller.must(cx.read(), MEMBER_READ, row.organization_id).await?;
    let person = person::Entity::find_by_id(row.person_id).one(cx.read()).await?;
    let person = person.ok_or_else(kernel::Error::not_found)?;
    let employer_name = match row.employer_id {
        Some(id) => employer::entity::Entity::find_by_id(id).one(cx.read()).await?.map(|employer| employer.name),
        None => None,
    };
    let mut may = Vec::new();
    for (permission, action) in [(MEMBER_REVEAL, "reveal"), (MEMBER_END, "end"), (MEMBER_HAND_OVER, "hand_over")] {
        let allowed = cx.caller.may(cx.read(), permission, row.organization_id).await?;
        if allowed && (action == "reveal" || row.state == "active") {
            may.push(action.to_owned());
        }
    }
    let history = history(&cx, &row).await?;
    let (ended_on, end_reason) = (row.ended_on, row.end_reason.clone());
    let row = list::shaped(&cx, vec![row]).await?.pop().ok_or_else(kernel::Error::not_found)?;
    may.retain(|action| action != "hand_over" || !row.taken_over);
    let hand_over = match may.iter().any(|action| action == "hand_over") {
        true => takeover::open_code(cx.read(), row.person_id, cx.now()).await?,
        false => None,
    };
    Ok(MemberDetail {
        hand_over,
        row,
        birth: person.birth,
        id_kind: person.id_kind,
        real_name: person.real_name,
        employer_name,
        ended_on,
        end_reason,
        history,
        may,
    })
}

async fn history(cx: &Cx, row: &membership::Model) -> Result<Vec<MemberStep>> {
    let mut steps = vec![MemberStep { at: row.created_at, text: source_text(&row.source).into(), by: None }];
    let events = event::Entity::find()
        .filter(event::Column::AggregateId.is_in([row.id, row.person_id]))
        .filter(event::Column::Kind.ne("membership.started"))
        .order_by_asc(event::Column::Id)
        .all(cx.read())
        .await?;
    for event in events {
        let text = match event.kind.as_str() {
            "membership.ended" => "退会",
            "membership.retained" => "保留会籍",
            "takeover.done" => "本人认领会籍",
            "handover.issued" => "核对身份证，发放认领码",
            "handover.ended" => "认领码失效",
            reveal::REVEALED => "查看完整号码（已记录原因）",
            _ => continue,
        };
        steps.push(MemberStep { at: event.at, text: text.into(), by: None });
    }
    Ok(steps)
}

fn source_text(source: &str) -> &'static str {
    match source {
        "imported" => "由名册导入",
        "demo" => "演示数据",
        _ => "申请入会获批准",
    }
}
