//! Never paid twice: two who settle at once, two who upload at once, a server that dies in between.

use futures::future::join_all;
use kernel::Id;
use rewards::testing::RewardsCity;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::stage::{agreed, balance_of, bank_says, item, make, owed, sent, sound, yesterday};
use crate::merchant::stage::number;

async fn payouts(city: &RewardsCity, merchant: Id) -> i64 {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM settlement_payout WHERE merchant_id = $1";
    number(city, sql, merchant).await
}

kernel::both_engines! {
    async fn two_who_settle_at_once_settle_once(city: RewardsCity) {
        let merchants = owed(&city, 2).await;
        let clients: Vec<_> = (0..6).map(|n| if n % 2 == 0 { city.city_officer() } else { city.city_deputy() }).collect();
        let body = json!({ "through": yesterday(&city) });
        let answers = join_all(clients.iter().map(|client| client.post("/api/settlements", body.clone()))).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "{:?}", answers.iter().map(|answer| answer.code().to_owned()).collect::<Vec<_>>());
        let open: i64 = number(&city, "SELECT CAST(count(*) AS bigint) AS n FROM settlement_item WHERE merchant_id = $1 AND state = 'open'", merchants[0]).await;
        assert_eq!(open, 1);
        // The table itself refuses a second one.
        let tx = city.system().begin_bulk().await.unwrap();
        let sql = "UPDATE settlement_item SET amount_cents = amount_cents + 1 WHERE merchant_id = $1";
        assert!(tx.execute_sql(sql, [merchants[0].into()]).await.is_err());
    }

    async fn a_crash_between_bank_file_and_payment_changes_nothing(city: RewardsCity) {
        let merchants = owed(&city, 2).await;
        let (id, seen) = sent(&city).await;
        // The bank has paid; the server that was to enter it dies before its commit.
        let pay: Id = number(&city, "SELECT pay_transfer_id AS n FROM settlement_item WHERE merchant_id = $1", merchants[0]).await;
        let lost = city.system().begin_bulk().await.unwrap();
        lost.execute_sql("UPDATE settlement_item SET state = 'paid' WHERE pay_transfer_id = $1", [pay.into()]).await.unwrap();
        drop(lost);
        assert_eq!(payouts(&city, merchants[0]).await, 0);
        // Five who upload at once, the same lines in other words of the file.
        let lines: Vec<String> = merchants.iter().map(|merchant| agreed(&city, item(&seen, *merchant))).collect();
        let files: Vec<Vec<String>> = (0..5).map(|n| {
            let mut file = lines.clone();
            file.push(format!("ZG{n},1.00,交易成功,,"));
            file
        }).collect();
        let answers = join_all(files.iter().map(|file| bank_says(&city, &id, file))).await;
        let matched: i64 = answers.iter().map(|answer| answer.body["matched"].as_i64().unwrap_or_default()).sum();
        assert_eq!(matched, 2, "{answers:?}");
        for merchant in &merchants {
            assert_eq!((payouts(&city, *merchant).await, balance_of(&city, *merchant).await), (1, 0));
        }
        let row = city.db.read().query_one_raw(city.db.statement("SELECT kind FROM transfer WHERE id = $1", [pay.into()])).await.unwrap();
        assert_eq!(row.unwrap().try_get::<String>("", "kind").unwrap(), "payout");
        make(&city).await.refused(409, "settlement.nothing");
        sound(&city).await;
    }
}
