//! Out of the box: once, whole, and by nobody's order.

use std::time::Duration;

use kernel::testing::seeds;
use serde_json::json;
use voice::opinion::take_out;
use voice::testing::VoiceCity;

use super::stage::{Stage, code, sheet};
use super::{WORDS, events};

kernel::both_engines! {
    async fn a_box_is_taken_out_once_however_often_it_is_tried(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        assert!(!take_out(&city.app, stage.evaluation).await.unwrap(), "the vote is on");
        stage.all_say(&WORDS).await;
        stage.publish().await;
        let all = [0; 4].map(|_| {
            let (app, evaluation) = (city.app.clone(), stage.evaluation);
            tokio::spawn(async move { take_out(&app, evaluation).await })
        });
        let mut done = 0;
        for one in all {
            done += usize::from(one.await.unwrap().unwrap());
        }
        assert_eq!(done, 1);
        assert!(!take_out(&city.app, stage.evaluation).await.unwrap());
        voice::opinion::round(&city.app).await.unwrap();
        assert_eq!((stage.count("opinion").await, stage.count("opinion_box").await), (4, 1));
        assert_eq!(events(&city, "opinions.taken_out").await.len(), 1);
        assert_eq!(stage.count("duty WHERE kind = 'answer'").await, 1);
        assert_eq!(stage.count("notice WHERE kind = 'opinion.waits'").await, 1, "the chair is told");
    }

    async fn taking_out_that_is_cut_off_goes_on(city: VoiceCity) {
        let stage = Stage::open(&city, 24).await;
        let words: Vec<String> = (0..20).map(|n| format!("示例意见{n}")).collect();
        stage.all_say(&words.iter().map(String::as_str).collect::<Vec<_>>()).await;
        stage.publish().await;
        for cut in 0..seeds().end * 4 {
            let (app, evaluation) = (city.app.clone(), stage.evaluation);
            let work = tokio::spawn(async move { take_out(&app, evaluation).await });
            tokio::time::sleep(Duration::from_micros(cut * 900)).await;
            work.abort();
            let _ = work.await;
            // Out as a whole or not at all; a commit that was cut off may still be on its way.
            let page = stage.phone(0).await.get(&stage.path("opinions")).await;
            if page.status == 200 {
                assert_eq!((&page.body["opinions"], stage.count("opinion").await), (&json!(20), 20), "cut {cut}");
            } else {
                page.refused(409, "opinion.early");
            }
        }
        take_out(&city.app, stage.evaluation).await.unwrap();
        assert_eq!((stage.count("opinion").await, stage.count("opinion_box").await), (20, 1));
        assert_eq!(events(&city, "opinions.taken_out").await.len(), 1);
        let mut found = stage.texts("SELECT text FROM opinion").await;
        let mut expected = words;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "none lost, none twice");
    }

    async fn of_too_few_sheets_only_their_number_is_told(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        for elector in 0..8 {
            stage.rate(elector).await;
        }
        let codes: Vec<String> = (0..4).map(|_| code()).collect();
        for (elector, code) in codes.iter().enumerate() {
            stage.say(elector, &sheet("食堂太贵", code, true)).await;
        }
        stage.take_out().await;
        let page = stage.phone(0).await.get(&stage.path("opinions")).await.ok();
        assert_eq!((&page["ballots"], &page["opinions"], &page["destroyed"]), (&json!(0), &json!(0), &json!(4)));
        stage.author("", json!({ "code": codes[0] })).await.refused(404, "opinion.code");
        let above = city.town_officer().get(&stage.path("opinions/all")).await.ok();
        assert_eq!((&above["of"]["pressed"], &above["of"]["due_on"]), (&json!(0), &json!(null)));
        assert_eq!(stage.count("duty WHERE kind = 'answer'").await, 0, "nothing is to be answered");
    }

    async fn two_sheets_with_one_code_are_both_there(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let code = code();
        for elector in 0..8 {
            stage.rate(elector).await;
            stage.say(elector, &sheet(&format!("示例意见{elector}"), &code, false)).await;
        }
        stage.take_out().await;
        assert_eq!(stage.count("opinion").await, 8);
        assert_eq!(stage.count("opinion WHERE code_index IS NOT NULL").await, 1);
        stage.author("", json!({ "code": code })).await.ok();
    }

    async fn answers_are_due_after_working_days_without_holidays(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        // A holiday of the city in the middle, and a Saturday worked in exchange.
        let tx = city.system().begin().await.unwrap();
        for (day, working) in [("2026-12-08", false), ("2026-12-09", false), ("2026-12-12", true)] {
            let day: kernel::time::Day = day.parse().unwrap();
            let insert = "INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, '示例节')";
            tx.execute_sql(insert, [day.into(), working.into()]).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        stage.take_out().await;
        let of = stage.all().await["of"].clone();
        // From 2 December, 15 days: 2 in the first week, 3 and the Saturday in the second, 5 in the third, and 4 more.
        assert_eq!(of["due_on"], "2026-12-24", "{}", of["derivation"]);
        assert!(of["derivation"].to_string().contains("示例节"));
        assert_eq!(of["standing"], "on_time");
        city.clock.advance(chrono::Duration::days(23));
        assert_eq!(stage.all().await["of"]["standing"], "overdue");
        let figures = city.town_officer().get("/api/opinion-boxes/figures").await.ok();
        assert_eq!((&figures["open"], &figures["overdue"], &figures["due_soon"]), (&json!(4), &json!(1), &json!(0)));
        let listed = city.county_officer().get("/api/opinion-boxes?only=overdue").await.ok();
        assert_eq!((&listed["items"][0]["open"], &listed["items"][0]["pressed"]), (&json!(4), &json!(1)));
        assert_eq!(city.county_officer().get("/api/opinion-boxes?only=hiding").await.ok()["items"], json!([]));
        assert_eq!(city.other_county_officer().get("/api/opinion-boxes").await.ok()["items"], json!([]));
        let nothing = city.other_county_officer().get("/api/opinion-boxes/figures").await.ok();
        assert_eq!((&nothing["boxes"], &nothing["opinions"]), (&json!(0), &json!(0)));
        city.chair().get("/api/opinion-boxes").await.refused(403, "access.denied");
    }

    async fn what_is_out_is_never_changed(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.publish().await;
        let early = "INSERT INTO opinion (id, evaluation_id, text, state) VALUES ($1, $2, '示例', 'open')";
        voice::opinion::round(&city.app).await.unwrap();
        let id = stage.id_of(WORDS[0]).await;
        stage.act(&city.chair(), id, "answer", json!({ "text": "会改", "seen": 0 })).await.ok();
        let changes = [
            "UPDATE opinion SET text = '好'",
            "UPDATE opinion SET state = 'open' WHERE state = 'answered'",
            "DELETE FROM opinion",
            "DELETE FROM opinion_answer",
            "UPDATE opinion_answer SET text = '好的'",
            "UPDATE opinion_box SET pressed = 0",
            "DELETE FROM opinion_box",
        ];
        for change in changes {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(change, []).await.is_err(), "{change}");
        }
        let tx = city.system().begin().await.unwrap();
        let late = tx.execute_sql(early, [super::stage::nothing().into(), stage.evaluation.into()]).await;
        assert!(late.is_err(), "an opinion that was in no box");
    }
}
