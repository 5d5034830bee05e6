//! The file of a day, for a chain to be held against its own books.

use std::fmt::Write;

use bytes::Bytes;
use chrono::NaiveDate;
use futures::{StreamExt, stream};
use kernel::crypto::digest::sm3;
use kernel::routes::{Content, Download};
use kernel::{Cx, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Deserialize;

use super::call::{PosCall, hear};

#[derive(Deserialize)]
struct Which {
    day: NaiveDate,
}

#[derive(FromQueryResult)]
struct Line {
    seq: i64,
    kind: String,
    payment_id: uuid::Uuid,
    refund_id: Option<uuid::Uuid>,
    points_cents: i64,
    cash_cents: i64,
    reference: Option<String>,
    number: Option<String>,
    at: chrono::DateTime<chrono::Utc>,
}

/// Hands out the file: a line for each payment, reversal and refund of the shop on that day in their order, then a line with
/// the sums and the SM3 of everything before it. Asked for again once the day is over it has the same bytes.
///
/// # Errors
/// `pos.*`; the database.
pub async fn daily(cx: Cx, call: PosCall) -> Result<Download> {
    let (row, asked) = hear::<Which>(&cx, "daily", &call).await?;
    let sql =
        "SELECT t.seq, t.kind, t.payment_id, t.refund_id, t.points_cents, t.cash_cents, p.reference, m.number, t.at
        FROM payment_step t JOIN payment p ON p.id = t.payment_id LEFT JOIN till m ON m.id = t.till_id
        WHERE t.shop_id = $1 AND t.day = $2 AND t.kind <> 'closed' ORDER BY t.seq";
    let rows = cx.read().query_all_raw(cx.app.db.statement(sql, [row.shop_id.into(), asked.day.into()])).await?;
    let lines = rows.iter().map(|row| Line::from_query_result(row, "")).collect::<std::result::Result<Vec<_>, _>>()?;
    let text = file(&lines).map_err(Error::internal)?;
    Ok(Download {
        name: format!("{}-{}.csv", call.till, asked.day),
        content_type: "text/csv; charset=utf-8",
        bytes: Some(text.len() as u64),
        shown: false,
        body: Content::Stream(stream::once(async move { Ok(Bytes::from(text)) }).boxed()),
    })
}

fn file(lines: &[Line]) -> std::result::Result<String, std::fmt::Error> {
    let mut text = "seq,kind,payment_id,refund_id,points_cents,cash_cents,reference,till,at\n".to_owned();
    let (mut points, mut cash) = (0_i64, 0_i64);
    for line in lines {
        let sign = if line.kind == "paid" { 1 } else { -1 };
        points += sign * line.points_cents;
        cash += sign * line.cash_cents;
        writeln!(
            text,
            "{},{},{},{},{},{},{},{},{}",
            line.seq,
            line.kind,
            line.payment_id,
            line.refund_id.map(|id| id.to_string()).unwrap_or_default(),
            sign * line.points_cents,
            sign * line.cash_cents,
            quoted(line.reference.as_deref().unwrap_or_default()),
            line.number.as_deref().unwrap_or_default(),
            line.at.format("%Y-%m-%dT%H:%M:%S%.6fZ"),
        )?;
    }
    let digest = hex::encode(sm3(text.as_bytes()));
    writeln!(text, "sum,{},,,{points},{cash},,,{digest}", lines.len())?;
    Ok(text)
}

/// What the chain wrote itself: in quotes, and no formula for who opens it in a table.
fn quoted(text: &str) -> String {
    let plain = text.trim_start_matches(['=', '+', '-', '@']);
    if plain.is_empty() { String::new() } else { format!("\"{}\"", plain.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_sums_and_its_digest() {
        let line = |kind: &str, points_cents, reference: Option<&str>| Line {
            seq: 7,
            kind: kind.into(),
            payment_id: uuid::Uuid::from_u128(1),
            refund_id: (kind == "refunded").then_some(uuid::Uuid::from_u128(2)),
            points_cents,
            cash_cents: 5,
            reference: reference.map(str::to_owned),
            number: None,
            at: "2026-11-23T02:00:00Z".parse().unwrap(),
        };
        let text = file(&[line("paid", 1_000, Some("=\"A\"")), line("refunded", 300, None)]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with(",1000,5,\"\"\"A\"\"\",,2026-11-23T02:00:00.000000Z"), "{}", lines[1]);
        assert!(lines[2].contains(",-300,-5,,,"));
        let before: String = lines[..3].iter().map(|line| format!("{line}\n")).collect();
        assert_eq!(lines[3], format!("sum,2,,,700,0,,,{}", hex::encode(sm3(before.as_bytes()))));
        assert_eq!(file(&[]).unwrap().lines().count(), 2);
    }
}
