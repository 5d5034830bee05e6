//! Delegates: who keeps them, who reads how many, and who they are on a day.

use kernel::testing::Client;
use kernel::time::Day;
use kernel::{Id, both_engines};
use registry::member::entity as membership;
use registry::segment::{People, Segment};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

fn path(union: Id) -> String {
    format!("/api/organizations/{union}/delegates")
}

async fn membership_of(city: &TestCity, key: &str) -> Id {
    let found = membership::Entity::find().filter(membership::Column::PersonId.eq(TestCity::person_of(key)));
    found.one(city.db.read()).await.unwrap().unwrap().id
}

fn elected(membership: Id, from: &str) -> Value {
    json!({"membership_id": membership, "from": from, "basis": "第三届会员代表大会选举当选"})
}

async fn entered(by: &Client, membership: Id, from: &str) -> String {
    let answer = by.post(&path(TestCity::UNION), elected(membership, from)).await.ok();
    answer["id"].as_str().unwrap().to_owned()
}

/// Persons whom `is_delegate` covers below a union on a day.
async fn delegates(city: &TestCity, root: Id, day: &str) -> Vec<Id> {
    let (segment, day): (Segment, Day) = (Segment::parse("is_delegate").unwrap(), day.parse().unwrap());
    let mut people = People::below(city.db.read(), &segment, Some(&[root]), day, &[]).await.unwrap();
    let chunk = people.next(city.db.read(), None, 100).await.unwrap();
    chunk.electors.into_iter().map(|elector| elector.person_id).collect()
}

both_engines! {
    async fn the_unions_own_officers_keep_them_and_others_read_how_many(city: TestCity) {
        let (chair, vice) = (city.chair(), city.vice_chair());
        let (member, other) = (membership_of(&city, "member").await, membership_of(&city, "vice_chair").await);
        let seat = entered(&chair, member, "2024-05-01").await;
        vice.post(&path(TestCity::UNION), elected(member, "2026-05-01")).await.refused(409, "delegate.twice");
        entered(&vice, other, "2026-11-23").await;
        let seen = chair.get(&path(TestCity::UNION)).await.ok();
        assert_eq!((&seen["standing"], &seen["may_keep"]), (&json!(2), &json!(true)));
        let row = seen["items"].as_array().unwrap().iter().find(|row| row["id"] == seat.as_str()).unwrap();
        assert_eq!((&row["from"], &row["to"]), (&json!("2024-05-01"), &Value::Null));
        // Above: a figure.
        for above in [city.town_officer(), city.county_officer(), city.city_officer()] {
            let seen = above.get(&path(TestCity::UNION)).await.ok();
            assert_eq!(seen, json!({"standing": 2, "may_keep": false, "items": []}));
            above.post(&path(TestCity::UNION), elected(member, "2026-11-23")).await.refused(403, "access.denied");
        }
        city.other_county_officer().get(&path(TestCity::UNION)).await.refused(404, "not_found");
        chair.post(&path(TestCity::SMALL_UNION), elected(member, "2026-11-23")).await.refused(404, "not_found");
        // Only the union's own members, on days that can be.
        let stranger = membership::Entity::find().filter(membership::Column::OrganizationId.eq(TestCity::SMALL_UNION));
        let stranger = stranger.one(city.db.read()).await.unwrap().unwrap().id;
        chair.post(&path(TestCity::UNION), elected(stranger, "2026-11-23")).await.refused(422, "delegate.person");
        let own = membership_of(&city, "chair").await;
        for day in ["2021-06-30", "2026-11-24"] {
            chair.post(&path(TestCity::UNION), elected(own, day)).await.refused(422, "delegate.day");
        }
        let silent = json!({"membership_id": own, "from": "2026-11-23", "basis": " "});
        chair.post(&path(TestCity::UNION), silent).await.refused(422, "delegate.reason");
    }

    async fn a_seat_has_days_that_stay_and_is_over_with_the_membership(city: TestCity) {
        let chair = city.chair();
        let [member, vice] = ["member", "vice_chair"].map(TestCity::person_of);
        let (of_member, of_vice) = (membership_of(&city, "member").await, membership_of(&city, "vice_chair").await);
        let seat = entered(&chair, of_member, "2024-05-01").await;
        entered(&chair, of_vice, "2025-05-01").await;
        let end = format!("{}/{seat}/end", path(TestCity::UNION));
        let ended = |on: &str| json!({"on": on, "reason": "调离本单位"});
        chair.post(&end, ended("2024-04-30")).await.refused(422, "delegate.day");
        chair.post(&end, ended("2026-11-24")).await.refused(422, "delegate.day");
        chair.post(&end, ended("2026-01-01")).await.ok();
        chair.post(&end, ended("2026-01-02")).await.refused(409, "delegate.ended");
        for (day, expected) in [
            ("2024-04-30", vec![]),
            ("2024-05-01", vec![member]),
            ("2025-12-31", vec![vice, member]),
            ("2026-01-01", vec![vice]),
        ] {
            let mut found = delegates(&city, TestCity::UNION, day).await;
            found.sort_unstable();
            let mut expected = expected;
            expected.sort_unstable();
            assert_eq!(found, expected, "{day}");
        }
        assert_eq!(delegates(&city, TestCity::CITY, "2026-11-23").await, vec![vice]);
        assert!(delegates(&city, TestCity::SMALL_UNION, "2026-11-23").await.is_empty());
        // Elected again from the end on, not within the seat before.
        chair.post(&path(TestCity::UNION), elected(of_member, "2025-12-31")).await.refused(422, "delegate.day");
        entered(&chair, of_member, "2026-01-01").await;
        assert_eq!(delegates(&city, TestCity::UNION, "2026-11-23").await.len(), 2);
        // Who leaves the union speaks for it no more.
        let leaves = json!({"state": "left", "reason": "本人申请退会"});
        chair.post(&format!("/api/members/{of_vice}/end"), leaves).await.ok();
        assert_eq!(delegates(&city, TestCity::UNION, "2026-11-23").await, vec![member]);
        let seen = chair.get(&path(TestCity::UNION)).await.ok();
        assert_eq!((&seen["standing"], seen["items"].as_array().unwrap().len()), (&json!(1), 3));
        for sql in ["DELETE FROM delegate", "UPDATE delegate SET valid_from = '2020-01-01'"] {
            let tx = city.system().begin_bulk().await.unwrap();
            assert!(tx.execute_sql(sql, []).await.is_err(), "{sql}");
        }
        let events = "SELECT kind FROM event WHERE payload LIKE '%调离%' OR payload LIKE '%选举%'";
        let told = sea_orm::ConnectionTrait::query_all_raw(city.db.read(), city.db.statement(events, [])).await.unwrap();
        assert!(told.is_empty(), "no words in events");
    }
}
