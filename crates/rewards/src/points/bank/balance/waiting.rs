//! What of the bank's balances waits in somebody's list of things to do: one that another person must look at, the last one
//! of a book when it is not what must be there, and a book of which nobody has entered one for some days. None of this
//! stops a book.

use std::collections::BTreeMap;

use chrono::{Days, NaiveTime, TimeDelta};
use kernel::page::PageInput;
use kernel::time::Day;
use kernel::waiting::{Source, Waiting};
use kernel::{Cx, Error, Id, Result, parameter};

use super::entity::Model;
use super::list::{Standing, standing};
use crate::access::{BANK_KEEP, POINTS_AUDIT};
use crate::points::audit::{compare, reach};
use crate::points::book::{self, Book};
use crate::points::parameters::BANK_BALANCE_DAYS;
use crate::points::text::yuan;

/// Days in which balances are looked for.
const DAYS: u64 = 60;
/// China is so far ahead of UTC.
const CHINA: TimeDelta = TimeDelta::hours(8);
/// Where balances are looked at and held against the ledger.
const PROOF: &str = "/points/proof";

/// What of balances waits.
#[must_use]
pub fn source() -> Source {
    Source::new(&[BANK_KEEP, POINTS_AUDIT], rows, count)
}

async fn rows(cx: Cx, page: PageInput) -> Result<Vec<Waiting>> {
    let mut found = all(&cx).await?;
    if let Some(after) = page.after_id()? {
        found.retain(|row| row.place > after);
    }
    found.sort_by_key(|row| row.place);
    Ok(found)
}

async fn count(cx: Cx) -> Result<u64> {
    u64::try_from(all(&cx).await?.len()).map_err(Error::internal)
}

/// Whoever looks, and where the city is.
struct Who {
    root: Id,
    me: Id,
    keeps: bool,
    audits: bool,
}

/// A few rows of a few books.
async fn all(cx: &Cx) -> Result<Vec<Waiting>> {
    let (conn, root) = (cx.read(), reach::root(cx.read()).await?);
    let keeps = cx.caller.may(conn, BANK_KEEP, root).await?;
    let audits = cx.caller.may(conn, POINTS_AUDIT, root).await?;
    let mut found = Vec::new();
    if !keeps && !audits {
        return Ok(found);
    }
    let who = Who { root, me: cx.caller.account()?, keeps, audits };
    let from = cx.today().checked_sub_days(Days::new(DAYS)).unwrap_or_default();
    for book in book::all(conn).await? {
        let days = standing(conn, book.id, from).await?;
        if who.audits {
            found.extend(looked_at(&who, &book, &days));
        }
        found.extend(differs(cx, &who, &book, &days).await?);
        if who.keeps {
            found.extend(missing(cx, &who, &book, &days).await?);
        }
    }
    Ok(found)
}

/// What another person must look at.
fn looked_at(who: &Who, book: &Book, days: &BTreeMap<Day, Standing>) -> Vec<Waiting> {
    let waits = days.values().filter_map(|day| day.waiting.as_ref()).filter(|row| row.entered_by != Some(who.me));
    let told = |row: &Model| Waiting {
        place: row.id,
        kind: "bank_balance".to_owned(),
        subject_id: row.id,
        title: format!("{}：{} 的银行余额等复核", book.name, row.day),
        detail: format!("{} 元，请对照银行对账单", yuan(row.balance_cents)),
        node_id: who.root,
        since: row.entered_at,
        due: None,
        overdue: false,
        link: PROOF.to_owned(),
    };
    waits.map(told).collect()
}

/// The last balance of a book, when it is not what must be there.
async fn differs(cx: &Cx, who: &Who, book: &Book, days: &BTreeMap<Day, Standing>) -> Result<Option<Waiting>> {
    let Some(row) = days.values().rev().find_map(|day| day.counts.as_ref()) else { return Ok(None) };
    let cents = compare::compare(cx.read(), row).await?.difference_cents;
    let side = if cents > 0 { "多" } else { "少" };
    let waits = Waiting {
        place: row.id,
        kind: "bank_difference".to_owned(),
        subject_id: row.id,
        title: format!("{}：{} 银行余额和账不符", book.name, row.day),
        detail: format!("银行比账上应有的{side} {} 元", yuan(cents.saturating_abs())),
        node_id: who.root,
        since: row.checked_at.unwrap_or(row.entered_at),
        due: None,
        overdue: false,
        link: PROOF.to_owned(),
    };
    Ok((cents != 0).then_some(waits))
}

/// A book with money, of which nobody has entered a balance for some days.
async fn missing(cx: &Cx, who: &Who, book: &Book, days: &BTreeMap<Day, Standing>) -> Result<Option<Waiting>> {
    let Some(first) = compare::first_day(cx.read(), book.id).await? else { return Ok(None) };
    let last = days.keys().next_back().copied().map_or(first, |last| last.max(first));
    let patience = parameter::get_i64(cx.read(), BANK_BALANCE_DAYS, "", cx.today()).await?;
    let patience = u64::try_from(patience).map_err(Error::internal)?;
    let late = last.checked_add_days(Days::new(patience)).filter(|day| *day < cx.today());
    Ok(late.map(|day| Waiting {
        place: book.id,
        kind: "bank_balance_missing".to_owned(),
        subject_id: book.id,
        title: format!("{}：{last} 以后还没有登记银行余额", book.name),
        detail: "请按银行对账单登记，或者上传带余额的流水".to_owned(),
        node_id: who.root,
        since: day.and_time(NaiveTime::MIN).and_utc() - CHINA,
        due: None,
        overdue: false,
        link: "/points/bank".to_owned(),
    }))
}
