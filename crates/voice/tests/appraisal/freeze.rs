//! The electorate: copied once, whatever happens meanwhile, and never changed.

use std::collections::BTreeSet;
use std::time::Instant;

use kernel::Id;
use kernel::testing::{long, seeds};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use registry::testing::TestCity;
use registry::testing::crowd::crowd;
use sea_orm::ConnectionTrait;
use serde_json::json;
use voice::appraisal::freeze::{Freezing, Step, carry};
use voice::testing::VoiceCity;

use super::{draft, id, opened, page};

/// An evaluation that is being frozen; nobody has begun yet.
async fn freezing(city: &VoiceCity, union: Id) -> Id {
    let fund = crate::fund::closed(&city.town_officer(), union).await;
    let body = json!({ "scheme": "fund_use", "organization_id": union, "fund_id": fund });
    let row = city.town_officer().post("/api/evaluations", body).await.ok();
    city.town_officer().post(&format!("/api/evaluations/{}/open", id(&row)), json!({})).await.ok();
    id(&row)
}

kernel::both_engines! {
    async fn a_freezing_that_is_killed_ends_with_the_same_electorate(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 3_500).await;
        let undisturbed = freezing(&city, TestCity::UNION).await;
        carry(&city.app, undisturbed).await.unwrap();
        let killed = freezing(&city, TestCity::UNION).await;
        // Each time the process dies after another chunk; the last one dies with everybody copied.
        for chunks in [1, 1, 3] {
            let mut at_work = Freezing::take(&city.app, killed).await.unwrap().unwrap();
            for _ in 0..chunks {
                assert!(matches!(at_work.step().await.unwrap(), Step::Copied(_) | Step::Whole));
            }
        }
        assert_eq!(page(&city.town_officer(), killed).await["evaluation"]["state"], "freezing");
        // Who joins on a later day is not in it.
        city.clock.advance(chrono::Duration::days(1));
        let late = city.enter_members(TestCity::UNION, 1).await;
        let tx = city.system().begin().await.unwrap();
        let sql = "UPDATE membership SET joined_on = $1 WHERE person_id = $2";
        assert_eq!(tx.execute_sql(sql, [tx.today().into(), late[0].into()]).await.unwrap(), 1);
        tx.commit(()).await.unwrap();
        carry(&city.app, killed).await.unwrap();
        carry(&city.app, killed).await.unwrap();
        let electors = city.electors(killed).await;
        assert_eq!(electors.len(), 3_506);
        assert!(electors == city.electors(undisturbed).await && !electors.contains(&late[0]));
        let seen = page(&city.town_officer(), killed).await;
        assert_eq!((&seen["evaluation"]["state"], &seen["evaluation"]["electorate"]), (&json!("open"), &json!(3_506)));
        assert_eq!(seen["instrument"]["opens_on"], "2026-11-23");
    }

    async fn of_two_workers_one_stops(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 2_500).await;
        let evaluation = freezing(&city, TestCity::UNION).await;
        let mut slow = Freezing::take(&city.app, evaluation).await.unwrap().unwrap();
        slow.step().await.unwrap();
        let mut fast = Freezing::take(&city.app, evaluation).await.unwrap().unwrap();
        assert_eq!(slow.step().await.unwrap(), Step::Stopped);
        while fast.step().await.unwrap() != Step::Whole {}
        slow.finish().await.unwrap();
        assert_eq!(page(&city.town_officer(), evaluation).await["evaluation"]["state"], "freezing");
        fast.finish().await.unwrap();
        assert_eq!(page(&city.town_officer(), evaluation).await["evaluation"]["electorate"], 2_506);
        assert!(Freezing::take(&city.app, evaluation).await.unwrap().is_none());
    }

    async fn a_union_that_shrank_meanwhile_is_a_draft_again(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 1).await;
        let row = draft(&city.chair(), "members_home", TestCity::UNION).await;
        let open = format!("/api/evaluations/{}/open", id(&row));
        city.chair().post(&open, json!({})).await.ok();
        city.enter_officer(TestCity::UNION, TestCity::person_of("member"), "vice_chair").await;
        city.work().await;
        let seen = page(&city.chair(), id(&row)).await;
        assert_eq!((&seen["evaluation"]["state"], &seen["evaluation"]["opens_on"]), (&json!("draft"), &json!(null)));
        assert!(city.electors(id(&row)).await.is_empty());
        assert_eq!(super::events(&city, "evaluation.too_small").await.len(), 1);
        city.chair().post(&open, json!({})).await.refused(409, "evaluation.too_small");
    }

    async fn chair_and_deputies_are_never_electors_whatever_offices_there_are(city: VoiceCity) {
        let titles = ["chair", "vice_chair", "audit_director", "women_director", "committee_member", "organiser"];
        let mut people: Vec<Id> = city.enter_members(TestCity::UNION, 20).await;
        people.extend(city.enter_members(TestCity::SMALL_UNION, 6).await);
        let body = json!({ "code": "dormitory", "document": crate::scheme::dormitory() });
        city.city_officer().post("/api/schemes", body).await.ok();
        for seed in seeds() {
            let mut random = StdRng::seed_from_u64(seed);
            city.database().tamper("UPDATE officer SET valid_to = '2026-11-01' WHERE valid_to IS NULL AND title <> 'chair'").await;
            for _ in 0..30 {
                // Chairs stay as they are: a union has one.
                let title = titles[random.random_range(1..titles.len())];
                let union = [TestCity::UNION, TestCity::SMALL_UNION, TestCity::TOWN][random.random_range(0..3)];
                city.enter_officer(union, people[random.random_range(0..people.len())], title).await;
            }
            let body = json!({ "scheme": "dormitory", "organization_id": TestCity::UNION });
            let row = city.chair().post("/api/evaluations", body).await.ok();
            city.chair().post(&format!("/api/evaluations/{}/open", id(&row)), json!({})).await.ok();
            city.work().await;
            let sql = "SELECT person_id FROM officer WHERE organization_id = $1 AND valid_to IS NULL
                AND title IN ('chair', 'vice_chair')";
            let heads = city.db.read().query_all_raw(city.db.statement(sql, [TestCity::UNION.into()])).await.unwrap();
            let heads: BTreeSet<Id> = heads.iter().map(|row| row.try_get("", "person_id").unwrap()).collect();
            let members = city.members_of(TestCity::UNION).await;
            let expected: BTreeSet<Id> = members.difference(&heads).copied().collect();
            assert_eq!(city.electors(id(&row)).await, expected, "seed {seed}");
        }
    }

    async fn what_is_open_cannot_be_changed_behind_the_program(city: VoiceCity) {
        let evaluation = opened(&city, &city.other_county_officer(), "members_home", TestCity::OTHER_UNION).await;
        let cx = city.system();
        let sets = [
            "instrument = '{}'",
            "instrument = NULL",
            // The secret cannot be given up, the text of the instrument being what counts.
            "instrument = replace(instrument, 'blind_rsa', 'separated')",
            "instrument_hash = NULL",
            "electorate = electorate + 1",
            "closes_at = opened_at",
            "opens_on = NULL",
            "opened_at = NULL",
            "year = year + 1",
            "title = 'changed'",
            "plan = '{}'",
            "scheme_code = 'chair_report'",
            "subject_id = NULL",
            "subject_kind = 'survey'",
            "organization_id = subject_id, subject_id = NULL",
            "state = 'draft'",
            "state = 'freezing'",
            "state = 'withdrawn'",
            // Nothing is published before it has closed.
            "state = 'published'",
            "state = 'too_few'",
        ];
        let others = [
            "DELETE FROM evaluation",
            "DELETE FROM elector",
            "UPDATE elector SET organization_id = evaluation_id",
            "INSERT INTO elector (evaluation_id, person_id, organization_id)
             SELECT e.id, p.id, e.organization_id FROM evaluation e, person p WHERE p.id NOT IN (SELECT person_id FROM elector)",
        ];
        let sets = sets.map(|set| format!("UPDATE evaluation SET {set}"));
        for sql in sets.iter().map(String::as_str).chain(others) {
            let tx = cx.begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let tx = cx.begin().await.unwrap();
        tx.execute_sql("UPDATE evaluation SET state = 'closing', closed_at = $1", [tx.now().into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        for state in ["open", "withdrawn", "draft"] {
            let tx = cx.begin().await.unwrap();
            assert!(tx.execute_unprepared(&format!("UPDATE evaluation SET state = '{state}'")).await.is_err(), "{state}");
        }
        let tx = cx.begin().await.unwrap();
        tx.execute_unprepared("UPDATE evaluation SET state = 'too_few'").await.unwrap();
        tx.commit(()).await.unwrap();
        let tx = cx.begin().await.unwrap();
        assert!(tx.execute_unprepared("UPDATE evaluation SET state = 'published'").await.is_err());
        assert_eq!(city.electors(evaluation).await.len(), 5);
    }

    async fn a_whole_city_is_frozen(city: VoiceCity) {
        let (members, unions) = if long() { (652_000, 5_908) } else { (3_000, 200) };
        crowd(&city.app, members, unions).await.unwrap();
        let body = json!({ "scheme": "legislation", "organization_id": TestCity::CITY });
        let row = city.city_officer().post("/api/evaluations", body).await.ok();
        let began = Instant::now();
        city.city_officer().post(&format!("/api/evaluations/{}/open", id(&row)), json!({})).await.ok();
        carry(&city.app, id(&row)).await.unwrap();
        println!("{members} electors frozen in {:.1} s on {:?}", began.elapsed().as_secs_f64(), city.database().engine());
        let seen = page(&city.city_officer(), id(&row)).await;
        assert_eq!((&seen["evaluation"]["state"], &seen["evaluation"]["electorate"]), (&json!("open"), &json!(members + 14)));
    }
}
