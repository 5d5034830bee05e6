//! One merchant, from its application to its bank accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, Id, Result};
use registry::person::phone;
use registry::staff::{AccountName, accounts_named};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{MERCHANT_APPROVE, MERCHANT_KEEP, MERCHANT_READ};
use super::licence::{self, MerchantLicence};
use super::list::{MerchantRow, shaped};
use super::{account, bank_entity as bank, entity, find, step_entity as step, vault};

/// Which merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantInput {
    /// Its id.
    pub merchant_id: Uuid,
}

/// A merchant with everything that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantPage {
    /// As in the list.
    pub merchant: MerchantRow,
    /// Whom to call.
    pub contact_name: String,
    /// His phone, masked.
    pub contact_phone_masked: String,
    /// Files of its business licence, the newest first; told to those who decide.
    pub licences: Vec<MerchantLicence>,
    /// How many files there are.
    pub licence_files: u64,
    /// Bank accounts, the newest first.
    pub banks: Vec<MerchantBank>,
    /// What was decided, the oldest first.
    pub steps: Vec<MerchantStepRow>,
    /// What it is owed in the city's own book, in cents.
    pub owed_cents: i64,
    /// The caller entered it, and does not approve it.
    pub own: bool,
    /// The caller enters its shops and bank accounts.
    pub may_keep: bool,
    /// The caller approves what others entered.
    pub may_approve: bool,
}

/// A bank account, by its last four digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MerchantBank {
    /// Which.
    pub id: Uuid,
    /// In whose name it stands.
    pub holder: String,
    /// Bank and branch.
    pub bank: String,
    /// The last four digits.
    pub tail: String,
    /// `waiting`, `active`, `replaced`, `refused`.
    pub state: String,
    /// What was decided, and why.
    pub reason: Option<String>,
    /// When it was entered.
    pub entered_at: DateTime<Utc>,
    /// The caller entered it, and does not approve it.
    pub own: bool,
}

/// A step of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MerchantStepRow {
    /// `applied`, `entered`, `changed`, `returned`, `approved`, `suspended`, `resumed`, `ended`, `extended`.
    pub what: String,
    /// Why.
    pub reason: Option<String>,
    /// Who, where it was staff.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Shows a merchant.
///
/// # Errors
/// 404 outside the caller's scope; the database.
pub async fn one(cx: Cx, input: MerchantInput) -> Result<MerchantPage> {
    let row = find::kept(&cx, cx.read(), MERCHANT_READ, input.merchant_id).await?;
    let may = async |permission| cx.caller.may(cx.read(), permission, row.organization_id).await;
    let (may_keep, may_approve) = (may(MERCHANT_KEEP).await?, may(MERCHANT_APPROVE).await?);
    page(&cx, row, may_keep, may_approve).await
}

/// A merchant as it is shown to whoever may see it.
///
/// # Errors
/// The database.
pub(super) async fn page(cx: &Cx, row: entity::Model, may_keep: bool, may_approve: bool) -> Result<MerchantPage> {
    let (conn, me) = (cx.read(), cx.caller.account_id());
    let phone = vault::open_phone(cx.app.keys.as_ref(), row.id, &row.contact_phone_sealed)?;
    let owed_cents = account::owed(conn, row.id).await?;
    let licences = licence::of(conn, row.id).await?;
    let steps = step::Entity::find().filter(step::Column::MerchantId.eq(row.id)).order_by_asc(step::Column::Number);
    let steps = steps.all(conn).await?;
    let names = accounts_named(conn, steps.iter().filter_map(|step| step.by_id).collect()).await?;
    Ok(MerchantPage {
        contact_name: row.contact_name.clone(),
        contact_phone_masked: phone::mask(&phone),
        licence_files: licences.len() as u64,
        licences: if may_approve { licences } else { Vec::new() },
        banks: banks(conn, row.id, me).await?,
        steps: steps.into_iter().map(|step| step_row(step, &names)).collect(),
        owed_cents,
        own: row.entered_by.is_some() && row.entered_by == me,
        may_keep,
        may_approve,
        merchant: shaped(conn, vec![row], cx.today()).await?.pop().ok_or_else(Error::not_found)?,
    })
}

fn step_row(step: step::Model, names: &BTreeMap<Id, AccountName>) -> MerchantStepRow {
    // Of staff alone: an applicant is called by his firm.
    let by = step.by_id.and_then(|id| names.get(&id)).filter(|name| name.login.is_some());
    MerchantStepRow { what: step.what, reason: step.reason, by: by.and_then(AccountName::shown), at: step.at }
}

async fn banks(conn: &impl ConnectionTrait, merchant: Id, me: Option<Id>) -> Result<Vec<MerchantBank>> {
    let rows = bank::Entity::find()
        .filter(bank::Column::MerchantId.eq(merchant))
        .order_by_desc(bank::Column::EnteredAt)
        .order_by_desc(bank::Column::Id);
    let shape = |row: bank::Model| MerchantBank {
        own: row.entered_by.is_some() && row.entered_by == me,
        id: row.id,
        holder: row.holder,
        bank: row.bank,
        tail: row.tail,
        state: row.state,
        reason: row.reason,
        entered_at: row.entered_at,
    };
    Ok(rows.all(conn).await?.into_iter().map(shape).collect())
}
