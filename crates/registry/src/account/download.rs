//! Everything held about the person, in full, to take away (PIPL, article 45).

use chrono::{DateTime, NaiveDate, Utc};
use kernel::command::retried;
use kernel::event::Event;
use kernel::notice::{self, Notice};
use kernel::page::{MAX_LIMIT, PageInput};
use kernel::routes::Nothing;
use kernel::{Cx, Result, session};
use serde::Serialize;
use utoipa::ToSchema;

use super::holdings::{Holdings, employment_label};
use super::readers::{self, DataReader};
use super::rules::device_label;

/// The package.
#[derive(Serialize, ToSchema)]
pub struct MyPackage {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// What is held, in full.
    pub items: Vec<PackageItem>,
    /// Memberships, newest first.
    pub memberships: Vec<PackageMembership>,
    /// Consents, newest first.
    pub consents: Vec<PackageConsent>,
    /// Where the account is signed in.
    pub sessions: Vec<PackageSession>,
    /// The newest hundred messages.
    pub notices: Vec<Notice>,
    /// The newest hundred looks.
    pub readers: Vec<DataReader>,
}

/// One thing that is held.
#[derive(Serialize, ToSchema)]
pub struct PackageItem {
    /// What it is called.
    pub label: String,
    /// In full.
    pub value: String,
    /// What it is needed for.
    pub purpose: String,
}

/// One membership.
#[derive(Serialize, ToSchema)]
pub struct PackageMembership {
    /// The union.
    pub organization_name: String,
    /// `active`, `retained`, `transferred` or `left`.
    pub state: String,
    /// What the form of employment is called.
    pub employment_form: String,
    /// From.
    pub joined_on: NaiveDate,
    /// Until.
    pub ended_on: Option<NaiveDate>,
}

/// One consent.
#[derive(Serialize, ToSchema)]
pub struct PackageConsent {
    /// What for.
    pub purpose: String,
    /// To which version of the text.
    pub version: String,
    /// When.
    pub given_at: DateTime<Utc>,
    /// Taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// One open session.
#[derive(Serialize, ToSchema)]
pub struct PackageSession {
    /// The device.
    pub device: String,
    /// Signed in.
    pub created_at: DateTime<Utc>,
    /// Last used.
    pub last_seen_at: DateTime<Utc>,
}

/// Makes it, and leaves an event first.
///
/// # Errors
/// The database.
pub async fn download(cx: Cx, _: Nothing) -> Result<MyPackage> {
    let holdings = Holdings::of(&cx).await?;
    let account = holdings.account.id;
    let subject = holdings.account.person_id.unwrap_or(account);
    let hundred = PageInput::new(None, Some(MAX_LIMIT));
    let package = MyPackage {
        made_at: cx.now(),
        notices: notice::list(cx.read(), account, &hundred).await?.items,
        readers: readers::of(&cx, subject, &hundred).await?.items,
        sessions: sessions(&cx).await?,
        items: items(&holdings),
        memberships: memberships(&holdings),
        consents: consents(holdings),
    };
    retried(|| async {
        let tx = cx.begin().await?;
        tx.record(Event::of("personal_data.exported", "account", account).with("role", "self")).await?;
        tx.commit(()).await
    })
    .await?;
    Ok(package)
}

fn items(holdings: &Holdings) -> Vec<PackageItem> {
    let lines = holdings.lines().into_iter();
    let items = lines.map(|line| PackageItem {
        label: line.label.to_owned(),
        value: line.value,
        purpose: line.purpose.to_owned(),
    });
    items.collect()
}

fn memberships(holdings: &Holdings) -> Vec<PackageMembership> {
    let rows = holdings.memberships.iter().map(|(row, name)| PackageMembership {
        organization_name: name.clone(),
        state: row.state.clone(),
        employment_form: employment_label(&row.employment_form).to_owned(),
        joined_on: row.joined_on,
        ended_on: row.ended_on,
    });
    rows.collect()
}

fn consents(holdings: Holdings) -> Vec<PackageConsent> {
    let rows = holdings.consents.into_iter().map(|row| PackageConsent {
        purpose: row.purpose,
        version: row.version,
        given_at: row.given_at,
        withdrawn_at: row.withdrawn_at,
    });
    rows.collect()
}

async fn sessions(cx: &Cx) -> Result<Vec<PackageSession>> {
    let rows = session::open_of(cx.read(), cx.caller.account()?, cx.now()).await?;
    let rows = rows.into_iter().map(|row| PackageSession {
        device: device_label(&row.device),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    });
    Ok(rows.collect())
}
