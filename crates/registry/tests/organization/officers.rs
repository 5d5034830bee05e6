//! Officers: one chair at a time, and no rights by appointment.

use kernel::both_engines;
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::{act, count, done, page};

fn appointment(name: &str, title: &str, from: &str) -> Value {
    json!({"name": name, "phone": "13900000001", "title": title, "from": from})
}

fn held<'a>(page: &'a Value, title: &str) -> Vec<&'a Value> {
    page["officers"].as_array().unwrap().iter().filter(|officer| officer["title"] == title).collect()
}

both_engines! {
    async fn one_chair_at_a_time(city: TestCity) {
        let town = city.town_officer();
        act(&town, TestCity::UNION, "officers", appointment("新主席", "chair", "2026-12-01")).await.refused(409, "officer.chair_taken");
        let seen = page(&town, TestCity::UNION).await;
        let chair = held(&seen, "chair")[0]["id"].as_str().unwrap().to_owned();
        let end = format!("officers/{chair}/end");
        act(&town, TestCity::UNION, &end, json!({"on": "2021-06-01"})).await.refused(422, "officer.day");
        done(&town, TestCity::UNION, &end, json!({"on": "2026-12-15"})).await;
        act(&town, TestCity::UNION, &end, json!({"on": "2026-12-16"})).await.refused(409, "officer.ended");
        // He is chair until the day before; the next one cannot begin earlier.
        act(&town, TestCity::UNION, "officers", appointment("新主席", "chair", "2026-12-14")).await.refused(409, "officer.chair_taken");
        done(&town, TestCity::UNION, "officers", appointment("新主席", "chair", "2026-12-15")).await;
        let list = format!("/api/organizations?parent_id={}", TestCity::TOWN);
        assert_eq!(town.get(&list).await.ok()["items"][0]["chair_name"], "陈示例");
        city.clock.advance(chrono::Duration::days(30));
        assert_eq!(town.get(&list).await.ok()["items"][0]["chair_name"], "新主席");
        assert_eq!(town.get(&format!("{list}&as_of=2026-12-14")).await.ok()["items"][0]["chair_name"], "陈示例");
        let seen = page(&town, TestCity::UNION).await;
        assert_eq!(held(&seen, "chair").len(), 2);
        assert_eq!((held(&seen, "chair")[0]["to"].as_str(), held(&seen, "chair")[1]["to"].as_str()), (Some("2026-12-15"), None));
    }

    async fn two_chairs_at_once_make_one(city: TestCity) {
        let (one, two) = (city.town_officer(), city.town_deputy());
        let (a, b) = tokio::join!(
            act(&one, TestCity::SMALL_UNION, "officers", appointment("甲主席", "chair", "2026-11-23")),
            act(&two, TestCity::SMALL_UNION, "officers", appointment("乙主席", "chair", "2026-11-23")),
        );
        let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
        assert_eq!(won.status, 200);
        lost.refused(409, "officer.chair_taken");
        assert_eq!(count(&city, "officer WHERE title = 'chair'").await, 2);
        assert_eq!(count(&city, "person").await, 15);
    }

    async fn a_person_is_found_again_by_name_and_phone(city: TestCity) {
        let town = city.town_officer();
        done(&town, TestCity::UNION, "officers", appointment("王示例", "audit_director", "2026-11-23")).await;
        done(&town, TestCity::SMALL_UNION, "officers", appointment("王示例", "women_director", "2026-11-23")).await;
        assert_eq!(count(&city, "person").await, 15);
        act(&town, TestCity::UNION, "officers", appointment("王示例", "audit_director", "2026-11-23")).await.refused(409, "officer.twice");
        // A member by id; one of another county is out of reach.
        let by_id = |key: &str| json!({"person_id": TestCity::person_of(key), "title": "organiser", "from": "2026-11-23"});
        done(&town, TestCity::SMALL_UNION, "officers", by_id("member")).await;
        act(&city.other_county_officer(), TestCity::OTHER_UNION, "officers", by_id("member")).await.refused(422, "officer.person");
        act(&town, TestCity::UNION, "officers", json!({"title": "organiser", "from": "2026-11-23"})).await.refused(422, "officer.person");
        act(&town, TestCity::UNION, "officers", appointment("<b>", "organiser", "2026-11-23")).await.refused(422, "name.characters");
        act(&town, TestCity::UNION, "officers", appointment("王示例", "organiser", "2021-05-31")).await.refused(422, "officer.day");
        act(&town, TestCity::UNION, "officers", appointment("王示例", "emperor", "2026-11-23")).await.refused(400, "input.invalid");
        assert_eq!(count(&city, "event WHERE payload LIKE '%王示例%' OR payload LIKE '%139000%'").await, 0);
        // An office grants nothing.
        assert_eq!(count(&city, "role_grant").await, 12);
    }

    async fn a_chair_appoints_nobody(city: TestCity) {
        act(&city.chair(), TestCity::UNION, "officers", appointment("王示例", "organiser", "2026-11-23")).await.refused(403, "access.denied");
    }
}
