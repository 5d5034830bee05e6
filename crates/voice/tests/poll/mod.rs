//! Drawing, casting and shuffling: exactly once, by nobody, and nothing lost.

mod crash;
mod linkage;
mod log;
mod race;
pub mod stage;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::testing::{Client, Who};
use registry::testing::TestCity;
use serde_json::json;
use stage::Stage;
use voice::ballot::token::TokenMessage;
use voice::testing::VoiceCity;

fn answers(number: usize) -> serde_json::Value {
    json!({ "q1": number % 3, "q2": number })
}

kernel::both_engines! {
    async fn a_ballot_is_drawn_by_name_and_cast_by_nobody(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let phone = stage.phone(0).await;
        let paper = stage.draw(&phone, answers(7)).await;
        // A route that asks who comes would be no ballot box.
        let named = phone.post("/api/ballots", paper.body.clone()).await;
        named.refused(400, "request.named");
        let bearer = city.client().post_with("/api/ballots", paper.body.clone(), &[("authorization", "Bearer x")]).await;
        bearer.refused(400, "request.named");
        let first = stage.cast(&paper).await.ok();
        assert_eq!(first["fresh"], true);
        assert_eq!(first["tracker"].as_str().unwrap().len(), 14);
        let again = stage.cast(&paper).await.ok();
        assert_eq!((&again["fresh"], &again["commitment"]), (&json!(false), &first["commitment"]));
        assert_eq!((stage.count("spent").await, stage.count("ballot_queue").await), (1, 1));
        assert_eq!(voice::poll::counts(city.db.read(), stage.poll).await.unwrap().drawn, 1);
    }

    async fn a_draw_is_one_for_each_elector_and_safe_to_repeat(city: VoiceCity) {
        let stage = Stage::open(&city, 5).await;
        let phone = stage.phone(0).await;
        let path = format!("/api/polls/{}/draw", stage.poll);
        let request = |byte: u8| json!({ "request": STANDARD.encode([&[0_u8; 1][..], &[byte; 255]].concat()) });
        let first = phone.post(&path, request(1)).await.ok();
        assert_eq!(phone.post(&path, request(1)).await.ok(), first, "a lost reply loses nothing");
        phone.post(&path, request(2)).await.refused(409, "poll.drawn");
        phone.post(&path, json!({ "request": STANDARD.encode([255; 256]) })).await.refused(422, "ballot.request");
        phone.post(&path, json!({ "request": "不是编码" })).await.refused(422, "ballot.request");
        // What could not be signed used up nothing.
        let other = stage.phone(1).await;
        other.post(&path, json!({ "request": STANDARD.encode([255; 256]) })).await.refused(422, "ballot.request");
        other.post(&path, request(3)).await.ok();
        // The chair is no elector here, a rider has no person, a stranger is nobody.
        city.chair().post(&path, request(1)).await.refused(403, "poll.not_elector");
        city.rider().post(&path, request(1)).await.refused(403, "poll.not_elector");
        city.stranger().post(&path, request(1)).await.refused(401, "auth.required");
        let unknown = format!("/api/polls/{}/draw", TestCity::UNION);
        phone.post(&unknown, request(1)).await.refused(404, "not_found");
        assert_eq!(stage.count("draw").await, 2);
    }

    async fn what_is_no_ballot_is_refused_and_uses_up_no_token(city: VoiceCity) {
        let stage = Stage::open(&city, 5).await;
        let phone = stage.phone(0).await;
        let paper = stage.draw(&phone, answers(1)).await;
        let with = |name: &str, value: serde_json::Value| {
            let mut paper = paper.clone();
            paper.body[name] = value;
            paper
        };
        let cases = [
            ("token", json!("eA=="), 422, "poll.token"),
            ("token", json!(STANDARD.encode(TokenMessage::random().as_bytes())), 422, "poll.token"),
            ("signature", json!(STANDARD.encode([7; 256])), 422, "poll.token"),
            ("salt", json!("eA=="), 422, "poll.token"),
            ("answers", json!({ "q1": 0 }), 422, "answer.missing"),
            ("answers", json!({ "q1": 3, "q2": 0 }), 422, "answer.wrong"),
            ("answers", json!({ "q1": 0, "q2": 0, "q3": "<script>" }), 422, "answer.unknown"),
            ("poll_id", json!(TestCity::UNION), 404, "not_found"),
        ];
        for (name, value, status, code) in cases {
            stage.cast(&with(name, value)).await.refused(status, code);
        }
        assert_eq!(stage.count("spent").await, 0);
        assert_eq!(stage.cast(&paper).await.ok()["fresh"], true);
    }

    async fn a_token_of_another_poll_is_worth_nothing(city: VoiceCity) {
        let (one, other) = (Stage::open(&city, 5).await, Stage::open(&city, 5).await);
        let mut paper = one.draw(&one.phone(0).await, answers(1)).await;
        paper.body["poll_id"] = json!(other.poll);
        other.cast(&paper).await.refused(422, "poll.token");
    }

    async fn the_clock_opens_and_closes(city: VoiceCity) {
        let stage = Stage::open(&city, 5).await;
        let phone = stage.phone(0).await;
        let paper = stage.draw(&phone, answers(1)).await;
        city.clock.advance(chrono::Duration::days(11));
        stage.cast(&paper).await.refused(409, "poll.closed");
        let late = stage.phone(1).await;
        let request = json!({ "request": STANDARD.encode([0; 256]) });
        late.post(&format!("/api/polls/{}/draw", stage.poll), request).await.refused(409, "poll.closed");
        assert_eq!(stage.count("spent").await, 0);
    }

    async fn too_few_wait_and_are_destroyed_at_the_end(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        for elector in 0..4 {
            stage.vote(elector, elector).await;
        }
        assert_eq!(voice::poll::flush(&city.app, stage.poll, false).await.unwrap(), 0);
        assert_eq!((stage.count("ballot").await, stage.count("ballot_queue").await), (0, 4));
        stage.close().await;
        assert_eq!(voice::poll::flush(&city.app, stage.poll, true).await.unwrap(), 0);
        assert_eq!((stage.count("ballot").await, stage.count("ballot_queue").await), (0, 0));
        assert_eq!(stage.row().await.destroyed, Some(4));
        assert!(city.passing.ids(stage.poll).unwrap().is_empty(), "the keys are forgotten");
        // Carried out again it changes nothing.
        voice::poll::flush(&city.app, stage.poll, true).await.unwrap();
        assert_eq!(stage.row().await.destroyed, Some(4));
    }

    async fn enough_are_shuffled_in_and_their_key_is_forgotten(city: VoiceCity) {
        let stage = Stage::open(&city, 30).await;
        for elector in 0..20 {
            stage.vote(elector, elector).await;
        }
        let before = city.passing.ids(stage.poll).unwrap();
        assert_eq!(voice::poll::flush(&city.app, stage.poll, false).await.unwrap(), 20);
        assert_eq!(stage.numbers().await, (0..20).collect::<Vec<i64>>());
        assert!(before.iter().all(|key| city.passing.find(stage.poll, *key).is_err()));
        for elector in 20..25 {
            stage.vote(elector, elector).await;
        }
        assert_eq!(voice::poll::flush(&city.app, stage.poll, false).await.unwrap(), 0, "five are too few before the end");
        stage.close().await;
        assert_eq!(voice::poll::flush(&city.app, stage.poll, true).await.unwrap(), 5);
        assert_eq!(stage.numbers().await, (0..25).collect::<Vec<i64>>());
        assert_eq!((stage.row().await.destroyed, stage.count("ballot_queue").await), (None, 0));
        assert!(city.passing.ids(stage.poll).unwrap().is_empty());
    }

    async fn two_who_agree_on_a_salt_count_twice_and_stop_nobody(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        for elector in 0..6 {
            let mut paper = stage.draw(&stage.phone(elector).await, answers(1)).await;
            paper.body["salt"] = json!(STANDARD.encode([9; 32]));
            stage.cast(&paper).await.ok();
        }
        stage.close().await;
        assert_eq!(voice::poll::flush(&city.app, stage.poll, true).await.unwrap(), 6);
        assert_eq!(stage.numbers().await, [1; 6]);
    }

    async fn nothing_is_drawn_or_cast_after_the_close(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let phone = stage.phone(0).await;
        let paper = stage.draw(&phone, answers(1)).await;
        stage.close().await;
        stage.cast(&paper).await.refused(409, "poll.closed");
        let late: Client = city.client_of(&Who::new().person(stage.people[1])).await;
        let request = json!({ "request": STANDARD.encode([0; 256]) });
        late.post(&format!("/api/polls/{}/draw", stage.poll), request).await.refused(409, "ballot.closed");
        assert_eq!(stage.count("spent").await, 0);
    }
}
