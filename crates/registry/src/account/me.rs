//! Who is signed in: what every page asks first.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::routes::Nothing;
use kernel::{Cx, Id, Result, notice};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{create, holdings, vault};
use crate::organization::entity as organization;
use crate::person::{self, phone};
use crate::todo;

/// The signed-in account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    pub account_id: Uuid,
    /// Its login, for staff.
    pub login: Option<String>,
    /// Its phone, masked.
    pub phone_masked: Option<String>,
    /// Its person, once known.
    pub person: Option<MyPerson>,
    /// The person's membership, active or retained.
    pub membership: Option<MyMembership>,
    /// Roles in force today.
    pub roles: Vec<MyRole>,
    /// What the roles allow, all together, sorted.
    pub permissions: Vec<String>,
    /// Messages not read yet.
    pub unread: u64,
    /// Approvals that wait for this account.
    pub todo: u64,
    /// Nobody here is real.
    pub demo: bool,
    /// Minutes without a request until the session ends.
    pub idle_minutes: i64,
}

/// The person of the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyPerson {
    /// The person.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// `none`, `declared` or `verified`.
    pub real_name: String,
    /// Made up for a demo or a test.
    pub synthetic: bool,
}

/// The membership of the account's person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyMembership {
    /// The membership.
    pub id: Uuid,
    /// The union.
    pub organization_id: Uuid,
    /// Its name.
    pub organization_name: String,
    /// `active` or `retained`.
    pub state: String,
    /// Since when.
    pub joined_on: NaiveDate,
}

/// A role that the account holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyRole {
    /// Its name.
    pub role: String,
    /// What people call it.
    pub label: String,
    /// Where it is held; it flows down from there.
    pub node_id: Uuid,
    /// Name of that union.
    pub node_name: String,
}

/// Tells it.
///
/// # Errors
/// The database.
pub async fn me(cx: Cx, _: Nothing) -> Result<Me> {
    let conn = cx.read();
    let account = create::by_id(conn, cx.caller.account()?).await?;
    let person = match account.person_id {
        Some(id) => person::entity::Entity::find_by_id(id).one(conn).await?,
        None => None,
    };
    let membership = match account.person_id {
        Some(id) => holdings::membership_of(conn, id).await?,
        None => None,
    };
    let grants = cx.caller.grants();
    let nodes = grants.iter().map(|grant| grant.node_id).chain(membership.iter().map(|row| row.organization_id));
    let names = names(&cx, nodes.collect()).await?;
    let name_of = |id: Id| names.get(&id).cloned().unwrap_or_default();
    let phone = account.phone_sealed.as_ref().map(|sealed| vault::open_phone(cx.app.keys.as_ref(), account.id, sealed));
    let permissions: BTreeSet<&str> = grants.iter().flat_map(|grant| grant.permissions()).map(|one| one.0).collect();
    Ok(Me {
        account_id: account.id,
        phone_masked: phone.transpose()?.map(|phone| phone::mask(&phone)),
        person: person.map(|row| MyPerson {
            id: row.id,
            name: row.name.unwrap_or_default(),
            real_name: row.real_name,
            synthetic: row.synthetic,
        }),
        membership: membership.map(|row| MyMembership {
            id: row.id,
            organization_id: row.organization_id,
            organization_name: name_of(row.organization_id),
            state: row.state,
            joined_on: row.joined_on,
        }),
        roles: grants
            .iter()
            .map(|grant| MyRole {
                role: grant.role.name.to_owned(),
                label: grant.role.label.to_owned(),
                node_id: grant.node_id,
                node_name: name_of(grant.node_id),
            })
            .collect(),
        permissions: permissions.into_iter().map(str::to_owned).collect(),
        unread: notice::unread(conn, account.id).await?,
        todo: todo::count(&cx).await?,
        demo: cx.app.config.demo,
        idle_minutes: cx.caller.session().map_or(0, |session| session.idle_minutes),
        login: account.login,
    })
}

async fn names(cx: &Cx, ids: BTreeSet<Id>) -> Result<BTreeMap<Id, String>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(cx.read()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
