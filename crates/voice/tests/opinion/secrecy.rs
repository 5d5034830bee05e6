//! What an attacker with the whole database could learn: not more than chance, and no length.

use std::collections::BTreeSet;

use kernel::Id;
use kernel::testing::Engine;
use sea_orm::ConnectionTrait;
use serde_json::json;
use voice::testing::VoiceCity;

use super::stage::{Stage, code, sheet};

const AUTHORS: usize = 120;
/// One by chance, three deviations, and a few for the best of several orders.
const CHANCE: usize = 7;

async fn columns(city: &VoiceCity, table: &str) -> Vec<String> {
    let sql = match city.database().engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        Engine::Postgres => {
            format!("SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'")
        }
    };
    let rows = city.db.read().query_all_raw(city.db.statement(&sql, [])).await.unwrap();
    let mut names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    names.sort_unstable();
    names
}

/// Lengths of what is sealed in a table of the box of opinions.
async fn lengths(stage: &Stage<'_>, table: &str) -> BTreeSet<usize> {
    let sql = format!("SELECT sealed FROM {table} WHERE poll_id = $1");
    let rows =
        stage.city.db.read().query_all_raw(stage.city.db.statement(&sql, [stage.opinion.id.into()])).await.unwrap();
    assert!(!rows.is_empty());
    rows.iter().map(|row| row.try_get::<Vec<u8>>("", "sealed").unwrap().len()).collect()
}

kernel::both_engines! {
    async fn no_order_tells_who_wrote_what(city: VoiceCity) {
        let stage = Stage::open(&city, AUTHORS).await;
        for elector in 0..AUTHORS {
            if elector < 5 {
                stage.rate(elector).await;
            }
            stage.say(elector, &sheet(&format!("{elector}"), &code(), false)).await;
        }
        stage.take_out().await;
        let orders: &[&str] = match city.database().engine() {
            Engine::Sqlite => &["rowid", "id", "code_index"],
            Engine::Postgres => &["ctid", "xmin::text::bigint, ctid", "xmin::text::bigint, id", "id", "code_index"],
        };
        for order in orders {
            let line = stage.texts(&format!("SELECT text FROM opinion ORDER BY {order}")).await;
            assert_eq!(line.len(), AUTHORS);
            for line in [line.clone(), line.into_iter().rev().collect()] {
                let right = line.iter().enumerate().filter(|(place, text)| place.to_string() == **text).count();
                assert!(right <= CHANCE, "{right} of {AUTHORS} guessed by {order}");
            }
        }
        // Random numbers, of which no time can be told.
        let rows = city.db.read().query_all_raw(city.db.statement("SELECT id FROM opinion", [])).await.unwrap();
        assert!(rows.iter().all(|row| row.try_get::<Id>("", "id").unwrap().get_version_num() == 4));
    }

    async fn tables_of_opinions_hold_nobody_and_no_moment(city: VoiceCity) {
        let opinion = ["code_index", "evaluation_id", "id", "merged_into", "state", "text"];
        assert_eq!(columns(&city, "opinion").await, opinion);
        assert_eq!(columns(&city, "opinion_box").await, ["ballots", "destroyed", "evaluation_id", "opinions", "organization_id", "pressed"]);
        assert_eq!(columns(&city, "opinion_echo").await, ["answer_id", "grade", "id", "opinion_id", "place", "text"]);
        let waiting = ["answer_id", "grade", "id", "opinion_id", "place", "text", "visible_on"];
        assert_eq!(columns(&city, "opinion_echo_waiting").await, waiting, "a day and no more");
    }

    async fn what_authors_say_later_is_written_anew_at_night(city: VoiceCity) {
        let stage = Stage::open(&city, 24).await;
        let words: Vec<String> = (0..24).map(|n| format!("示例意见{n}")).collect();
        let codes = stage.all_say(&words.iter().map(String::as_str).collect::<Vec<_>>()).await;
        stage.take_out().await;
        for (n, code) in codes.iter().enumerate() {
            stage.author("/reply", json!({ "code": code, "text": format!("{n}") })).await.ok();
        }
        let before = city.db.read().query_all_raw(city.db.statement("SELECT id FROM opinion_echo_waiting", [])).await.unwrap();
        let before: BTreeSet<Id> = before.iter().map(|row| row.try_get("", "id").unwrap()).collect();
        stage.night().await;
        assert_eq!((stage.count("opinion_echo_waiting").await, stage.count("opinion_echo").await), (0, 24));
        let after = city.db.read().query_all_raw(city.db.statement("SELECT id FROM opinion_echo", [])).await.unwrap();
        assert!(after.iter().all(|row| !before.contains(&row.try_get("", "id").unwrap())), "new numbers");
        let order = match city.database().engine() {
            Engine::Sqlite => "rowid",
            Engine::Postgres => "ctid",
        };
        let line = stage.texts(&format!("SELECT text FROM opinion_echo ORDER BY {order}")).await;
        let right = line.iter().enumerate().filter(|(place, text)| place.to_string() == **text).count();
        assert!(right <= CHANCE, "{right} of 24 guessed");
        // No event, no row of a repeated submit for any of it.
        assert_eq!(stage.count("event WHERE kind LIKE 'opinion.%' AND kind <> 'opinion.echoes_shown'").await, 0);
    }

    async fn a_blank_sheet_is_as_long_as_the_longest(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let long = "𠀀".repeat(500);
        for (elector, words) in ["", "好", "食堂太贵", long.as_str(), "", "一\n二"].into_iter().enumerate() {
            stage.rate(elector).await;
            stage.say(elector, &sheet(words, &code(), elector % 2 == 0)).await;
        }
        assert_eq!(lengths(&stage, "ballot_queue").await.len(), 1);
        stage.publish().await;
        assert_eq!(lengths(&stage, "ballot").await.len(), 1);
        voice::opinion::round(&city.app).await.unwrap();
        assert_eq!(stage.count("opinion").await, 4);
    }

    async fn nothing_is_read_before_the_result_is_out(city: VoiceCity) {
        const SENTINEL: &str = "示例暗号七七四九";
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&[SENTINEL, SENTINEL]).await;
        voice::poll::flush(&city.app, stage.opinion.id, false).await.unwrap();
        voice::opinion::round(&city.app).await.unwrap();
        let evaluation = stage.evaluation;
        let addresses = [
            format!("/api/evaluations/{evaluation}"),
            "/api/evaluations".to_owned(),
            "/api/evaluations/open".to_owned(),
            format!("/api/evaluations/{evaluation}/opinions"),
            format!("/api/evaluations/{evaluation}/opinions/all"),
            format!("/api/evaluations/{evaluation}/result"),
            format!("/api/evaluations/{evaluation}/file"),
            "/api/results".to_owned(),
            "/api/opinion-boxes".to_owned(),
            "/api/opinion-boxes/figures".to_owned(),
            "/api/opinion-hidings".to_owned(),
            "/api/duties".to_owned(),
            "/api/me".to_owned(),
        ];
        for key in registry::testing::TestCity::keys() {
            for address in &addresses {
                let answer = city.signed_in(key).get(address).await;
                assert!(!answer.body.to_string().contains(SENTINEL), "{key} {address}");
            }
        }
        let early = stage.author("", json!({ "code": codes[0] })).await;
        early.refused(404, "opinion.code");
        city.chair().get(&stage.path("opinions/all")).await.refused(404, "not_found");
        stage.phone(3).await.get(&stage.path("opinions")).await.refused(409, "opinion.early");
        // Out, but not dealt with: those who answer read it, members do not.
        stage.take_out().await;
        let open = stage.phone(3).await.get(&stage.path("opinions")).await.ok();
        assert!(!open.to_string().contains(SENTINEL));
        assert!(stage.all().await.to_string().contains(SENTINEL));
        let figures = city.town_officer().get("/api/opinion-boxes").await.ok();
        assert!(!figures.to_string().contains(SENTINEL), "figures, not words");
        let file = city.client().get(&stage.path("file")).await.ok();
        assert!(!file.to_string().contains(SENTINEL));
    }
}
