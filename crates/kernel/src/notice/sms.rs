//! Text messages: an outbox row, sealed, and a job that hands it to the operator.
//!
//! Invariants: phone and text stand sealed in the row and are removed once delivered or
//! given up; no log line, no event and no job holds them. Delivery is at least once: the
//! row's id goes along, so that an operator who knows it can drop the second.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::command::Tx;
use crate::crypto::{open, seal};
use crate::db::commit;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::job::{self, Jobs};
use crate::time::Time;

const JOB: &str = "sms.deliver";
/// A message that is older than this says nothing any more.
const VALID: TimeDelta = TimeDelta::days(1);

/// Why the operator did not take a message.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// Tried again later.
    #[error("the operator cannot be reached: {0}")]
    Away(String),
    /// Given up: the number does not exist, or the text is not allowed.
    #[error("the operator refused it: {0}")]
    Refused(String),
}

/// The port to whoever delivers text messages. The reasons in its errors name no phone.
#[async_trait]
pub trait SmsPort: Send + Sync {
    /// Hands over one message; `id` is the same when it is handed over again.
    async fn deliver(&self, id: Id, phone: &str, text: &str) -> Result<(), SmsError>;
}

/// Delivers nothing, for demonstrations: codes are shown on the page instead.
#[derive(Debug, Default)]
pub struct DemoSms;

#[async_trait]
impl SmsPort for DemoSms {
    async fn deliver(&self, id: Id, _phone: &str, _text: &str) -> Result<(), SmsError> {
        tracing::info!(%id, "demo: a text message would go out");
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Delivery {
    id: Id,
    until: Time,
}

/// Writes a message to the outbox; it goes out after the commit, within a day or not at all.
///
/// # Errors
/// The key provider, or the database.
pub async fn sms(tx: &Tx, phone: &str, text: &str) -> Result<Id> {
    sms_until(tx, phone, text, tx.now() + VALID).await
}

/// Like [`sms`], for a message that is worthless after a moment (a sign-in code).
///
/// # Errors
/// The key provider, or the database.
pub async fn sms_until(tx: &Tx, phone: &str, text: &str, until: Time) -> Result<Id> {
    let id = tx.id();
    let keys = &*tx.app().keys;
    let phone = seal(keys, &format!("sms.phone:{id}"), phone.as_bytes()).map_err(Error::internal)?;
    let text = seal(keys, &format!("sms.text:{id}"), text.as_bytes()).map_err(Error::internal)?;
    let sql = "INSERT INTO sms (id, phone_sealed, text_sealed, state, created_at) VALUES ($1, $2, $3, 'waiting', $4)";
    tx.execute_sql(sql, [id.into(), phone.into(), text.into(), tx.now().into()]).await?;
    job::enqueue(tx, job::New::of(JOB, Delivery { id, until })?).await?;
    Ok(id)
}

/// Adds the delivery through a port to what a process carries out.
#[must_use]
pub fn deliver_sms(jobs: Jobs, port: Arc<dyn SmsPort>) -> Jobs {
    jobs.on(JOB, move |app, delivery| deliver(app, port.clone(), delivery))
}

async fn deliver(app: App, port: Arc<dyn SmsPort>, delivery: Delivery) -> Result<()> {
    let id = delivery.id;
    let Some((phone, text)) = waiting(&app, id).await? else {
        return Ok(());
    };
    if app.clock.now() >= delivery.until {
        return close(&app, id, "failed").await;
    }
    match port.deliver(id, &phone, &text).await {
        Ok(()) => close(&app, id, "sent").await,
        Err(error @ SmsError::Away(_)) => Err(Error::internal(error)),
        Err(SmsError::Refused(reason)) => {
            tracing::warn!(%id, reason, "a text message was refused");
            close(&app, id, "failed").await
        }
    }
}

async fn waiting(app: &App, id: Id) -> Result<Option<(String, String)>> {
    let sql = "SELECT phone_sealed, text_sealed FROM sms WHERE id = $1 AND state = 'waiting'";
    let statement = Statement::from_sql_and_values(app.db.backend(), sql, [id.into()]);
    let Some(row) = app.db.read().query_one_raw(statement).await? else {
        return Ok(None);
    };
    let text = |column: &str, context: &str| {
        let sealed: Vec<u8> = row.try_get("", column)?;
        let opened = open(&*app.keys, &format!("{context}:{id}"), &sealed).map_err(Error::internal)?;
        String::from_utf8(opened.to_vec()).map_err(Error::internal)
    };
    Ok(Some((text("phone_sealed", "sms.phone")?, text("text_sealed", "sms.text")?)))
}

async fn close(app: &App, id: Id, state: &str) -> Result<()> {
    let sql = "UPDATE sms SET state = $2, sent_at = $3, phone_sealed = NULL, text_sealed = NULL
        WHERE id = $1 AND state = 'waiting'";
    let sent_at = (state == "sent").then(|| app.clock.now());
    let tx = app.db.begin_relaxed().await?;
    tx.execute_raw(app.db.statement(sql, [id.into(), state.into(), sent_at.into()])).await?;
    commit(tx).await
}
