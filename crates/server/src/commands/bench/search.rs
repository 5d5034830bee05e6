//! Finding members among all of them, through the server: exact by number and by phone, by name
//! within scope, and page after page.

use std::path::Path;
use std::time::Instant;

use kernel::sheet::Book;
use registry::person::id_number;
use registry::person::phone::Phone;
use serde_json::Value;

use super::client::{Client, failed};
use super::report::{Figure, round};
use super::rounds::Sample;
use super::stage::Stage;
use crate::fault::Fault;

/// Questions of a kind; a smoke run asks a few.
const ASKED: usize = 200;
const ASKED_IN_SMOKE: usize = 4;

/// Asks each kind of question many times; p95 of the whole answer.
pub async fn measure(stage: &Stage, roster: &Path, smoke: bool) -> Result<Vec<Figure>, Fault> {
    let most = if smoke { ASKED_IN_SMOKE } else { ASKED };
    let mut client = stage.client("city").await?;
    let names = names(&mut client).await?;
    let surname = |name: &String| name.chars().take(1).collect::<String>();
    let mut figures = Vec::new();
    let today = stage.app.clock.today();
    let number = |text: &str| (text.len() == 18 && id_number::parse(text, today).is_ok()).then(|| text.to_owned());
    let phone = |text: &str| Phone::parse(text).ok().map(|phone| phone.as_str().to_owned());
    let (numbers, phones) = (first(roster, number)?, first(roster, phone)?);
    let questions: [(&str, Vec<String>); 5] = [
        (
            "members by whole ID number",
            numbers.iter().map(|number| format!("/api/members?id_number={number}")).collect(),
        ),
        ("members by phone", phones.iter().map(|phone| format!("/api/members?phone={phone}")).collect()),
        ("members by full name, whole city", names.iter().map(|name| by_name(name)).collect()),
        ("members by surname, whole city", names.iter().map(|name| by_name(&surname(name))).collect()),
        ("the tree of unions with its figures", vec!["/api/tree".to_owned(); 20]),
    ];
    for (what, paths) in questions {
        figures.push(ask(&mut client, what, paths.iter().take(most)).await?);
    }
    figures.push(pages(&mut client, most).await?);
    Ok(figures)
}

/// What cells from the beginning of the roster hold, of those that hold it.
fn first(roster: &Path, what: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Fault> {
    let file = std::fs::File::open(roster).map_err(failed)?;
    let rows = Book::open(file, "roster.xlsx").and_then(|book| book.rows(0)).map_err(failed)?;
    let cells = rows.flatten().flat_map(|row| row.cells);
    Ok(cells.filter_map(|cell| what(&cell.text)).take(ASKED).collect())
}

fn by_name(name: &str) -> String {
    format!("/api/members?name={}", escaped(name))
}

fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Names that are there, from all over the list.
async fn names(client: &mut Client) -> Result<Vec<String>, Fault> {
    let (mut names, mut after) = (Vec::new(), String::new());
    while names.len() < ASKED {
        let page = client.get(&format!("/api/members?limit=100{after}")).await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        names.extend(items.iter().filter_map(|row| row["name"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", escaped(next)),
            None => break,
        }
    }
    if names.is_empty() { Err(failed("there are no members to find")) } else { Ok(names) }
}

async fn ask<'a>(client: &mut Client, what: &str, paths: impl Iterator<Item = &'a String>) -> Result<Figure, Fault> {
    let (mut took, mut found) = (Sample::default(), 0);
    for path in paths {
        let asked = Instant::now();
        let answer = client.get(path).await?;
        took.add(asked.elapsed().as_secs_f64() * 1000.0);
        found += answer["items"].as_array().map_or(0, Vec::len);
    }
    Ok(shown(what, &took, &format!("{} questions, {found} rows", took.len())))
}

/// The list of everybody, page after page.
async fn pages(client: &mut Client, most: usize) -> Result<Figure, Fault> {
    let (mut took, mut after) = (Sample::default(), String::new());
    while took.len() < most {
        let asked = Instant::now();
        let page: Value = client.get(&format!("/api/members?limit=100{after}")).await?;
        took.add(asked.elapsed().as_secs_f64() * 1000.0);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", escaped(next)),
            None => break,
        }
    }
    Ok(shown("pages of 100 members, one after the other", &took, &format!("{} pages", took.len())))
}

fn shown(what: &str, took: &Sample, made_of: &str) -> Figure {
    let figure = format!("p95 {} ms", round(took.quantile(0.95)));
    let made_of = format!("{made_of}; p50 {} ms", round(took.median()));
    Figure::plain(what, figure, made_of).held_against("p95 ≤ 100 ms")
}
