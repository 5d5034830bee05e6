//! What is held about me, masked, and who has looked.

use kernel::page::{Page, PageInput};
use kernel::{Cx, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::holdings::Holdings;
use super::readers::{self, DataReader};
use crate::person::reveal::RevealField;

/// What is held, and who has looked.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyData {
    /// What is held.
    pub items: Vec<HeldItem>,
    /// Who has looked, newest first.
    pub readers: Page<DataReader>,
}

/// One thing that is held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldItem {
    /// What it is called.
    pub label: String,
    /// Its value, masked where it is a number.
    pub value: String,
    /// What it is needed for.
    pub purpose: String,
    /// Set where it can be shown in full.
    pub reveal_field: Option<RevealField>,
}

/// Tells it; the page input walks the readers.
///
/// # Errors
/// The database.
pub async fn my_data(cx: Cx, page: PageInput) -> Result<MyData> {
    let holdings = Holdings::of(&cx).await?;
    let subject = holdings.account.person_id.unwrap_or(holdings.account.id);
    let items = holdings.lines().into_iter().map(|line| HeldItem {
        label: line.label.to_owned(),
        value: line.shown,
        purpose: line.purpose.to_owned(),
        reveal_field: line.reveal_field,
    });
    Ok(MyData { items: items.collect(), readers: readers::of(&cx, subject, &page).await? })
}
