//! Accounts, found by login, phone or name.

use std::collections::BTreeMap;

use kernel::access::grant;
use kernel::page::{Page, PageInput};
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::persons_named;
use crate::account::entity::{Column, Entity, Model};
use crate::account::{rules, vault};
use crate::person;
use crate::person::name::clean_name;
use crate::person::phone::{Phone, mask};

/// Greater than every character a name can hold: closes the range of a prefix.
const AFTER_ALL: char = '\u{10ffff}';

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct AccountList {
    /// A whole login, a whole phone, or the beginning of a name; without it the staff accounts.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted.
    pub limit: Option<u64>,
}

/// An account as administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountRow {
    /// The account.
    pub id: Id,
    /// Login of a staff account.
    pub login: Option<String>,
    /// Whose it is, where known.
    pub person_name: Option<String>,
    /// The phone with its middle hidden.
    pub phone_masked: Option<String>,
    /// `member` or `staff`.
    pub kind: String,
    /// Locked out after too many failures.
    pub locked: bool,
    /// Disabled by an administrator.
    pub disabled: bool,
    /// Has enrolled the second factor.
    pub totp: bool,
    /// Roles held today.
    pub roles: u64,
}

/// Lists staff accounts, or finds accounts of any kind; newest first.
///
/// # Errors
/// A spoilt cursor; the database.
pub async fn accounts(cx: Cx, input: AccountList) -> Result<Page<AccountRow>> {
    let page = PageInput::new(input.after, input.limit);
    let mut find = Entity::find().order_by_desc(Column::Id).limit(page.fetch());
    find = match input.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        Some(q) => find.filter(meant_by(&cx, q)),
        None => find.filter(Column::Kind.eq("staff")),
    };
    if let Some(after) = page.after_id()? {
        find = find.filter(Column::Id.lt(after));
    }
    let rows = Page::cut(find.all(cx.read()).await?, &page, |row| row.id.to_string());
    shown(&cx, rows).await
}

fn meant_by(cx: &Cx, q: &str) -> Condition {
    let mut any = Condition::any().add(Column::Login.eq(rules::normal_login(q)));
    if let Ok(phone) = Phone::parse(q) {
        any = any.add(Column::PhoneDigest.eq(vault::phone_digest(cx.app.keys.as_ref(), &phone)));
    }
    if let Ok(name) = clean_name(q) {
        let end = format!("{name}{AFTER_ALL}");
        let persons = person::entity::Entity::find()
            .select_only()
            .column(person::entity::Column::Id)
            .filter(person::entity::Column::Name.gte(name.as_str()))
            .filter(person::entity::Column::Name.lt(end.as_str()));
        any = any
            .add(Condition::all().add(Column::Name.gte(name.as_str())).add(Column::Name.lt(end.as_str())))
            .add(Column::PersonId.in_subquery(persons.into_query()));
    }
    any
}

async fn shown(cx: &Cx, page: Page<Model>) -> Result<Page<AccountRow>> {
    let persons = persons_named(cx.read(), page.items.iter().filter_map(|row| row.person_id).collect()).await?;
    let roles = roles_of(cx, page.items.iter().map(|row| row.id).collect()).await?;
    let keys = cx.app.keys.as_ref();
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let phone = row.phone_sealed.as_deref().map(|sealed| vault::open_phone(keys, row.id, sealed)).transpose()?;
        items.push(AccountRow {
            id: row.id,
            login: row.login,
            person_name: row.name.or_else(|| persons.get(&row.person_id?).cloned()),
            phone_masked: phone.as_deref().map(mask),
            kind: row.kind,
            locked: row.locked_until.is_some_and(|until| cx.now() < until),
            disabled: row.disabled_at.is_some(),
            totp: row.totp_sealed.is_some(),
            roles: roles.get(&row.id).copied().unwrap_or_default(),
        });
    }
    Ok(Page { items, next: page.next })
}

async fn roles_of(cx: &Cx, accounts: Vec<Id>) -> Result<BTreeMap<Id, u64>> {
    let rows = grant::Entity::find()
        .filter(grant::Column::AccountId.is_in(accounts))
        .filter(grant::Column::RevokedAt.is_null())
        .all(cx.read())
        .await?;
    let mut count = BTreeMap::new();
    for row in rows.iter().filter(|row| row.in_force(cx.today())) {
        *count.entry(row.account_id).or_default() += 1;
    }
    Ok(count)
}
