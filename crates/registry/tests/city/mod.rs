//! The city that tests stand on is what it says.

use kernel::both_engines;
use kernel::testing::TestApp;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;

async fn count(app: &TestApp, sql: &str) -> i64 {
    let row = app.db.read().query_one_raw(app.db.statement(sql, [])).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

both_engines! {
    async fn it_is_filled(city: TestCity) {
        let of = |table: &str| format!("SELECT CAST(count(*) AS bigint) AS n FROM {table}");
        for (table, rows) in [("organization", 12), ("person", 14), ("account", 14), ("employer", 4), ("placement", 11)] {
            assert_eq!(count(&city, &of(table)).await, rows, "{table}");
        }
        assert_eq!(count(&city, &of("organization WHERE NOT synthetic")).await, 0);
        assert_eq!(count(&city, &of("join_link")).await, 8);
    }

    async fn everybody_is_signed_in_with_what_he_may(city: TestCity) {
        for key in TestCity::keys() {
            let caller = city.caller(&city.who(key)).await;
            assert_eq!(caller.account_id(), Some(TestCity::account_of(key)), "{key}");
        }
        let chair = city.caller(&city.who("chair")).await;
        assert_eq!(chair.person_id(), Some(TestCity::person_of("chair")));
        assert!(chair.may(city.db.read(), registry::access::MEMBER_READ, TestCity::UNION).await.unwrap());
        let county = city.caller(&city.who("county_officer")).await;
        assert!(county.may(city.db.read(), registry::access::ORGANIZATION_READ, TestCity::UNION).await.unwrap());
        assert!(!county.may(city.db.read(), registry::access::ORGANIZATION_READ, TestCity::OTHER_UNION).await.unwrap());
        assert_eq!(city.stranger().get("/api/divisions").await.ok()["items"].as_array().unwrap().len(), 81);
    }
}
