//! Reminders: to those who have not drawn, seldom, by day, and once however often the sending is cut off.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use chrono::Duration;
use kernel::Id;
use kernel::db::insert_rows;
use kernel::id::Ids;
use registry::account::vault;
use registry::person::phone::Phone;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use voice::reminder::send::{SEND, Sending, Step, Which, carry};
use voice::reminder::{entity as round_row, round};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// Gives people accounts with phones; answers the accounts in their order.
async fn accounts(city: &VoiceCity, people: &[Id]) -> Vec<Id> {
    let tx = city.system().begin_bulk().await.unwrap();
    let accounts: Vec<Id> = people.iter().map(|_| Ids::random()).collect();
    let row = |(number, (person, account)): (usize, (&Id, &Id))| {
        let phone = Phone::parse(&format!("139{:08}", 10_000_000 + number)).unwrap();
        let sealed = vault::seal_phone(city.keys.as_ref(), *account, &phone).unwrap();
        vec![
            (*account).into(),
            "member".into(),
            (*person).into(),
            sealed.into(),
            false.into(),
            0_i64.into(),
            0_i64.into(),
            true.into(),
            tx.now().into(),
        ]
    };
    let rows = people.iter().zip(&accounts).enumerate().map(row).collect();
    let columns = [
        "id",
        "kind",
        "person_id",
        "phone_sealed",
        "must_change",
        "totp_last_step",
        "failures",
        "synthetic",
        "created_at",
    ];
    insert_rows(&tx, "account", &columns, rows, "").await.unwrap();
    tx.commit(()).await.unwrap();
    accounts
}

/// How often each account was reminded.
async fn told(city: &VoiceCity) -> BTreeMap<Id, usize> {
    let sql = "SELECT account_id FROM notice WHERE kind = 'evaluation.reminder'";
    let mut told = BTreeMap::new();
    for row in city.db.read().query_all_raw(city.db.statement(sql, [])).await.unwrap() {
        *told.entry(row.try_get("", "account_id").unwrap()).or_default() += 1;
    }
    told
}

async fn number(city: &VoiceCity, sql: &str) -> i64 {
    let row = city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

async fn state(city: &VoiceCity, kind: &str) -> String {
    let sql = "SELECT state FROM reminder_round WHERE kind = $1";
    let row = city.db.read().query_one_raw(city.db.statement(sql, [kind.into()])).await.unwrap().unwrap();
    row.try_get("", "state").unwrap()
}

/// Plans, begins and sends what is due.
async fn remind(city: &VoiceCity) {
    round(&city.app).await.unwrap();
    city.work().await;
}

async fn which(stage: &Stage<'_>, kind: &str) -> Which {
    Which { evaluation_id: stage.row().await.evaluation_id, kind: kind.into() }
}

fn answers() -> Value {
    json!({ "q1": 0, "q2": 1 })
}

kernel::both_engines! {
    async fn only_those_who_have_not_drawn_are_told_and_three_times_at_most(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let accounts = accounts(&city, &stage.people[..6]).await;
        // Planned and begun; then somebody draws before it is sent.
        round(&city.app).await.unwrap();
        stage.draw(&stage.phone(0).await, answers()).await;
        city.work().await;
        let first = told(&city).await;
        assert_eq!(first.len(), 5);
        assert!(!first.contains_key(&accounts[0]), "who drew is not reminded");
        remind(&city).await;
        assert_eq!(told(&city).await, first, "the same minute again tells nobody twice");

        let path = format!("/api/evaluations/{}/reminders", stage.row().await.evaluation_id);
        for seen in [city.chair().get(&path).await.ok(), city.town_officer().get(&path).await.ok()] {
            assert_eq!((&seen["electors"], &seen["with_account"], &seen["without_account"]), (&json!(8), &json!(6), &json!(2)));
            // Who drew before counts as told, so that the figure does not tell how many drew.
            assert_eq!((&seen["told"], seen["rounds"].as_array().unwrap().len()), (&json!(6), 3));
            assert!(!seen.to_string().contains(&stage.people[1].to_string()));
        }
        city.member().get(&path).await.refused(403, "access.denied");
        city.other_county_officer().get(&path).await.refused(404, "not_found");

        city.clock.advance(Duration::days(5));
        stage.draw(&stage.phone(1).await, answers()).await;
        remind(&city).await;
        assert_eq!(told(&city).await.values().sum::<usize>(), 5 + 4);
        city.clock.advance(Duration::days(4));
        remind(&city).await;
        for _ in 0..4 {
            city.clock.advance(Duration::hours(5));
            remind(&city).await;
        }
        let all = told(&city).await;
        assert_eq!(all.values().sum::<usize>(), 5 + 4 + 4);
        assert!(all.values().all(|times| *times <= 3) && !all.contains_key(&accounts[0]));
        assert_eq!((all[&accounts[1]], all[&accounts[2]]), (1, 3));
        let events = "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind LIKE 'reminder.%'";
        assert_eq!(number(&city, events).await, 6, "one for the beginning and one for the end of each round");
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM sms").await, 0, "no text messages unless wanted");
    }

    async fn a_sending_that_is_cut_off_goes_on_and_tells_nobody_twice(city: VoiceCity) {
        let stage = Stage::open(&city, 650).await;
        accounts(&city, &stage.people).await;
        round(&city.app).await.unwrap();
        let opening = which(&stage, "opening").await;
        let mut slow = Sending::take(&city.app, &opening).await.unwrap().unwrap();
        assert!(matches!(slow.step().await.unwrap(), Step::Told(200)));
        // Somebody draws between two chunks.
        let rest: Vec<usize> = {
            let cursor = "SELECT CAST(count(*) AS bigint) AS n FROM elector e JOIN reminder_round r
                ON r.evaluation_id = e.evaluation_id WHERE r.kind = 'opening' AND e.person_id <= r.cursor";
            assert_eq!(number(&city, cursor).await, 200);
            let mut order: Vec<usize> = (0..650).collect();
            order.sort_by_key(|elector| stage.people[*elector]);
            order[200..].to_vec()
        };
        stage.draw(&stage.phone(rest[0]).await, answers()).await;
        // A second worker takes over: the first one stops, and what it was about to send is not sent.
        let mut fast = Sending::take(&city.app, &opening).await.unwrap().unwrap();
        assert_eq!(slow.step().await.unwrap(), Step::Stopped);
        assert!(matches!(fast.step().await.unwrap(), Step::Told(_)));
        drop((slow, fast));
        for cut in 0..8 {
            let (app, opening) = (city.app.clone(), opening.clone());
            let sending = tokio::spawn(async move { carry(&app, &opening).await });
            tokio::time::sleep(Pause::from_micros(cut * 900)).await;
            sending.abort();
            let _ = sending.await;
        }
        carry(&city.app, &opening).await.unwrap();
        assert_eq!(state(&city, "opening").await, "done");
        let all = told(&city).await;
        assert_eq!((all.len(), all.values().sum::<usize>()), (649, 649));
        // Even if the row forgot how far it came: the inbox knows the round.
        city.database().tamper("UPDATE reminder_round SET state = 'running', cursor = NULL, seen = 0, reached = 0 WHERE kind = 'opening'").await;
        carry(&city.app, &opening).await.unwrap();
        assert_eq!(told(&city).await, all);
    }

    async fn two_who_begin_and_send_at_once_send_once(city: VoiceCity) {
        let stage = Stage::open(&city, 450).await;
        accounts(&city, &stage.people).await;
        let (one, other) = tokio::join!(round(&city.app), round(&city.app));
        one.and(other).unwrap();
        let begun = "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = 'reminder.begun'";
        assert_eq!(number(&city, begun).await, 1);
        let opening = which(&stage, "opening").await;
        let (one, other) = tokio::join!(carry(&city.app, &opening), carry(&city.app, &opening));
        one.and(other).unwrap();
        carry(&city.app, &opening).await.unwrap();
        let all = told(&city).await;
        assert_eq!((all.len(), all.values().sum::<usize>()), (450, 450));
    }

    async fn nobody_is_told_at_night(city: VoiceCity) {
        let stage = Stage::open(&city, 300).await;
        accounts(&city, &stage.people).await;
        // Ten in the evening.
        city.clock.advance(Duration::hours(12));
        remind(&city).await;
        assert_eq!((told(&city).await.len(), state(&city, "opening").await), (0, "planned".to_owned()));
        city.clock.advance(Duration::minutes(9 * 60 + 59));
        remind(&city).await;
        assert_eq!(told(&city).await.len(), 0);
        city.clock.advance(Duration::minutes(1));
        round(&city.app).await.unwrap();
        let opening = which(&stage, "opening").await;
        let mut sending = Sending::take(&city.app, &opening).await.unwrap().unwrap();
        sending.step().await.unwrap();
        assert_eq!(told(&city).await.len(), 200);
        // The evening comes while it is being sent: the rest waits for the morning.
        city.clock.advance(Duration::hours(13));
        assert_eq!(sending.step().await.unwrap(), Step::Stopped);
        city.work().await;
        remind(&city).await;
        assert_eq!(told(&city).await.len(), 200);
        city.clock.advance(Duration::hours(11));
        remind(&city).await;
        assert_eq!((told(&city).await.len(), state(&city, "opening").await), (300, "done".to_owned()));
    }

    async fn text_messages_go_out_where_the_parameter_says_so(city: VoiceCity) {
        city.database().tamper("UPDATE parameter SET value = '1' WHERE name = 'reminder.sms'").await;
        let stage = Stage::open(&city, 6).await;
        accounts(&city, &stage.people[..5]).await;
        stage.draw(&stage.phone(0).await, answers()).await;
        remind(&city).await;
        assert_eq!(told(&city).await.len(), 4);
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM sms").await, 4);
    }

    async fn without_rounds_and_after_the_end_nothing_is_sent(city: VoiceCity) {
        city.database().tamper("UPDATE parameter SET value = '0' WHERE name = 'reminder.most'").await;
        let stage = Stage::open(&city, 6).await;
        accounts(&city, &stage.people).await;
        remind(&city).await;
        assert_eq!(number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM reminder_round").await, 0);
        city.database().tamper("UPDATE parameter SET value = '3' WHERE name = 'reminder.most'").await;
        // The server was away until an hour before the end: of three rounds that are late one is sent.
        city.clock.advance(Duration::days(9) + Duration::hours(5));
        remind(&city).await;
        assert_eq!(told(&city).await.values().sum::<usize>(), 6);
        city.clock.advance(Duration::days(1));
        remind(&city).await;
        assert_eq!(told(&city).await.values().sum::<usize>(), 6);
        assert_eq!(number(&city, &format!("SELECT CAST(count(*) AS bigint) AS n FROM job WHERE kind = '{SEND}' AND state = 'waiting'")).await, 0);
        let last = round_row::Entity::find_by_id((stage.row().await.evaluation_id, "last".to_owned()));
        assert_eq!(last.one(city.db.read()).await.unwrap().unwrap().reached, 6);
    }
}
