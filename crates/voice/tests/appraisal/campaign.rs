//! Evaluations of many unions at once, and what is covered in a year.

use std::collections::BTreeMap;

use chrono::Duration;
use kernel::Id;
use kernel::calendar::Due;
use kernel::testing::Client;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::appraisal::campaign::{Preparing, give_up, give_up_rest, prepare};
use voice::appraisal::round;
use voice::duty::{self, DutyKind, NewDuty};
use voice::testing::VoiceCity;

use super::{draft, events, id, opened, page};

fn of_county(more: Value) -> Value {
    let mut body = json!({ "scheme": "members_home", "organization_id": TestCity::COUNTY, "opens_on": "2026-11-24" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn start(client: &Client, more: Value) -> Id {
    id(&client.post("/api/campaigns", of_county(more)).await.ok())
}

async fn outcomes(client: &Client, campaign: Id) -> BTreeMap<Id, (String, Option<Id>)> {
    let rows = client.get(&format!("/api/campaigns/{campaign}/unions")).await.ok();
    let row = |row: &Value| {
        let evaluation = row["evaluation_id"].as_str().map(|id| id.parse().unwrap());
        (
            row["organization_id"].as_str().unwrap().parse().unwrap(),
            (row["outcome"].as_str().unwrap().to_owned(), evaluation),
        )
    };
    rows["items"].as_array().unwrap().iter().map(row).collect()
}

async fn drafts(city: &VoiceCity) -> i64 {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM evaluation WHERE state <> 'withdrawn'";
    city.db.read().query_one_raw(city.db.statement(sql, [])).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// More drafts of a campaign beside this one, each with a report that is due on the first day.
async fn more_drafts(city: &VoiceCity, like: Id, many: usize) {
    let tx = city.system().begin_bulk().await.unwrap();
    let day = "2026-11-24".parse().unwrap();
    for _ in 0..many {
        let id = tx.id();
        let copy =
            "INSERT INTO evaluation (id, campaign_id, organization_id, scheme_code, scheme_version, subject_kind,
            subject_id, title, year, plan, state, opens_on, closes_at, created_at, version)
            SELECT $1, campaign_id, organization_id, scheme_code, scheme_version, subject_kind, subject_id, title, year,
            plan, state, opens_on, closes_at, created_at, version FROM evaluation WHERE id = $2";
        assert_eq!(tx.execute_sql(copy, [id.into(), like.into()]).await.unwrap(), 1);
        let due = Due { day, derivation: vec!["示例".into()], rule: None };
        let (evaluation_id, organization_id) = (id, TestCity::UNION);
        let report = NewDuty { evaluation_id, organization_id, kind: DutyKind::Report, subject_id: id, due };
        duty::begin(&tx, report).await.unwrap();
    }
    tx.commit(()).await.unwrap();
}

kernel::both_engines! {
    async fn large_unions_vote_alone_small_ones_of_a_town_together(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        // Another small union of the town: with the two of the other one it makes six.
        let third = Id::from_u128(0xabc);
        let tx = city.system().begin_bulk().await.unwrap();
        kernel::node::create(&tx, third, "grassroots", Some(TestCity::TOWN), "2022-01-01".parse().unwrap()).await.unwrap();
        let sql = "INSERT INTO organization (id, name, kind, state, division_code, established_on, synthetic, created_at, version)
            VALUES ($1, '示例小店工会', 'grassroots', 'established', '440703101', '2022-01-01', true, $2, 1)";
        tx.execute_sql(sql, [third.into(), tx.now().into()]).await.unwrap();
        tx.commit(()).await.unwrap();
        city.enter_members(third, 4).await;

        let county = city.county_officer();
        let campaign = start(&county, json!({})).await;
        city.work().await;
        let came = outcomes(&county, campaign).await;
        let outcome = |union: Id| came[&union].0.as_str();
        assert_eq!(outcome(TestCity::UNION), "alone");
        assert_eq!((outcome(TestCity::SMALL_UNION), outcome(third)), ("joint", "joint"));
        assert_eq!(came[&third].1, came[&TestCity::SMALL_UNION].1);
        assert_eq!(came[&TestCity::STREET_UNION], ("too_few".to_owned(), None));
        let seen = county.get(&format!("/api/campaigns/{campaign}")).await.ok();
        assert_eq!(seen["campaign"]["state"], "running");
        assert_eq!(seen["outcomes"], json!({ "alone": 1, "joint": 2, "too_few": 1 }), "the figures are the rows");
        assert_eq!(seen["states"], json!({ "draft": 2 }));

        round::round(&city.app).await.unwrap();
        city.work().await;
        let none = county.get(&format!("/api/campaigns/{campaign}")).await.ok();
        assert_eq!(none["states"], json!({ "draft": 2 }), "the day has not come");
        city.clock.advance(Duration::days(1));
        round::round(&city.app).await.unwrap();
        city.work().await;
        let seen = county.get(&format!("/api/campaigns/{campaign}")).await.ok();
        assert_eq!(seen["states"], json!({ "open": 2 }));
        assert_eq!(city.electors(came[&third].1.unwrap()).await.len(), 6);
        assert_eq!(city.electors(came[&TestCity::UNION].1.unwrap()).await.len(), 8);
        let list = county.get(&format!("/api/evaluations?campaign_id={campaign}")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
    }

    async fn two_campaigns_at_once_ask_a_union_once(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let (one, two) = (city.county_officer(), city.city_officer());
        let (first, second) = futures::join!(start(&one, json!({})), start(&two, json!({})));
        let (one, two) = futures::join!(prepare(&city.app, first), prepare(&city.app, second));
        one.unwrap();
        two.unwrap();
        let (first, second) = (outcomes(&city.city_officer(), first).await, outcomes(&city.city_officer(), second).await);
        let mut of_union = [first[&TestCity::UNION].0.as_str(), second[&TestCity::UNION].0.as_str()];
        of_union.sort_unstable();
        assert_eq!(of_union, ["alone", "already"]);
        assert_eq!(drafts(&city).await, 1);
        city.work().await;
        assert_eq!(drafts(&city).await, 1);
    }

    async fn the_same_submit_twice_is_one_campaign(city: VoiceCity) {
        let county = city.county_officer();
        let one = county.post_once("/api/campaigns", "again", of_county(json!({}))).await.ok();
        let two = county.post_once("/api/campaigns", "again", of_county(json!({}))).await.ok();
        assert_eq!(one["id"], two["id"]);
        city.work().await;
        assert_eq!(events(&city, "campaign.prepared").await.len(), 1);
    }

    async fn a_campaign_that_is_killed_goes_on_where_it_was(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let campaign = start(&city.county_officer(), json!({})).await;
        let mut first = Preparing::take(&city.app, campaign).await.unwrap().unwrap();
        assert!(first.step().await.unwrap());
        let before = outcomes(&city.county_officer(), campaign).await;
        assert!(!before.is_empty());
        let mut second = Preparing::take(&city.app, campaign).await.unwrap().unwrap();
        assert!(!first.step().await.unwrap(), "the fence is closed");
        while second.step().await.unwrap() {}
        prepare(&city.app, campaign).await.unwrap();
        let after = outcomes(&city.county_officer(), campaign).await;
        assert_eq!(after.len(), 3);
        assert!(before.iter().all(|(union, outcome)| after[union] == *outcome));
        assert_eq!(drafts(&city).await, 1);
    }

    async fn who_has_no_chair_is_told_and_who_lost_him_is_held_back(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let county = city.county_officer();
        let campaign = start(&county, json!({ "scheme": "chair_report" })).await;
        city.work().await;
        let came = outcomes(&county, campaign).await;
        assert_eq!(came[&TestCity::SMALL_UNION].0, "no_chair");
        let evaluation = came[&TestCity::UNION].1.unwrap();
        city.database().tamper("UPDATE officer SET valid_to = '2026-11-01' WHERE title = 'chair'").await;
        city.clock.advance(Duration::days(1));
        round::round(&city.app).await.unwrap();
        let row = &page(&county, evaluation).await["evaluation"];
        assert_eq!((&row["state"], &row["opens_on"]), (&json!("draft"), &Value::Null));
        let told = events(&city, "evaluation.held_back").await;
        assert!(told.len() == 1 && told[0].payload.contains("evaluation.chair_changed"));
    }

    async fn a_filter_narrows_and_a_wrong_start_is_refused(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let county = city.county_officer();
        let campaign = start(&county, json!({ "least_members": 5 })).await;
        city.work().await;
        assert_eq!(outcomes(&county, campaign).await.keys().copied().collect::<Vec<_>>(), [TestCity::UNION]);
        let campaign = start(&county, json!({ "most_members": 1, "kinds": ["grassroots"] })).await;
        city.work().await;
        assert_eq!(outcomes(&county, campaign).await.keys().copied().collect::<Vec<_>>(), [TestCity::STREET_UNION]);
        let refused = [
            (json!({ "scheme": "enforcement" }), 422, "campaign.subject"),
            (json!({ "opens_on": "2026-11-22" }), 422, "campaign.dates"),
            (json!({ "kinds": ["trade"] }), 422, "campaign.none"),
            (json!({ "closes_on": "2026-11-25" }), 422, "evaluation.days"),
            (json!({ "rule": "age >" }), 422, "segment.syntax"),
            (json!({ "organization_id": TestCity::OTHER_COUNTY }), 404, "not_found"),
        ];
        for (more, status, code) in refused {
            county.post("/api/campaigns", of_county(more)).await.refused(status, code);
        }
        city.chair().post("/api/campaigns", of_county(json!({}))).await.refused(403, "access.denied");
        let path = format!("/api/campaigns/{campaign}");
        city.other_county_officer().get(&path).await.refused(404, "not_found");
        city.other_county_officer().post(&format!("{path}/withdraw"), json!({})).await.refused(404, "not_found");
        assert_eq!(city.other_county_officer().get("/api/campaigns").await.ok()["items"], json!([]));
        assert_eq!(county.get("/api/campaigns").await.ok()["items"].as_array().unwrap().len(), 2);
    }

    async fn a_campaign_that_is_given_up_frees_the_year(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let county = city.county_officer();
        let campaign = start(&county, json!({})).await;
        city.work().await;
        let path = format!("/api/campaigns/{campaign}/withdraw");
        assert_eq!(county.post(&path, json!({})).await.ok()["drafts"], 1);
        county.post(&path, json!({})).await.refused(409, "campaign.state");
        city.work().await;
        draft(&city.chair(), "members_home", TestCity::UNION).await;
    }

    async fn a_campaign_that_is_given_up_opens_nothing_and_is_withdrawn_bit_by_bit(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        let county = city.county_officer();
        let campaign = start(&county, json!({ "scheme": "chair_report" })).await;
        city.work().await;
        let own = outcomes(&county, campaign).await[&TestCity::UNION].1.unwrap();
        city.report(own).await;
        more_drafts(&city, own, 90).await;
        let path = format!("/api/campaigns/{campaign}/withdraw");
        assert_eq!(county.post(&path, json!({})).await.ok()["drafts"], 91);
        // From the mark on nothing opens, although the day has come and nobody has withdrawn a draft yet.
        city.clock.advance(Duration::days(1));
        assert_eq!(round::open_due(&city.app).await.unwrap(), 0);
        city.chair().post(&format!("/api/evaluations/{own}/open"), json!({})).await.refused(409, "evaluation.state");
        assert_eq!(drafts(&city).await, 91);
        // Cut off somewhere, then carried on by two at once.
        let app = city.app.clone();
        let cut = tokio::spawn(async move { give_up(&app, campaign).await });
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        cut.abort();
        let _ = cut.await;
        let (one, two) = futures::join!(give_up_rest(&city.app), give_up(&city.app, campaign));
        one.unwrap();
        two.unwrap();
        city.work().await;
        assert_eq!(drafts(&city).await, 0);
        assert_eq!(events(&city, "evaluation.withdrawn").await.len(), 91, "each once");
        // The report that was handed in stays done; of the others nothing is owed, and nothing counts as done.
        assert_eq!(events(&city, "duty.cancelled").await.len(), 90);
        let figures = county.get("/api/duties/figures?kind=report").await.ok();
        assert_eq!((&figures["cancelled"], &figures["done"], &figures["overdue"]), (&json!(90), &json!(1), &json!(0)));
        draft(&city.chair(), "chair_report", TestCity::UNION).await;
        city.clock.advance(Duration::days(40));
        assert_eq!(duty::tell::round(&city.app).await.unwrap(), 0, "nobody above hears of it");
    }

    async fn coverage_counts_its_rows(city: VoiceCity) {
        city.enter_members(TestCity::UNION, 4).await;
        city.database().tamper("UPDATE organization SET employees_declared = 120 WHERE kind = 'grassroots'").await;
        let county = city.county_officer();
        let figures = async || county.get("/api/evaluations/coverage").await.ok();
        let rows = async |query: &str| {
            let rows = county.get(&format!("/api/evaluations/coverage/unions?{query}")).await.ok();
            rows["items"].as_array().unwrap().clone()
        };
        let seen = figures().await;
        assert_eq!((&seen["scheme"], &seen["year"], &seen["firm_people"]), (&json!("chair_report"), &json!(2026), &json!(100)));
        assert_eq!(seen["firms"], json!({ "unions": 3, "covered": 0, "missing": 3 }));
        assert_eq!(seen["towns"], json!({ "unions": 2, "covered": 0, "missing": 2 }));
        let row = draft(&city.chair(), "chair_report", TestCity::UNION).await;
        assert_eq!(figures().await["firms"]["covered"], 0, "a draft covers nobody");
        city.chair().post(&format!("/api/evaluations/{}/withdraw", id(&row)), json!({})).await.ok();
        let evaluation = opened(&city, &city.chair(), "chair_report", TestCity::UNION).await;
        assert_eq!(figures().await["firms"], json!({ "unions": 3, "covered": 1, "missing": 2 }));
        let covered = rows("group=firm&covered=true").await;
        assert_eq!((covered.len(), &covered[0]["evaluation_id"]), (1, &json!(evaluation)));
        assert_eq!(rows("group=firm&covered=false").await.len(), 2);
        assert_eq!(rows("group=town").await.len(), 2);
        assert_eq!(rows("year=2025&covered=true").await.len(), 0);
        assert_eq!(rows("limit=2").await.len(), 2);
        let other = city.other_county_officer();
        other.get(&format!("/api/evaluations/coverage?within={}", TestCity::UNION)).await.refused(404, "not_found");
        assert_eq!(other.get("/api/evaluations/coverage").await.ok()["firms"]["unions"], 1);
    }
}
