//! Accounts come into being: by the first code of a phone, or by the system
//! administrator (and the server's first run).

use kernel::crypto::KeyProvider;
use kernel::event::Event;
use kernel::time::Time;
use kernel::{Error, Id, Result, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::{ActiveModel, Column, Entity, Model};
use super::{LOGIN_FORMAT, LOGIN_TAKEN, PHONE_TAKEN, password, rules, vault};
use crate::person::name::clean_name;
use crate::person::phone::Phone;

/// The account of a phone.
///
/// # Errors
/// When the database is away.
pub async fn find_by_phone(
    conn: &impl ConnectionTrait,
    keys: &dyn KeyProvider,
    phone: &Phone,
) -> Result<Option<Model>> {
    by_phone_digest(conn, &vault::phone_digest(keys, phone)).await
}

pub(super) async fn by_phone_digest(conn: &impl ConnectionTrait, digest: &[u8]) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::PhoneDigest.eq(digest.to_vec())).one(conn).await?)
}

pub(super) async fn by_login(conn: &impl ConnectionTrait, login: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Login.eq(login)).one(conn).await?)
}

/// The account of an id that must exist.
pub(super) async fn by_id(conn: &impl ConnectionTrait, id: Id) -> Result<Model> {
    Entity::find_by_id(id).one(conn).await?.ok_or_else(Error::not_found)
}

/// Makes a staff account with a one-time password; it is changed, and the second
/// factor enrolled, at the first sign-in. `phone` also lets the holder come in with
/// a code in place of the password, once the second factor is enrolled.
///
/// # Errors
/// `login.format`, `login.taken`, `phone.taken`, `name.*`, or the database.
pub async fn create_staff(
    tx: &Tx,
    login: &str,
    name: &str,
    phone: Option<&Phone>,
    one_time_password: &str,
) -> Result<Id> {
    let login = rules::normal_login(login);
    if !rules::is_login(&login) {
        return Err(LOGIN_FORMAT.refusal().on("login").into());
    }
    let name = clean_name(name)?;
    if by_login(tx, &login).await?.is_some() {
        return Err(LOGIN_TAKEN.refusal().on("login").into());
    }
    if let Some(phone) = phone
        && find_by_phone(tx, tx.app().keys.as_ref(), phone).await?.is_some()
    {
        return Err(PHONE_TAKEN.refusal().on("phone").into());
    }
    let hash = password::hash(one_time_password.to_owned()).await?;
    let mut row = fresh(tx, "staff");
    row.login = Set(Some(login));
    row.name = Set(Some(name));
    row.password_hash = Set(Some(hash));
    row.must_change = Set(true);
    insert(tx, row, phone).await?.ok_or_else(|| LOGIN_TAKEN.refusal().on("login").into())
}

/// Makes the account of a phone that has none; `None` when somebody was quicker.
pub(super) async fn create_member(tx: &Tx, phone: &Phone) -> Result<Option<Id>> {
    insert(tx, fresh(tx, "member"), Some(phone)).await
}

/// The row of an account with nothing in it but its kind: the one place where the columns are written out.
#[must_use]
pub fn blank(id: Id, kind: &str, created_at: Time) -> ActiveModel {
    ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        login: Set(None),
        name: Set(None),
        person_id: Set(None),
        phone_sealed: Set(None),
        phone_digest: Set(None),
        password_hash: Set(None),
        must_change: Set(false),
        totp_sealed: Set(None),
        totp_last_step: Set(0),
        failures: Set(0),
        locked_until: Set(None),
        disabled_at: Set(None),
        demo_key: Set(None),
        synthetic: Set(false),
        created_at: Set(created_at),
    }
}

/// Puts the phone that signs in into a row.
///
/// # Errors
/// When the key cannot be had.
pub fn set_phone(row: &mut ActiveModel, keys: &dyn KeyProvider, phone: &Phone) -> Result<()> {
    row.phone_sealed = Set(Some(vault::seal_phone(keys, *row.id.as_ref(), phone)?));
    row.phone_digest = Set(Some(vault::phone_digest(keys, phone)));
    Ok(())
}

fn fresh(tx: &Tx, kind: &str) -> ActiveModel {
    let mut row = blank(tx.id(), kind, tx.now());
    row.synthetic = Set(tx.app().config.demo);
    row
}

async fn insert(tx: &Tx, mut row: ActiveModel, phone: Option<&Phone>) -> Result<Option<Id>> {
    let (id, kind) = (*row.id.as_ref(), row.kind.as_ref().clone());
    if let Some(phone) = phone {
        set_phone(&mut row, tx.app().keys.as_ref(), phone)?;
    }
    let claimed = Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? == 0 {
        return Ok(None);
    }
    tx.record(Event::of("account.created", "account", id).with("kind", kind)).await?;
    Ok(Some(id))
}
