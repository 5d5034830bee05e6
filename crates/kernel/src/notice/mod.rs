//! What people are told: notices in the inbox of an account, and text messages.
//!
//! Both are written in the transaction of the command that causes them, so nobody is told
//! of something that was rolled back. A notice that belongs to an event is sent to an
//! account once, however often its cause is worked through.
//!
//! ```no_run
//! # use kernel::{Id, Result, Tx, notice};
//! # async fn example(tx: Tx, account_id: Id, event: Id, phone: String) -> Result<()> {
//! notice::send(&tx, notice::New {
//!     account_id, kind: "application.returned", title: "入会申请被退回".into(),
//!     body: "请补充单位名称后重新提交。".into(), link: Some("/join".into()), event_id: Some(event),
//! }).await?;
//! notice::sms(&tx, &phone, "【智工】您的入会申请已通过。").await?;
//! # Ok(()) }
//! ```

mod sms;

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

use crate::command::Tx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::page::{Page, PageInput};

pub use sms::{DemoSms, SmsError, SmsPort, deliver_sms, sms, sms_until};

/// A notice in somebody's inbox.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub link: Option<String>,
    pub event_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A notice as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notice {
    /// Identifier.
    pub id: Uuid,
    /// `noun.past_tense`, for the icon.
    pub kind: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub body: String,
    /// Address of the page it speaks of.
    pub link: Option<String>,
    /// When it was sent.
    pub created_at: chrono::DateTime<chrono::Utc>,
    /// When it was read.
    pub read_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl From<Model> for Notice {
    fn from(row: Model) -> Self {
        let Model { id, kind, title, body, link, created_at, read_at, .. } = row;
        Self { id, kind, title, body, link, created_at, read_at }
    }
}

/// A notice about to be sent.
#[derive(Debug, Clone)]
pub struct New {
    /// To whom.
    pub account_id: Id,
    /// `noun.past_tense`.
    pub kind: &'static str,
    /// One line of Chinese.
    pub title: String,
    /// A sentence or two, with the next step.
    pub body: String,
    /// Address of the page it speaks of, from `/`.
    pub link: Option<String>,
    /// The event that caused it; an account gets one notice of a kind per event.
    pub event_id: Option<Id>,
}

/// Sends a notice; `false` when this account already got it.
///
/// # Errors
/// The database.
pub async fn send(tx: &Tx, new: New) -> Result<bool> {
    let sql = "INSERT INTO notice (id, account_id, kind, title, body, link, event_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = [
        tx.id().into(),
        new.account_id.into(),
        new.kind.into(),
        new.title.into(),
        new.body.into(),
        new.link.into(),
        new.event_id.into(),
        tx.now().into(),
    ];
    Ok(tx.execute_sql(sql, values).await? == 1)
}

/// An account's notices, newest first.
///
/// # Errors
/// `input.invalid` for a bad cursor; the database.
pub async fn list(conn: &impl ConnectionTrait, account: Id, page: &PageInput) -> Result<Page<Notice>> {
    let mut rows = Entity::find().filter(Column::AccountId.eq(account)).order_by_desc(Column::Id).limit(page.fetch());
    if let Some(after) = page.after_id()? {
        rows = rows.filter(Column::Id.lt(after));
    }
    Ok(Page::cut(rows.all(conn).await?, page, |row| row.id.to_string()).map(Notice::from))
}

/// How many notices an account has not read.
///
/// # Errors
/// The database.
pub async fn unread(conn: &impl ConnectionTrait, account: Id) -> Result<u64> {
    let waiting = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::ReadAt.is_null());
    Ok(waiting.count(conn).await?)
}

/// Marks a notice as read; again does nothing.
///
/// # Errors
/// `not_found` when it is not this account's; the database.
pub async fn mark_read(tx: &Tx, account: Id, id: Id) -> Result<()> {
    let sql = "UPDATE notice SET read_at = COALESCE(read_at, $3) WHERE id = $1 AND account_id = $2";
    match tx.execute_sql(sql, [id.into(), account.into(), tx.now().into()]).await? {
        0 => Err(Error::not_found()),
        _ => Ok(()),
    }
}

/// Marks all notices of an account as read; answers how many were not.
///
/// # Errors
/// The database.
pub async fn mark_all_read(tx: &Tx, account: Id) -> Result<u64> {
    let sql = "UPDATE notice SET read_at = $2 WHERE account_id = $1 AND read_at IS NULL";
    tx.execute_sql(sql, [account.into(), tx.now().into()]).await
}
