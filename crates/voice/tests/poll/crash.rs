//! A shuffle that is cut off at any moment is as if it had not begun, or is finished by the next one.

use std::time::Duration;

use kernel::testing::seeds;
use sea_orm::ConnectionTrait;
use voice::testing::VoiceCity;

use super::stage::Stage;

kernel::both_engines! {
    async fn a_shuffle_that_is_cut_off_loses_nothing(city: VoiceCity) {
        let stage = Stage::open(&city, 40).await;
        for elector in 0..40 {
            stage.vote(elector, elector).await;
        }
        for cut in 0..seeds().end * 4 {
            let (app, poll) = (city.app.clone(), stage.poll);
            let shuffle = tokio::spawn(async move { voice::poll::flush(&app, poll, false).await });
            tokio::time::sleep(Duration::from_micros(cut * 700)).await;
            shuffle.abort();
            let _ = shuffle.await;
            // At one moment: a commit that was under way goes on.
            let both = "SELECT (SELECT count(*) FROM ballot_queue) + (SELECT count(*) FROM ballot) AS n";
            let row = city.app.db.read().query_one_raw(city.app.db.statement(both, [])).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), 40, "cut {cut}");
        }
        stage.close().await;
        voice::poll::flush(&city.app, stage.poll, true).await.unwrap();
        assert_eq!(stage.numbers().await, (0..40).collect::<Vec<i64>>());
    }
}
