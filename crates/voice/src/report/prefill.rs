//! What the records say of the year, put into the report before the chair begins.

use chrono::{Datelike, NaiveDate};
use kernel::time::Day;
use kernel::{Error, Id, Result};
use registry::member::count;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::Content;
use super::rules::{ACTIVITIES, NEXT, OVERVIEW, PROMISED, ReportSection, Suggested, fitting};
use super::{money, put_right};
use crate::appraisal::entity as evaluation;
use crate::fund;
use crate::instrument::Instrument;
use crate::result::tally::Figures;

/// The year's figures of a union, from its memberships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFigures {
    /// The year spoken of.
    pub year: i32,
    /// Up to this day.
    pub as_of: NaiveDate,
    /// Memberships that began in the year.
    pub joined: i64,
    /// Memberships that ended in the year: people left, or went to another union.
    pub left: i64,
    /// Members on the day.
    pub members: i64,
    /// Of these, people who work for platforms.
    pub platform: i64,
}

/// Counts the figures of the year up to `today`, or to its end when that has passed.
///
/// # Errors
/// The database.
pub async fn figures(conn: &impl ConnectionTrait, union: Id, year: i32, today: Day) -> Result<ReportFigures> {
    let day = |month, day| Day::from_ymd_opt(year, month, day).ok_or_else(|| Error::internal("a year beyond all"));
    let (first, as_of) = (day(1, 1)?, day(12, 31)?.min(today));
    // One that ended before it had lasted a day is none, as in the numbers of members.
    let sql = "SELECT
        CAST(count(CASE WHEN joined_on BETWEEN $2 AND $3 AND (ended_on IS NULL OR ended_on > joined_on) THEN 1 END) AS bigint) AS joined,
        CAST(count(CASE WHEN ended_on BETWEEN $2 AND $3 AND ended_on > joined_on THEN 1 END) AS bigint) AS gone,
        CAST(count(CASE WHEN employment_form = 'platform' AND joined_on <= $3 AND (ended_on IS NULL OR ended_on > $3) THEN 1 END) AS bigint) AS platform
        FROM membership WHERE organization_id = $1";
    let rows = asked(conn, sql, vec![union.into(), first.into(), as_of.into()]).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count without a row"))?;
    let members = count::on(conn, Some(&[union]), as_of).await?.get(&union).copied().unwrap_or_default();
    Ok(ReportFigures {
        year,
        as_of,
        joined: row.try_get("", "joined")?,
        left: row.try_get("", "gone")?,
        members,
        platform: row.try_get("", "platform")?,
    })
}

/// What a report begins with: the suggested sections, with the figures, the year's money, last year's promises, the last
/// result and what became of what was to be put right in them.
///
/// # Errors
/// The database.
pub async fn sections(
    conn: &impl ConnectionTrait,
    row: &evaluation::Model,
    union: Id,
    figures: &ReportFigures,
    suggested: &[Suggested],
) -> Result<Vec<ReportSection>> {
    let mut told = Vec::new();
    told.extend(promised(conn, row, union).await?);
    told.extend(last_result(conn, row, union).await?);
    told.extend(put_right::lines(conn, row, union).await?);
    let money = money::told(figures.year, &fund::of_year(conn, union, figures.year.into()).await?)?;
    let text = |key: &str| match key {
        OVERVIEW => overview(figures),
        ACTIVITIES => fitting(&money),
        PROMISED => fitting(&told.join("\n")),
        _ => String::new(),
    };
    let section =
        |one: &Suggested| ReportSection { key: one.key.clone(), heading: one.heading.clone(), text: text(&one.key) };
    Ok(suggested.iter().map(section).collect())
}

fn overview(figures: &ReportFigures) -> String {
    let ReportFigures { year, as_of, joined, left, members, platform } = figures;
    let (month, day) = (as_of.month(), as_of.day());
    format!(
        "{year} 年到 {month} 月 {day} 日，新增会员 {joined} 人，减少 {left} 人（退会、转出等）；到这一天有会员 {members} 人，其中在平台就业的 {platform} 人。"
    )
}

/// What the union's chair promised in the last report under the same scheme.
async fn promised(conn: &impl ConnectionTrait, row: &evaluation::Model, union: Id) -> Result<Option<String>> {
    let sql = "SELECT e.year, s.content FROM report r
        JOIN evaluation e ON e.id = r.evaluation_id
        JOIN report_submission s ON s.report_id = r.id AND s.number = r.submitted
        WHERE r.organization_id = $1 AND e.scheme_code = $2 AND e.year < $3 AND e.state <> 'withdrawn'
        ORDER BY e.year DESC, e.id DESC LIMIT 1";
    let Some(found) = before(conn, sql, row, union).await? else { return Ok(None) };
    let (year, content): (i64, String) = (found.try_get("", "year")?, found.try_get("", "content")?);
    let next = Content::read(&content)?.sections.into_iter().find(|section| section.key == NEXT);
    Ok(next.map(|next| format!("{year} 年度述职时的承诺：\n{}\n落实情况：", next.text)))
}

/// How the last evaluation under the same scheme came out.
async fn last_result(conn: &impl ConnectionTrait, row: &evaluation::Model, union: Id) -> Result<Option<String>> {
    let sql = "SELECT e.year, e.instrument, p.figures FROM evaluation_union u
        JOIN evaluation e ON e.id = u.evaluation_id
        JOIN publication p ON p.evaluation_id = e.id
        WHERE u.organization_id = $1 AND e.scheme_code = $2 AND e.year < $3
        ORDER BY e.year DESC, e.id DESC LIMIT 1";
    let Some(found) = before(conn, sql, row, union).await? else { return Ok(None) };
    let figures: Figures = serde_json::from_str(&found.try_get::<String>("", "figures")?)?;
    let instrument = Instrument::read(&found.try_get::<String>("", "instrument")?)?;
    let year: i64 = found.try_get("", "year")?;
    let score = figures.score.map(|score| format!("，综合得分 {}", hundredths(score))).unwrap_or_default();
    let mut said =
        format!("{year} 年度测评结果：收到 {} 张票，参评率 {}%{score}。", figures.ballots, hundredths(figures.turnout));
    let below = instrument.questions.iter().filter(|question| figures.rectify.contains(&question.id));
    let below: Vec<&str> = below.map(|question| question.text.as_str()).collect();
    if !below.is_empty() {
        said.push_str(&format!("达到整改线的有：{}。整改情况：", below.join("；")));
    }
    Ok(Some(said))
}

/// `12.34`, without needless zeros.
fn hundredths(value: u64) -> String {
    let text = format!("{}.{:02}", value / 100, value % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

async fn before(
    conn: &impl ConnectionTrait,
    sql: &str,
    row: &evaluation::Model,
    union: Id,
) -> Result<Option<QueryResult>> {
    let values = vec![union.into(), row.scheme_code.clone().into(), row.year.into()];
    Ok(asked(conn, sql, values).await?.into_iter().next())
}

async fn asked(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
    Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_words() {
        let as_of = Day::from_ymd_opt(2026, 11, 23).unwrap();
        let figures = ReportFigures { year: 2026, as_of, joined: 3, left: 1, members: 40, platform: 2 };
        assert_eq!(
            overview(&figures),
            "2026 年到 11 月 23 日，新增会员 3 人，减少 1 人（退会、转出等）；到这一天有会员 40 人，其中在平台就业的 2 人。"
        );
        assert_eq!([hundredths(10_000), hundredths(6_050), hundredths(7), hundredths(0)], ["100", "60.5", "0.07", "0"]);
    }
}
