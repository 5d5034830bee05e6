//! What is overdue is told to the town, then to the county, then to the city: each once, whatever happens.

use std::time::Duration as Pause;

use chrono::Duration;
use kernel::Id;
use kernel::testing::seeds;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::json;
use voice::duty::{DutyKind, tell};
use voice::testing::VoiceCity;

use super::{begin, done, evaluation, number, row};

async fn notices(city: &VoiceCity, key: &str) -> usize {
    let sql = "SELECT id FROM notice WHERE kind = 'duty.overdue' AND account_id = $1";
    number(city, sql, TestCity::account_of(key)).await
}

async fn told(city: &VoiceCity) -> [usize; 5] {
    let keys = ["chair", "town_officer", "town_deputy", "county_officer", "city_officer"];
    let mut told = [0; 5];
    for (at, key) in keys.into_iter().enumerate() {
        told[at] = notices(city, key).await;
    }
    told
}

async fn after(city: &VoiceCity, days: i64) -> usize {
    city.clock.advance(Duration::days(days));
    tell::round(&city.app).await.unwrap()
}

async fn levels(city: &VoiceCity, duty: Id) -> usize {
    number(city, "SELECT level FROM duty_told WHERE duty_id = $1", duty).await
}

kernel::both_engines! {
    async fn town_county_city_one_after_the_other(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Plan, 2).await;
        assert_eq!((after(&city, 0).await, after(&city, 2).await), (0, 0), "the last day itself is in time");
        assert_eq!(after(&city, 1).await, 1);
        assert_eq!(told(&city).await, [1, 1, 1, 0, 0]);
        let seen = city.town_officer().get("/api/duties?standing=overdue").await.ok();
        assert_eq!((&seen["items"][0]["days_late"], &seen["items"][0]["told_level"]), (&json!(1), &json!(1)));
        assert_eq!((after(&city, 0).await, after(&city, 6).await), (0, 0));
        assert_eq!(after(&city, 1).await, 1);
        assert_eq!(told(&city).await, [1, 1, 1, 1, 0]);
        assert_eq!((after(&city, 7).await, after(&city, 7).await), (1, 0));
        assert_eq!(told(&city).await, [1, 1, 1, 1, 1]);
        assert_eq!(city.city_officer().get("/api/duties?standing=very_overdue").await.ok()["items"][0]["told_level"], 3);
        assert!(done(&city, DutyKind::Plan, subject).await);
        assert_eq!(after(&city, 30).await, 0);
        // Told overdue on a day, it cannot have been done before that day.
        let other = begin(&city, of, TestCity::UNION, DutyKind::Item, 0).await;
        assert_eq!(after(&city, 1).await, 1);
        let duty = row(&city, other).await;
        let tx = city.system().begin().await.unwrap();
        let back = "UPDATE duty SET done_on = $2 WHERE id = $1";
        assert!(tx.execute_sql(back, [duty.id.into(), duty.due_on.into()]).await.is_err());
    }

    async fn an_extension_starts_the_telling_anew(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Plan, 0).await;
        assert_eq!(after(&city, 1).await, 1);
        let id = row(&city, subject).await.id;
        let body = json!({ "due_on": "2026-11-30", "reason": "会议改期" });
        city.town_officer().post(&format!("/api/duties/{id}/extend"), body).await.ok();
        assert_eq!((after(&city, 6).await, after(&city, 1).await), (0, 1));
        assert_eq!(told(&city).await, [2, 2, 2, 0, 0]);
    }

    async fn a_level_without_staff_is_passed_over(city: VoiceCity) {
        let of = evaluation(&city).await;
        // The street has no officer: the county hears of it at once, the city a week later, and nobody after that.
        let subject = begin(&city, of, TestCity::STREET_UNION, DutyKind::Plan, 0).await;
        assert_eq!(after(&city, 1).await, 1);
        assert_eq!(told(&city).await, [0, 0, 0, 1, 0]);
        after(&city, 14).await;
        assert_eq!(told(&city).await, [0, 0, 0, 1, 1]);
        assert_eq!(row(&city, subject).await.told_level, 3);
        let of_county = begin(&city, of, TestCity::COUNTY, DutyKind::Review, 0).await;
        after(&city, 9).await;
        assert_eq!(row(&city, of_county).await.told_level, 3, "above the city there is nobody");
    }

    async fn two_servers_tell_nobody_twice(city: VoiceCity) {
        let of = evaluation(&city).await;
        let mut subjects = Vec::new();
        for _ in 0..8 {
            subjects.push(begin(&city, of, TestCity::UNION, DutyKind::Answer, 0).await);
        }
        city.clock.advance(Duration::days(8));
        let rounds = [0; 4].map(|_| {
            let app = city.app.clone();
            tokio::spawn(async move { tell::round(&app).await.unwrap() })
        });
        let mut sum = 0;
        for round in rounds {
            sum += round.await.unwrap();
        }
        assert_eq!(sum, 16, "town and county, of eight duties");
        assert_eq!(told(&city).await, [8, 8, 8, 8, 0]);
    }

    async fn a_round_that_is_cut_off_is_finished_by_the_next(city: VoiceCity) {
        let of = evaluation(&city).await;
        for _ in 0..6 {
            begin(&city, of, TestCity::UNION, DutyKind::Answer, 0).await;
        }
        city.clock.advance(Duration::days(1));
        for cut in 0..seeds().end * 3 {
            let app = city.app.clone();
            let round = tokio::spawn(async move { tell::round(&app).await });
            tokio::time::sleep(Pause::from_micros(cut * 900)).await;
            round.abort();
            let _ = round.await;
        }
        tell::round(&city.app).await.unwrap();
        assert_eq!(told(&city).await, [6, 6, 6, 0, 0]);
        let rows = city.db.read().query_all_raw(city.db.statement("SELECT id FROM duty", [])).await.unwrap();
        for found in rows {
            assert_eq!(levels(&city, found.try_get("", "id").unwrap()).await, 1);
        }
    }
}
