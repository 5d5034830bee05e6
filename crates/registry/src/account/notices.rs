//! The account's messages, and the SMS that signing in sends.

use chrono::{DateTime, Utc};
use kernel::crypto::seal;
use kernel::page::{Page, PageInput};
use kernel::routes::{Done, Nothing};
use kernel::{Cx, Error, Id, Result, Tx};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::person::phone::Phone;

/// One message.
#[derive(Debug, Clone, Serialize, ToSchema, FromQueryResult)]
pub struct NoticeRow {
    /// The message.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The message itself.
    pub body: String,
    /// A page of this site to go to.
    pub link: Option<String>,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Which message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReadNoticeInput {
    /// From the path.
    pub id: Uuid,
}

/// How many were marked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticesRead {
    /// Messages that were unread before.
    pub read: u64,
}

/// Lists the caller's messages, newest first.
///
/// # Errors
/// The database.
pub async fn notices(cx: Cx, input: PageInput) -> Result<Page<NoticeRow>> {
    page(cx.read(), cx.caller.account()?, &input).await
}

/// Marks one message as read; again is no harm.
///
/// # Errors
/// 404 for a message that is not the caller's; the database.
pub async fn read_notice(cx: Cx, input: ReadNoticeInput) -> Result<Done> {
    let tx = cx.begin().await?;
    let update = "UPDATE notice SET read_at = COALESCE(read_at, $3) WHERE id = $1 AND account_id = $2";
    let values = [input.id.into(), cx.caller.account()?.into(), tx.now().into()];
    if tx.execute_sql(update, values).await? == 0 {
        return Err(Error::not_found());
    }
    tx.commit(Done {}).await
}

/// Marks every message as read.
///
/// # Errors
/// The database.
pub async fn read_all_notices(cx: Cx, _: Nothing) -> Result<NoticesRead> {
    let tx = cx.begin().await?;
    let update = "UPDATE notice SET read_at = $2 WHERE account_id = $1 AND read_at IS NULL";
    let read = tx.execute_sql(update, [cx.caller.account()?.into(), tx.now().into()]).await?;
    tx.commit(NoticesRead { read }).await
}

/// Messages of an account, newest first.
pub(super) async fn page(conn: &impl ConnectionTrait, account: Id, input: &PageInput) -> Result<Page<NoticeRow>> {
    let limit = i64::try_from(input.fetch()).map_err(Error::internal)?;
    let columns = "SELECT id, kind, title, body, link, created_at, read_at FROM notice WHERE account_id = $1";
    let mut values = vec![account.into(), limit.into()];
    let mut sql = format!("{columns} ORDER BY id DESC LIMIT $2");
    if let Some(after) = input.after_id()? {
        sql = format!("{columns} AND id < $3 ORDER BY id DESC LIMIT $2");
        values.push(after.into());
    }
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = NoticeRow::find_by_statement(statement).all(conn).await?;
    Ok(Page::cut(rows, input, |row| row.id.to_string()))
}

/// Messages that an account has not read.
pub(super) async fn unread(conn: &impl ConnectionTrait, account: Id) -> Result<u64> {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM notice WHERE account_id = $1 AND read_at IS NULL";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [account.into()]);
    let row = conn.query_one_raw(statement).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    u64::try_from(count).map_err(Error::internal)
}

/// Puts a message into an account's inbox.
pub(super) async fn tell(tx: &Tx, account: Id, kind: &str, title: &str, body: &str) -> Result<()> {
    let insert = "INSERT INTO notice (id, account_id, kind, title, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [tx.id().into(), account.into(), kind.into(), title.into(), body.into(), tx.now().into()];
    tx.execute_sql(insert, values).await?;
    Ok(())
}

/// Puts an SMS into the outbox; it leaves after the commit.
pub(super) async fn send_sms(tx: &Tx, phone: &Phone, text: &str) -> Result<()> {
    let (id, keys) = (tx.id(), tx.app().keys.as_ref());
    let phone = seal(keys, &format!("sms.phone:{id}"), phone.as_str().as_bytes()).map_err(Error::internal)?;
    let text = seal(keys, &format!("sms.text:{id}"), text.as_bytes()).map_err(Error::internal)?;
    let insert = "INSERT INTO sms (id, phone_sealed, text_sealed, state, created_at)
        VALUES ($1, $2, $3, 'waiting', $4)";
    tx.execute_sql(insert, [id.into(), phone.into(), text.into(), tx.now().into()]).await?;
    Ok(())
}
