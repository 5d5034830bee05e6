//! An attacker with the whole database and the order of every request does no better than chance.
//!
//! 200 voters vote one after the other; each puts a number of her own into her ballot, so that a right guess is seen.
//! The attacker knows who drew when and lines the drawers up with the ballots by everything that has an order. Of 200
//! lines that are drawn by chance one is right on average, with a deviation of one.

use std::collections::BTreeSet;

use kernel::Id;
use kernel::testing::Engine;
use sea_orm::ConnectionTrait;
use voice::testing::VoiceCity;

use super::stage::Stage;

const VOTERS: usize = 200;
/// One by chance, and three deviations.
const CHANCE: usize = 4;
/// Of a large box each batch is a crowd of its own: one by chance in each of two, and as rarely more than this.
const CHANCE_IN_TWO: usize = 10;

/// Orders that the rows of a table can be read in.
fn orders(city: &VoiceCity) -> &'static [&'static str] {
    match city.database().engine() {
        Engine::Sqlite => &["rowid", "id", "commitment", "sealed"],
        Engine::Postgres => &["ctid", "xmin::text::bigint, ctid", "xmin::text::bigint, id", "id", "commitment"],
    }
}

/// Numbers of the ballots in this order of their rows.
async fn lined_up(stage: &Stage<'_>, order: &str) -> Vec<i64> {
    let city = stage.city;
    let sql = format!("SELECT commitment FROM ballot WHERE poll_id = $1 ORDER BY {order}");
    let rows = city.db.read().query_all_raw(city.db.statement(&sql, [stage.poll.into()])).await.unwrap();
    let ballots = voice::poll::ballots(city.db.read(), city.keys.as_ref(), stage.poll).await.unwrap();
    let number = |commitment: Vec<u8>| {
        let ballot = ballots.iter().find(|one| one.commitment.as_slice() == commitment).unwrap();
        match ballot.answers.get("q2") {
            Some(voice::instrument::answer::Answer::One(number)) => *number,
            _ => panic!("a ballot without its number"),
        }
    };
    rows.iter().map(|row| number(row.try_get("", "commitment").unwrap())).collect()
}

/// The most right guesses over all orders, forwards and backwards.
async fn best_guess(stage: &Stage<'_>) -> usize {
    let mut best = 0;
    for order in orders(stage.city) {
        let line = lined_up(stage, order).await;
        assert_eq!(line.len(), VOTERS);
        let right = |line: &[i64]| line.iter().enumerate().filter(|(place, number)| *place as i64 == **number).count();
        let backwards: Vec<i64> = line.iter().rev().copied().collect();
        best = best.max(right(&line)).max(right(&backwards));
    }
    best
}

/// The numbers of the rows in the box.
async fn rows(stage: &Stage<'_>) -> BTreeSet<Id> {
    let statement = stage.city.db.statement("SELECT id FROM ballot WHERE poll_id = $1", [stage.poll.into()]);
    let rows = stage.city.db.read().query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

async fn all_vote(stage: &Stage<'_>) {
    for elector in 0..VOTERS {
        stage.vote(elector, elector).await;
    }
}

kernel::both_engines! {
    async fn no_order_tells_who_voted_how(city: VoiceCity) {
        let stage = Stage::open(&city, VOTERS).await;
        for elector in 0..VOTERS {
            stage.vote(elector, elector).await;
            if elector == VOTERS / 2 {
                voice::poll::flush(&city.app, stage.poll, false).await.unwrap();
            }
        }
        stage.close().await;
        voice::poll::flush(&city.app, stage.poll, true).await.unwrap();
        // Several orders are tried, so the best of them is held against a little more than one of them would be.
        let best = best_guess(&stage).await;
        assert!(best <= CHANCE + 3, "{best} of {VOTERS} guessed");
    }

    async fn no_order_tells_it_in_a_large_box_either(city: VoiceCity) {
        let stage = Stage::open(&city, VOTERS).await;
        for elector in 0..VOTERS {
            stage.vote(elector, elector).await;
            if elector == VOTERS / 2 {
                assert_eq!(city.flush_as_large(stage.poll, false).await, VOTERS / 2 + 1);
            }
        }
        let before = rows(&stage).await;
        stage.close().await;
        assert_eq!(city.flush_as_large(stage.poll, true).await, VOTERS - VOTERS / 2 - 1);
        assert!(rows(&stage).await.is_superset(&before), "a large box is added to, not written anew");
        let best = best_guess(&stage).await;
        assert!(best <= CHANCE_IN_TWO, "{best} of {VOTERS} guessed");
    }

    async fn ballots_that_go_in_one_by_one_would_be_found_out(city: VoiceCity) {
        let stage = Stage::open(&city, VOTERS).await;
        for elector in 0..VOTERS {
            stage.vote(elector, elector).await;
            city.flush_one_by_one(stage.poll).await;
        }
        assert_eq!(best_guess(&stage).await, VOTERS);
    }

    async fn tables_hold_nothing_that_could_be_joined(city: VoiceCity) {
        let stage = Stage::open(&city, VOTERS).await;
        all_vote(&stage).await;
        let columns = |table: &'static str| {
            let sql = match city.database().engine() {
                Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
                Engine::Postgres => {
                    format!("SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'")
                }
            };
            let db = &city.db;
            async move {
                let rows = db.read().query_all_raw(db.statement(&sql, [])).await.unwrap();
                let mut names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
                names.sort_unstable();
                names
            }
        };
        assert_eq!(columns("ballot").await, ["commitment", "id", "poll_id", "sealed"]);
        assert_eq!(columns("ballot_queue").await, ["id", "key_id", "poll_id", "sealed"]);
        assert_eq!(columns("spent").await, ["claim", "poll_id", "signature", "token", "token_hash"]);
        assert_eq!(columns("draw").await, ["channel", "drawn_on", "person_id", "poll_id", "request_hash"]);
        // No event and no idempotency row of any of it.
        for (table, allowed) in [("idempotency", 0), ("event WHERE kind LIKE 'ballot.%'", 0)] {
            let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table}");
            let row = city.db.read().query_one_raw(city.db.statement(&sql, [])).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), allowed, "{table}");
        }
    }
}
