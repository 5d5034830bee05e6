//! Honesty flags: from figures alone, for the level above alone.

use kernel::db::insert_rows;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// Enters how many drew in ten minutes each, from one slot to another.
async fn draws(stage: &Stage<'_>, draws: &[(i32, i64)]) {
    let tx = stage.city.system().begin_bulk().await.unwrap();
    let row = |(place, draws): &(i32, i64)| -> Vec<sea_orm::Value> {
        vec![stage.poll.into(), (tx.now() + chrono::TimeDelta::minutes(10) * *place).into(), (*draws).into()]
    };
    let rows = draws.iter().map(row).collect();
    insert_rows(&tx, "draw_slot", &["poll_id", "slot", "draws"], rows, "").await.unwrap();
    tx.commit(()).await.unwrap();
}

kernel::both_engines! {
    async fn the_level_above_sees_a_burst_and_nobody_else(city: VoiceCity) {
        let (stage, calm) = (Stage::open(&city, 6).await, Stage::open(&city, 6).await);
        draws(&stage, &[(0, 4), (30, 12), (31, 15), (60, 9)]).await;
        draws(&calm, &[(0, 20), (30, 12), (60, 15), (90, 19)]).await;
        let path = format!("/api/evaluations/{}/honesty", stage.row().await.evaluation_id);
        for officer in [city.county_officer(), city.city_officer()] {
            let seen = officer.get(&path).await.ok();
            assert_eq!((&seen["draws"], &seen["burst"]["draws"], &seen["burst"]["percent"]), (&json!(40), &json!(27), &json!(67)));
        }
        for other in ["town_officer", "chair", "vice_chair", "member"] {
            city.signed_in(other).get(&path).await.refused(403, "access.denied");
        }
        city.other_county_officer().get(&path).await.refused(404, "not_found");
        let path = format!("/api/evaluations/{}/honesty", calm.row().await.evaluation_id);
        assert_eq!(city.county_officer().get(&path).await.ok()["burst"], Value::Null);
    }
}
