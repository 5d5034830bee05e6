//! What happened to a union, in Chinese sentences built from its events.
//!
//! Events hold ids; names of persons and unions are looked up when the history is read, reasons stand beside the
//! events, so that both can be erased.

use std::collections::HashMap;

use kernel::{Error, Id, Result, event};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::page::HistoryLine;
use super::rules::OfficerTitle;
use super::{as_of, entity, officer_entity as officer, reason_entity as reason};
use crate::account::entity as account;

/// The history of a union, newest first.
///
/// # Errors
/// The database.
pub async fn of(conn: &impl ConnectionTrait, organization: Id) -> Result<Vec<HistoryLine>> {
    let events = event::entity::Entity::find()
        .filter(event::entity::Column::AggregateId.eq(organization))
        .filter(event::entity::Column::AggregateKind.eq("organization"))
        .order_by_desc(event::entity::Column::Id)
        .all(conn)
        .await?;
    let words = Words::of(conn, organization, &events).await?;
    let actors = actors(conn, events.iter().filter_map(|row| row.actor_id)).await?;
    let mut lines = Vec::new();
    for row in events {
        let payload: Value = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        if let Some(sentence) = words.sentence(&row.kind, &payload) {
            let why = words.reasons.get(&row.id).map(|reason| format!("，理由：{reason}")).unwrap_or_default();
            let by = row.actor_id.and_then(|id| actors.get(&id).cloned());
            lines.push(HistoryLine { at: row.at, text: format!("{sentence}{why}。"), by });
        }
    }
    Ok(lines)
}

/// What accounts are called: the name of the staff account, else of its person.
///
/// # Errors
/// The database.
pub async fn actors(conn: &impl ConnectionTrait, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, String>> {
    let rows = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(conn).await?;
    let persons = as_of::person_names(conn, rows.iter().filter_map(|row| row.person_id)).await?;
    let named = rows.into_iter().filter_map(|row| {
        let name = row.name.or_else(|| persons.get(&row.person_id?).cloned());
        Some((row.id, name?))
    });
    Ok(named.collect())
}

/// What the events only name by id.
struct Words {
    unions: HashMap<Id, String>,
    officers: HashMap<Id, String>,
    reasons: HashMap<Id, String>,
}

impl Words {
    async fn of(conn: &impl ConnectionTrait, organization: Id, events: &[event::entity::Model]) -> Result<Self> {
        let mut named: Vec<Id> = Vec::new();
        for row in events {
            let payload: Value = serde_json::from_str(&row.payload).map_err(Error::internal)?;
            named.extend(["parent_id", "next_id", "from_id", "to_id"].iter().filter_map(|key| id_in(&payload, key)));
        }
        let unions = entity::Entity::find().filter(entity::Column::Id.is_in(named)).all(conn).await?;
        let officers =
            officer::Entity::find().filter(officer::Column::OrganizationId.eq(organization)).all(conn).await?;
        let persons = as_of::person_names(conn, officers.iter().map(|row| row.person_id)).await?;
        let reasons = reason::Entity::find().filter(reason::Column::OrganizationId.eq(organization)).all(conn).await?;
        Ok(Self {
            unions: unions.into_iter().map(|row| (row.id, row.name)).collect(),
            officers: officers
                .into_iter()
                .filter_map(|row| Some((row.id, persons.get(&row.person_id)?.clone())))
                .collect(),
            reasons: reasons.into_iter().filter_map(|row| Some((row.event_id, row.reason?))).collect(),
        })
    }
}

impl Words {
    /// The sentence without its full stop; `None` for an event that says nothing to people.
    fn sentence(&self, kind: &str, payload: &Value) -> Option<String> {
        let union = |key| id_in(payload, key).and_then(|id| self.unions.get(&id)).map_or("上级工会", String::as_str);
        let text = |key: &str| payload[key].as_str().unwrap_or_default();
        let day = |key: &str| chinese_day(text(key));
        Some(match kind {
            "organization.proposed" => format!("申请建会，报{}审批", union("parent_id")),
            "organization.stage_approved" => format!("本级同意，转{}审批", union("next_id")),
            "organization.established" => format!("批准成立，成立日期{}", day("on")),
            "organization.imported" => {
                format!("由文件导入登记，上级为{}，成立日期{}", union("parent_id"), day("on"))
            }
            "organization.employer_linked" => "由文件导入，补登对应的用人单位".to_owned(),
            "organization.returned" => "退回建会申请".to_owned(),
            "organization.renamed" => format!("名称由“{}”变更为“{}”", text("from"), text("to")),
            "organization.contact_changed" => "更新联系人、电话和地址".to_owned(),
            "organization.officer_appointed" => {
                format!("{}任{}，自{}起", self.officer(payload), title(text("title")), day("from"))
            }
            "organization.officer_imported" => {
                format!("由文件导入，{}任{}，自{}起", self.officer(payload), title(text("title")), day("from"))
            }
            "organization.officer_ended" => {
                format!("{}不再担任{}，自{}起", self.officer(payload), title(text("title")), day("on"))
            }
            "organization.moved" => {
                format!("隶属关系由“{}”变更为“{}”，自{}起", union("from_id"), union("to_id"), day("on"))
            }
            "organization.join_link_renewed" => "更换入会二维码，原码作废".to_owned(),
            "organization.dissolved" => format!("撤销，自{}起", day("on")),
            _ => return None,
        })
    }

    fn officer(&self, payload: &Value) -> &str {
        id_in(payload, "officer_id").and_then(|id| self.officers.get(&id)).map_or("（资料已删除）", String::as_str)
    }
}

fn id_in(payload: &Value, key: &str) -> Option<Id> {
    payload[key].as_str()?.parse().ok()
}

fn title(name: &str) -> &'static str {
    OfficerTitle::parse(name).map_or("其他职务", OfficerTitle::label)
}

/// `2026-11-23` as 2026年11月23日.
fn chinese_day(text: &str) -> String {
    text.parse::<chrono::NaiveDate>().map(|day| day.format("%Y年%-m月%-d日").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sentences() {
        let (town, officer) = (kernel::id::Ids::random(), kernel::id::Ids::random());
        let words = Words {
            unions: HashMap::from([(town, "棠下镇总工会".to_owned())]),
            officers: HashMap::from([(officer, "陈示例".to_owned())]),
            reasons: HashMap::new(),
        };
        let cases = [
            ("organization.proposed", json!({"parent_id": town}), "申请建会，报棠下镇总工会审批"),
            ("organization.established", json!({"on": "2026-11-03"}), "批准成立，成立日期2026年11月3日"),
            ("organization.renamed", json!({"from": "甲工会", "to": "乙工会"}), "名称由“甲工会”变更为“乙工会”"),
            (
                "organization.officer_appointed",
                json!({"officer_id": officer, "title": "chair", "from": "2026-11-03"}),
                "陈示例任主席，自2026年11月3日起",
            ),
            (
                "organization.imported",
                json!({"parent_id": town, "on": "2020-05-01"}),
                "由文件导入登记，上级为棠下镇总工会，成立日期2020年5月1日",
            ),
            ("organization.dissolved", json!({"on": "2026-12-31"}), "撤销，自2026年12月31日起"),
        ];
        for (kind, payload, sentence) in cases {
            assert_eq!(words.sentence(kind, &payload).as_deref(), Some(sentence));
        }
        assert_eq!(words.sentence("organization.unheard_of", &json!({})), None);
    }
}
