//! Phones of people who are known: a missing one is filled in, another one is never overwritten, and the report says so.

use registry::testing::TestCity;
use serde_json::json;

use super::*;

const SELF: &str = "示例制造有限公司工会";

kernel::both_engines! {
    async fn a_missing_phone_is_filled_in_and_another_one_stays(city: TestCity) {
        let registrar = city.registrar();
        let first = [format!("{},{},,{SELF}", name(1), number(1)), line(2, SELF), line(3, SELF)];
        let done = imported(&city, &registrar, TestCity::COUNTY, csv(first)).await;
        assert_eq!(done["parts"][0]["phones"], json!({ "entered": 0, "kept": 0, "kept_rows": [] }));

        let moved = format!("{},{},13900000002,{SELF}", name(2), number(2));
        let without = format!("{},{},,{SELF}", name(3), number(3));
        let lines = || csv([line(1, SELF), moved.clone(), without.clone(), line(4, SELF)]);
        let told = json!({ "entered": 1, "kept": 1, "kept_rows": [3] });
        let checked = checked(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!((counts(&checked), &checked["parts"][0]["phones"]), ([1, 3, 0], &told));
        let entered = "SELECT CAST(count(*) AS bigint) AS n FROM event WHERE kind = 'person.phone_entered'";
        assert_eq!(count(&city, entered).await, 0, "a check writes nothing");
        let done = imported(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!((counts(&done), &done["parts"][0]["phones"]), ([1, 3, 0], &told));
        assert_eq!(count(&city, entered).await, 1);
        for (phone, whose) in [("13800000001", Some(1)), ("13800000002", Some(2)), ("13900000002", None), ("13800000003", Some(3))] {
            let found = registrar.get(&format!("/api/members?phone={phone}")).await.ok();
            let names: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
            assert_eq!(names, whose.map(|n| json!(name(n))).iter().collect::<Vec<_>>(), "{phone}");
        }
        let again = imported(&city, &registrar, TestCity::COUNTY, lines()).await;
        assert_eq!((counts(&again), &again["parts"][0]["phones"]["entered"]), ([0, 4, 0], &json!(0)));
    }
}
