//! Many at once, with lost replies: exactly one ballot for each member, and none lost.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use kernel::testing::{long, seeds};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::time::timeout;
use voice::poll::ballot_entity as ballot;
use voice::testing::VoiceCity;

use super::stage::Stage;

/// A thousand; of them a tenth on PostgreSQL in the short run, where each batch is asked of another process.
fn members(city: &VoiceCity) -> usize {
    if long() || city.db.is_sqlite() { 1_000 } else { 100 }
}

/// Casts twenty times at once, of which a third give up before they hear the answer; then until one has heard it.
async fn cast_wildly(stage: &Stage<'_>, elector: usize, seed: u64) -> String {
    let phone = stage.phone(elector).await;
    let paper = stage.draw(&phone, json!({ "q1": elector % 3, "q2": elector })).await;
    let mut dice = StdRng::seed_from_u64(seed ^ elector as u64);
    let patience: Vec<Option<Duration>> =
        (0..20).map(|_| dice.random_bool(0.3).then(|| Duration::from_micros(dice.random_range(0..4_000)))).collect();
    let asked = patience.into_iter().map(|patience| {
        let paper = &paper;
        async move {
            match patience {
                Some(patience) => timeout(patience, stage.cast(paper)).await.ok(),
                None => Some(stage.cast(paper).await),
            }
        }
    });
    let answers: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
    let told: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.ok()["commitment"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told.len(), 1, "everybody who heard an answer heard the same");
    told.into_iter().next().unwrap()
}

kernel::both_engines! {
    async fn twenty_submits_with_lost_replies_are_one_ballot(city: VoiceCity) {
        let members = members(&city);
        let stage = Stage::open(&city, members).await;
        let seed = seeds().end;
        let mut told = BTreeSet::new();
        for group in (0..members).collect::<Vec<_>>().chunks(50) {
            told.extend(join_all(group.iter().map(|elector| cast_wildly(&stage, *elector, seed))).await);
        }
        assert_eq!(told.len(), members);
        stage.close().await;
        voice::poll::flush(&city.app, stage.poll, true).await.unwrap();
        assert_eq!(stage.numbers().await, (0..members as i64).collect::<Vec<_>>());
        let kept = ballot::Entity::find().all(city.db.read()).await.unwrap();
        let kept: BTreeSet<String> = kept.iter().map(|row| hex::encode(&row.commitment)).collect();
        assert_eq!(kept, told, "every ballot that was acknowledged is in the box");
        assert_eq!(voice::poll::counts(city.db.read(), stage.poll).await.unwrap().cast, members as u64);
    }

    async fn shuffles_and_casts_at_once_lose_nothing(city: VoiceCity) {
        let members = 60;
        let stage = Stage::open(&city, members).await;
        let shuffle = async {
            for _ in 0..20 {
                voice::poll::flush(&city.app, stage.poll, false).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let votes = join_all((0..members).map(|elector| stage.vote(elector, elector)));
        tokio::join!(shuffle, votes);
        stage.close().await;
        tokio::join!(
            async { voice::poll::flush(&city.app, stage.poll, true).await.unwrap() },
            async { voice::poll::flush(&city.app, stage.poll, true).await.unwrap() },
        );
        let (kept, destroyed) = (stage.numbers().await, stage.row().await.destroyed.unwrap_or_default());
        assert_eq!(kept.len() as i64 + destroyed, members as i64, "destroyed: {destroyed}");
        assert_eq!(kept.iter().collect::<BTreeSet<_>>().len(), kept.len());
    }

    async fn forty_draws_of_one_member_are_one(city: VoiceCity) {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;
        let stage = Stage::open(&city, 5).await;
        let phone = stage.phone(0).await;
        let path = format!("/api/polls/{}/draw", stage.poll);
        let asked = (0..40_u8).map(|n| {
            let body = json!({ "request": STANDARD.encode([&[0_u8; 1][..], &[n / 2 + 1; 255]].concat()) });
            let (phone, path) = (&phone, &path);
            async move { phone.post(path, body).await.status }
        });
        let answers = join_all(asked).await;
        // Two of the forty had the same request.
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 2, "{answers:?}");
        assert_eq!(stage.count("draw").await, 1);
    }
}
