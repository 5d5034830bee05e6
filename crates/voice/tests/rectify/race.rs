//! Two at once, and processes that are killed between two steps.

use std::time::Duration as Pause;

use chrono::Duration;
use futures::future::join_all;
use kernel::testing::{Answer, seeds};
use serde_json::{Value, json};
use voice::rectification::round;
use voice::testing::VoiceCity;

use super::{Followed, published};

/// One of two was carried out, the other heard why not.
fn one_of(answers: &[Answer], code: &str) {
    let mut heard: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    heard.sort_unstable();
    assert_eq!(heard, [(200, ""), (409, code)]);
}

/// Planned, and said to be done.
async fn claimed(city: &VoiceCity) -> Followed<'_> {
    let followed = published(city, 5).await;
    followed.plan(0, "2026-12-21").await.ok();
    followed.claim(0).await.ok();
    followed
}

async fn events(followed: &Followed<'_>, kind: &str) -> usize {
    followed.count(&format!("SELECT id FROM event WHERE kind = '{kind}'")).await
}

kernel::both_engines! {
    async fn two_who_ask_open_one_round(city: VoiceCity) {
        let followed = claimed(&city).await;
        let (one, two) = (city.chair(), city.chair());
        let path = followed.path("/ask");
        let (one, two) = futures::join!(one.post(&path, json!({})), two.post(&path, json!({})));
        one_of(&[one, two], "closure.asked");
        assert_eq!((followed.polls("closure").await.len(), events(&followed, "closure.opened").await), (1, 1));
    }

    async fn two_plans_and_two_claims_are_one(city: VoiceCity) {
        let followed = published(&city, 5).await;
        let (one, two) = futures::join!(followed.plan(0, "2026-12-21"), followed.plan(0, "2026-12-22"));
        one_of(&[one, two], "rectification.changed");
        let (one, two) = futures::join!(followed.claim(0), followed.claim(0));
        one_of(&[one, two], "rectification.item_state");
        assert_eq!(followed.count("SELECT id FROM rectification_evidence").await, 1);
        assert_eq!(events(&followed, "rectification.claimed").await, 1);
    }

    async fn what_was_acknowledged_before_the_end_is_counted(city: VoiceCity) {
        let followed = claimed(&city).await;
        followed.round().await;
        let row = followed.polls("closure").await.pop().unwrap();
        let stage = followed.stage(&row).await;
        let mut papers = Vec::new();
        for elector in 0..10 {
            papers.push(followed.paper(&stage, elector, &[0]).await);
        }
        for paper in &papers[..5] {
            stage.cast(paper).await.ok();
        }
        let late = join_all(papers[5..].iter().map(|paper| stage.cast(paper)));
        let end = async {
            city.clock.advance(Duration::days(8));
            round::round(&city.app).await.unwrap();
        };
        let (late, ()) = futures::join!(late, end);
        followed.round().await;
        let taken = 5 + late.iter().filter(|answer| answer.status == 200).count();
        assert!(late.iter().all(|answer| answer.status == 200 || answer.code() == "poll.closed"));
        let page = followed.page(&city.member()).await;
        assert_eq!((&page["rounds"][0]["state"], &page["rounds"][0]["ballots"]), (&json!("counted"), &json!(taken)));
    }

    async fn several_servers_find_ask_and_count_once(city: VoiceCity) {
        let all = async |city: &VoiceCity| {
            let rounds = [0; 4].map(|_| {
                let app = city.app.clone();
                tokio::spawn(async move { round::round(&app).await })
            });
            for one in rounds {
                one.await.unwrap().unwrap();
            }
        };
        let followed = claimed(&city).await;
        all(&city).await;
        followed.round().await;
        assert_eq!(followed.polls("closure").await.len(), 1);
        followed.answer(6, |_| vec![2]).await;
        city.clock.advance(Duration::days(8));
        all(&city).await;
        followed.round().await;
        assert_eq!(events(&followed, "closure.counted").await, 1);
        assert_eq!(followed.count("SELECT id FROM rectification_item").await, 2);
        assert_eq!(events(&followed, "rectification.opened").await, 1);
    }

    async fn a_round_that_is_cut_off_is_finished_by_the_next(city: VoiceCity) {
        let followed = claimed(&city).await;
        let cut_off = async |cuts: u64| {
            for cut in 0..cuts {
                let app = city.app.clone();
                let round = tokio::spawn(async move { round::round(&app).await });
                tokio::time::sleep(Pause::from_micros(cut * 1_500)).await;
                round.abort();
                let _ = round.await;
            }
            followed.round().await;
        };
        cut_off(seeds().end * 3).await;
        assert_eq!(followed.polls("closure").await.len(), 1);
        followed.answer(7, |elector| vec![if elector < 3 { 2 } else { 1 }]).await;
        city.clock.advance(Duration::days(8));
        cut_off(seeds().end * 3).await;
        let page = followed.page(&city.member()).await;
        assert_eq!((&page["rounds"][0]["ballots"], &page["closed_on"]), (&json!(7), &Value::Null));
        let items = page["problems"][0]["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["answers"][0]["partly"]), (2, &json!(4)));
        assert_eq!(events(&followed, "closure.counted").await, 1);
        assert_eq!(events(&followed, "rectification.item_reopened").await, 1);
    }
}
