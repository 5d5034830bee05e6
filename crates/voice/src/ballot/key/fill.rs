//! Keeps keys ready.

use kernel::app::App;
use kernel::crypto::seal;
use kernel::{Cx, Error, Result, parameter};
use sea_orm::ConnectionTrait;

use super::place;
use crate::ballot::issuer::{BallotVerifier, BlindRsa, IssueError};
use crate::parameters::BALLOT_KEYS_READY;

/// Makes as many keys as are missing; answers how many. Several servers at once may make a few more than asked for.
///
/// # Errors
/// The database, the keys, or the library.
pub async fn fill(app: &App) -> Result<i64> {
    let wanted = parameter::get_i64(app.db.read(), BALLOT_KEYS_READY, "", app.clock.today()).await?;
    let mut made = 0;
    // Looked at again after each: another server fills the same pool.
    while made < wanted && ready(app.db.read()).await? < wanted {
        make(app).await?;
        made += 1;
    }
    Ok(made)
}

/// Makes a key if none is ready. For the moment before a poll opens, outside its transaction.
///
/// # Errors
/// The database, the keys, or the library.
pub async fn ensure_ready(app: &App) -> Result<()> {
    if ready(app.db.read()).await? == 0 {
        make(app).await?;
    }
    Ok(())
}

/// How many keys are ready.
///
/// # Errors
/// The database.
pub async fn ready(conn: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT CAST(count(*) AS bigint) AS ready FROM ballot_key WHERE used_for IS NULL";
    let statement = sea_orm::Statement::from_string(conn.get_database_backend(), sql);
    let row = conn.query_one_raw(statement).await?.ok_or_else(|| Error::internal("a count without a row"))?;
    Ok(row.try_get("", "ready")?)
}

async fn make(app: &App) -> Result<()> {
    let made = tokio::task::spawn_blocking(|| {
        let issuer = BlindRsa::generate()?;
        let private = issuer.private_der()?;
        Ok::<_, IssueError>((issuer.public_key().to_vec(), issuer.key_hash(), private))
    });
    let (public, hash, private) = made.await.map_err(Error::internal)??;
    let id = app.ids.next();
    let sealed = seal(app.keys.as_ref(), &place(id), &private).map_err(Error::internal)?;
    let tx = Cx::system(app).begin_bulk().await?;
    let insert =
        "INSERT INTO ballot_key (id, public_spki, key_hash, private_sealed, made_on) VALUES ($1, $2, $3, $4, $5)";
    let values = [id.into(), public.into(), hash.into(), sealed.into(), tx.today().into()];
    tx.execute_sql(insert, values).await?;
    tx.commit(()).await
}
