//! Sessions: an opaque random token in a cookie, its SM3 hash in the table, an
//! idle and an absolute time-out, and a stage (a password alone is not yet a
//! sign-in where a second factor is due).

use std::collections::HashMap;

use base64::Engine;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, FromQueryResult, IdenStatic, Iterable, QueryOrder};

use crate::access::grant;
use crate::app::App;
use crate::ask::Question;
use crate::command::{Cx, Tx};
use crate::crypto::digest::sm3;
use crate::db::{InOrder, rows_of_keys};
use crate::error::Result;
use crate::id::Id;
use crate::time::Time;

/// Name of the cookie.
pub const COOKIE: &str = "zhigong_session";

/// One signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub account_id: Uuid,
    pub person_id: Option<Uuid>,
    /// `done`, or what is still due: `totp`, `password`, `enrol_totp`.
    pub stage: String,
    pub created_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    pub idle_minutes: i64,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub device: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a new session is for.
pub struct NewSession {
    /// Whose.
    pub account_id: Id,
    /// The account's person, where known.
    pub person_id: Option<Id>,
    /// `done`, `totp`, `password` or `enrol_totp`.
    pub stage: &'static str,
    /// Minutes without a request until it ends.
    pub idle_minutes: i64,
    /// Minutes until it ends in any case.
    pub absolute_minutes: i64,
}

/// Starts a session and hands the browser its token; the caller's former session
/// ends, so a token from before the sign-in is worth nothing.
///
/// # Errors
/// When the database refuses.
pub async fn start(tx: &Tx, cx: &Cx, new: NewSession) -> Result<Id> {
    if let Some(former) = cx.caller.session_id() {
        end_one(tx, former).await?;
    }
    let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        token_hash: Set(hash(&token)),
        account_id: Set(new.account_id),
        person_id: Set(new.person_id),
        stage: Set(new.stage.to_owned()),
        created_at: Set(tx.now()),
        last_seen_at: Set(tx.now()),
        idle_minutes: Set(new.idle_minutes),
        expires_at: Set(tx.now() + chrono::Duration::minutes(new.absolute_minutes)),
        ended_at: Set(None),
        device: Set(cx.device.clone()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    cx.set_session_cookie(Some(&token));
    Ok(id)
}

/// Ends one session.
///
/// # Errors
/// When the database refuses.
pub async fn end_one(tx: &Tx, session: Id) -> Result<()> {
    tx.execute_sql(
        "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        [session.into(), tx.now().into()],
    )
    .await?;
    Ok(())
}

/// Ends every session of an account; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn end_all(tx: &Tx, account: Id) -> Result<u64> {
    let update = "UPDATE session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
    tx.execute_sql(update, [account.into(), tx.now().into()]).await
}

/// Open sessions of an account, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn open_of(conn: &impl ConnectionTrait, account: Id, now: Time) -> Result<Vec<Model>> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null())
        .order_by_desc(Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter(|row| row.is_open(now)).collect())
}

/// The session of a token by its hash, once for each role that was given to its account, or without one: every request
/// begins with this question.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct OfToken(Vec<u8>);

impl OfToken {
    pub(crate) fn new(token: &str) -> Self {
        Self(hash(token))
    }
}

impl Question for OfToken {
    type Answer = Vec<(Model, Option<grant::Model>)>;

    async fn ask(app: &App, all: &[Self]) -> Result<HashMap<Self, Self::Answer>> {
        let select = format!(
            "SELECT {}, {} FROM session s
            LEFT JOIN role_grant g ON g.account_id = s.account_id AND g.revoked_at IS NULL WHERE s.token_hash IN",
            named::<Entity>("s"),
            named::<grant::Entity>("g")
        );
        let keys = all.iter().map(|one| one.0.clone().into()).collect();
        let mut found: HashMap<Self, Self::Answer> = HashMap::with_capacity(all.len());
        for row in rows_of_keys(app.db.read(), &select, keys).await? {
            let session = of_row(&row)?;
            // Few have a role.
            let given: Option<Id> = row.try_get("", "g_id")?;
            let given = given.map(|_| grant::Model::from_query_result(&row, "g_")).transpose()?;
            found.entry(Self(session.token_hash.clone())).or_default().push((session, given));
        }
        Ok(found)
    }
}

/// A session that is the first in its row.
fn of_row(row: &QueryResult) -> Result<Model> {
    let mut row = InOrder::of(row);
    Ok(Model {
        id: row.next()?,
        token_hash: row.next()?,
        account_id: row.next()?,
        person_id: row.next()?,
        stage: row.next()?,
        created_at: row.next()?,
        last_seen_at: row.next()?,
        idle_minutes: row.next()?,
        expires_at: row.next()?,
        ended_at: row.next()?,
        device: row.next()?,
    })
}

/// All columns of a table, each named by the table's letter and itself.
fn named<E: EntityTrait>(letter: &str) -> String {
    let columns = E::Column::iter().map(|column| column.as_str().to_owned());
    columns.map(|column| format!("{letter}.{column} AS {letter}_{column}")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    sm3(token.as_bytes()).to_vec()
}

impl Model {
    /// Neither ended, idle for too long, nor past its absolute end.
    #[must_use]
    pub fn is_open(&self, now: Time) -> bool {
        self.ended_at.is_none()
            && now < self.expires_at
            && now < self.last_seen_at + chrono::Duration::minutes(self.idle_minutes)
    }
}
