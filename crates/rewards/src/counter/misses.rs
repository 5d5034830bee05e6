//! Wrong codes are counted, and after some of them none is taken for the rest of a window of time.

use chrono::{DurationRound, TimeDelta};
use kernel::app::App;
use kernel::time::Time;
use kernel::{Cx, Error, Id, Refusal, Result};
use sea_orm::{ConnectionTrait, Value};

/// How long a window is.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How long what tills said is remembered; they may be off by less ([`super::pos`]).
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// What was guessed, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guesser {
    /// A pay code, by a cashier or a till.
    Code(Id),
    /// Four digits, in a shop.
    Short(Id),
}

impl Guesser {
    fn row(self) -> (&'static str, Id) {
        match self {
            Self::Code(id) => ("code", id),
            Self::Short(id) => ("short", id),
        }
    }
}

fn window(now: Time) -> Result<Time> {
    now.duration_trunc(WINDOW).map_err(Error::internal)
}

/// Whether so many were wrong already.
pub(super) async fn locked(cx: &Cx, guesser: Guesser, most: i64) -> Result<bool> {
    let (kind, owner) = guesser.row();
    let sql = "SELECT misses FROM guess_window WHERE kind = $1 AND owner_id = $2 AND began_at = $3";
    let values = [kind.into(), owner.into(), window(cx.now())?.into()];
    let row = cx.read().query_one_raw(cx.app.db.statement(sql, values)).await?;
    let misses: i64 = row.map(|row| row.try_get("", "misses")).transpose()?.unwrap_or_default();
    Ok(misses >= most)
}

/// Takes a try before anybody looks, where there are few to guess among: of a thousand guesses at once no more than `most`
/// are looked at. Answers the window it was taken from; none when no try is left.
pub(super) async fn take(cx: &Cx, guesser: Guesser, most: i64) -> Result<Option<Time>> {
    let (kind, owner) = guesser.row();
    let tx = cx.begin_bulk().await?;
    let began_at = window(tx.now())?;
    let sql = "INSERT INTO guess_window (kind, owner_id, began_at, misses) VALUES ($1, $2, $3, 1)
        ON CONFLICT (kind, owner_id, began_at) DO UPDATE SET misses = guess_window.misses + 1
        WHERE guess_window.misses < $4";
    let taken = tx.execute_sql(sql, [kind.into(), owner.into(), began_at.into(), most.into()]).await? == 1;
    tx.commit(taken.then_some(began_at)).await
}

/// Gives a try back that was no miss.
pub(super) async fn give_back(cx: &Cx, guesser: Guesser, began_at: Time) -> Result<()> {
    let (kind, owner) = guesser.row();
    let values = || -> [Value; 3] { [kind.into(), owner.into(), began_at.into()] };
    let tx = cx.begin_bulk().await?;
    let fewer = "UPDATE guess_window SET misses = misses - 1
        WHERE kind = $1 AND owner_id = $2 AND began_at = $3 AND misses > 1";
    if tx.execute_sql(fewer, values()).await? == 0 {
        let none = "DELETE FROM guess_window WHERE kind = $1 AND owner_id = $2 AND began_at = $3 AND misses = 1";
        tx.execute_sql(none, values()).await?;
    }
    tx.commit(()).await
}

/// Counts a wrong one, in a transaction of its own, and refuses.
pub(super) async fn missed<T>(cx: &Cx, guesser: Guesser, refusal: Refusal) -> Result<T> {
    let (kind, owner) = guesser.row();
    let tx = cx.unclaimed().begin().await?;
    let sql = "INSERT INTO guess_window (kind, owner_id, began_at, misses) VALUES ($1, $2, $3, 1)
        ON CONFLICT (kind, owner_id, began_at) DO UPDATE SET misses = guess_window.misses + 1";
    tx.execute_sql(sql, [kind.into(), owner.into(), window(tx.now())?.into()]).await?;
    tx.refuse(refusal).await
}

/// Forgets windows that are over, and what tills said long ago.
pub(super) async fn tidy(app: &App) -> Result<()> {
    let tx = Cx::system(app).begin_bulk().await?;
    let before = tx.now() - REMEMBERED;
    tx.execute_sql("DELETE FROM guess_window WHERE began_at < $1", [before.into()]).await?;
    tx.execute_sql("DELETE FROM till_nonce WHERE at < $1", [before.into()]).await?;
    tx.commit(()).await
}
