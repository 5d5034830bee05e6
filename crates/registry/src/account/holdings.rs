//! What is held about the person behind an account, gathered from account, person,
//! memberships and consents; shown masked in [`super::data`], in full in [`super::download`].

use std::collections::BTreeMap;

use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{consent_entity as consent, create, entity, vault};
use crate::member::entity as membership;
use crate::organization::entity as organization;
use crate::person::entity as person;
use crate::person::id_number;
use crate::person::phone;
use crate::person::reveal::{self, RevealField};

/// Everything that is held, opened.
pub(super) struct Holdings {
    pub account: entity::Model,
    pub person: Option<person::Model>,
    /// The phone that signs in.
    pub phone: Option<String>,
    /// The phone that the union has, where it is another.
    pub contact_phone: Option<String>,
    pub id_number: Option<String>,
    /// With the union's name, newest first.
    pub memberships: Vec<(membership::Model, String)>,
    /// Newest first.
    pub consents: Vec<consent::Model>,
}

/// One line of it.
pub(super) struct Line {
    pub label: &'static str,
    /// In full.
    pub value: String,
    /// As it may stand on a page.
    pub shown: String,
    pub purpose: &'static str,
    pub reveal_field: Option<RevealField>,
}

/// The membership that counts: the active one, or the newest retained one.
pub(super) async fn membership_of(conn: &impl ConnectionTrait, person: Id) -> Result<Option<membership::Model>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::State.is_in(["active", "retained"]))
        .order_by_desc(membership::Column::Id)
        .all(conn)
        .await?;
    let active = rows.iter().position(|row| row.state == "active").unwrap_or(0);
    Ok(rows.into_iter().nth(active))
}

impl Holdings {
    /// Gathers what is held about the caller.
    ///
    /// # Errors
    /// The database, or sealed bytes that were changed.
    pub async fn of(cx: &Cx) -> Result<Self> {
        let (conn, keys) = (cx.read(), cx.app.keys.as_ref());
        let account = create::by_id(conn, cx.caller.account()?).await?;
        let person = match account.person_id {
            Some(id) => person::Entity::find_by_id(id).one(conn).await?,
            None => None,
        };
        let own =
            account.phone_sealed.as_ref().map(|sealed| vault::open_phone(keys, account.id, sealed)).transpose()?;
        let opened = |field| person.as_ref().map_or(Ok(None), |person| reveal::open(keys, person, field));
        let contact = opened(RevealField::Phone)?;
        let id_number = opened(RevealField::IdNumber)?;
        let consents = consent::Entity::find()
            .filter(consent::Column::AccountId.eq(account.id))
            .order_by_desc(consent::Column::Id)
            .all(conn)
            .await?;
        Ok(Self {
            memberships: memberships(conn, account.person_id).await?,
            phone: own.clone().or_else(|| contact.clone()),
            contact_phone: contact.filter(|contact| own.as_ref().is_some_and(|own| own != contact)),
            account,
            person,
            id_number,
            consents,
        })
    }

    /// It line by line, as people call it.
    pub fn lines(&self) -> Vec<Line> {
        let plain = |label, value: Option<&str>, purpose| {
            value.map(|value| Line {
                label,
                value: value.to_owned(),
                shown: value.to_owned(),
                purpose,
                reveal_field: None,
            })
        };
        let masked = |label, value: Option<&String>, mask: fn(&str) -> String, purpose, reveal_field| {
            value.map(|value| Line { label, value: value.clone(), shown: mask(value), purpose, reveal_field })
        };
        let person = self.person.as_ref();
        let id_kind = person.and_then(|row| row.id_kind.as_deref()).map(id_kind_label);
        let sex = person.and_then(|row| row.sex.as_deref()).map(|sex| if sex == "male" { "男" } else { "女" });
        let birth = person.and_then(|row| row.birth).map(|day| day.to_string());
        let membership = self.memberships.first();
        let joined = membership.map(|(row, _)| row.joined_on.to_string());
        let consent = self.consents.iter().find(|row| row.withdrawn_at.is_none()).map(|row| row.version.as_str());
        let name = person.and_then(|row| row.name.as_deref()).or(self.account.name.as_deref());
        let (phone, id) = (Some(RevealField::Phone), Some(RevealField::IdNumber));
        let lines = [
            masked("手机号", self.phone.as_ref(), phone::mask, "登录、接收通知", phone),
            masked("联系手机", self.contact_phone.as_ref(), phone::mask, "工会与您联系", None),
            plain("登录名", self.account.login.as_deref(), "登录工作台"),
            plain("姓名", name, "办理会籍和会员服务"),
            plain("证件类型", id_kind, "确认是您本人"),
            masked("证件号码", self.id_number.as_ref(), id_number::mask, "确认是您本人，保证一人一份会籍", id),
            plain("性别", sex, "统计、女职工权益"),
            plain("出生日期", birth.as_deref(), "统计、核对证件"),
            plain("所在工会", membership.map(|(_, name)| name.as_str()), "办理会籍和会员服务"),
            plain("入会日期", joined.as_deref(), "计算会龄"),
            plain("用工形式", membership.map(|(row, _)| employment_label(&row.employment_form)), "办理会籍、统计"),
            plain("同意的个人信息处理说明", consent, "证明处理您的信息经过同意"),
        ];
        lines.into_iter().flatten().collect()
    }
}

async fn memberships(conn: &impl ConnectionTrait, person: Option<Id>) -> Result<Vec<(membership::Model, String)>> {
    let Some(person) = person else {
        return Ok(Vec::new());
    };
    let rows = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person))
        .order_by_desc(membership::Column::Id)
        .all(conn)
        .await?;
    let unions = organization::Entity::find()
        .filter(organization::Column::Id.is_in(rows.iter().map(|row| row.organization_id)))
        .all(conn)
        .await?;
    let names: BTreeMap<Id, String> = unions.into_iter().map(|row| (row.id, row.name)).collect();
    let named = rows.into_iter().map(|row| {
        let name = names.get(&row.organization_id).cloned().unwrap_or_default();
        (row, name)
    });
    Ok(named.collect())
}

/// What people call a kind of document.
pub(super) fn id_kind_label(kind: &str) -> &'static str {
    match kind {
        "resident_id" => "居民身份证",
        "hk_mo_tw_residence_permit" => "港澳台居民居住证",
        "foreign_permanent_resident" => "外国人永久居留身份证",
        _ => "其他证件",
    }
}

/// What people call a form of employment.
pub(super) fn employment_label(form: &str) -> &'static str {
    match form {
        "labour_contract" => "签劳动合同",
        "dispatched" => "劳务派遣",
        "platform" => "平台用工",
        "flexible" => "灵活就业",
        _ => "其他",
    }
}
