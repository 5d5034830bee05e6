//! Where the account is signed in.

use chrono::{DateTime, Utc};
use kernel::routes::Nothing;
use kernel::{Cx, Result, session};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::device_label;

/// The open sessions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MySessions {
    /// One device each.
    pub items: Vec<MySession>,
}

/// One signed-in device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MySession {
    /// The session.
    pub id: Uuid,
    /// When it was signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// The one that asks.
    pub current: bool,
    /// What people would call the device.
    pub device: String,
}

/// Lists them; half-way sign-ins are not among them.
///
/// # Errors
/// The database.
pub async fn sessions(cx: Cx, _: Nothing) -> Result<MySessions> {
    let own = cx.caller.session_id();
    let rows = session::open_of(cx.read(), cx.caller.account()?, cx.now()).await?;
    let signed_in = rows.into_iter().filter(|row| row.stage == "done");
    let items = signed_in.map(|row| MySession {
        id: row.id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        current: own == Some(row.id),
        device: device_label(&row.device),
    });
    Ok(MySessions { items: items.collect() })
}
