//! Counting wrong guesses: of an account on a day, at a record, with a code.

use kernel::event::Event;
use kernel::time::{Day, Time};
use kernel::{Id, Refusal, Result, Tx};
use sea_orm::ConnectionTrait;

use super::hand_over_entity::Model as HandOver;
use super::{LOCKED, NO_MATCH, end, rules};

/// The refusal of a locked account; says when it opens.
pub(super) fn locked(until: Time) -> Refusal {
    let day = kernel::calendar::china_day(until).format("%-m 月 %-d 日");
    LOCKED.with(format!(
        "今天没有核对上的次数太多，为保护会员信息，请在 {day}零点以后再试；也可带身份证到所在工会或镇街工会当面核对，或拨打 12351。"
    ))
}

/// Until when an account may not guess; `None` when it may.
pub(super) async fn locked_until(conn: &impl ConnectionTrait, account: Id, today: Day) -> Result<Option<Time>> {
    let sql = "SELECT day, wrong FROM takeover_try WHERE account_id = $1";
    let statement = sea_orm::Statement::from_sql_and_values(conn.get_database_backend(), sql, [account.into()]);
    let Some(row) = conn.query_one_raw(statement).await? else {
        return Ok(None);
    };
    Ok(rules::locked_until(row.try_get("", "day")?, row.try_get("", "wrong")?, today))
}

/// A miss: counted at the account, at what was guessed at, and refused. `counted` holds the records named rightly;
/// the statements are the same when there are none.
///
/// # Errors
/// Always: `takeover.no_match`, or what stopped the commit.
pub(super) async fn miss<T>(tx: Tx, account: Id, by: &'static str, guessed: Guessed) -> Result<T> {
    let count = "INSERT INTO takeover_try (account_id, day, wrong) VALUES ($1, $2, 1)
        ON CONFLICT (account_id) DO UPDATE
        SET wrong = CASE WHEN takeover_try.day = excluded.day THEN takeover_try.wrong + 1 ELSE 1 END,
            day = excluded.day";
    tx.execute_sql(count, [account.into(), tx.today().into()]).await?;
    match guessed {
        Guessed::Records(persons) => count_records(&tx, &persons).await?,
        Guessed::Code(code) => count_code(&tx, code.as_ref()).await?,
    }
    tx.record(Event::of("takeover.refused", "account", account).with("by", by)).await?;
    tx.refuse(NO_MATCH.refusal()).await
}

/// What a wrong guess was made at.
pub(super) enum Guessed {
    /// Records found by phone and name.
    Records(Vec<Id>),
    /// An open code, or none of that digest.
    Code(Option<HandOver>),
}

async fn count_records(tx: &Tx, persons: &[Id]) -> Result<()> {
    let count = "INSERT INTO takeover_record (person_id, wrong) SELECT id, 1 FROM person WHERE id = $1
        ON CONFLICT (person_id) DO UPDATE SET wrong = takeover_record.wrong + 1";
    // Nobody is counted like somebody: the same statement, finding no row.
    let nobody = [Id::nil()];
    for person in if persons.is_empty() { &nobody[..] } else { persons } {
        tx.execute_sql(count, [(*person).into()]).await?;
    }
    Ok(())
}

async fn count_code(tx: &Tx, code: Option<&HandOver>) -> Result<()> {
    let count = "UPDATE hand_over SET wrong = wrong + 1 WHERE id = $1 AND ended_at IS NULL";
    tx.execute_sql(count, [code.map_or(Id::nil(), |code| code.id).into()]).await?;
    match code {
        Some(code) if code.wrong + 1 >= rules::CODE_TRIES => end::close(tx, code, "burned").await,
        _ => Ok(()),
    }
}
