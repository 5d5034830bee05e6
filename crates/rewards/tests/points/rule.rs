//! A rule answers each event once, within its caps, and says why where it gives nothing.

use kernel::Id;
use kernel::event::Event;
use kernel::event::seal::seal_all;
use kernel::id::Ids;
use kernel::testing::{Client, Who};
use registry::account;
use registry::person::phone::Phone;
use registry::testing::TestCity;
use rewards::points::rule::feed::{follow, step};
use rewards::testing::RewardsCity;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::stage::{approve, budget, fund, funded, id_number_of, number, page, text};

fn welcome(budget: &str) -> Value {
    json!({
        "budget_id": budget, "name": "新会员见面礼", "event_kind": "membership.started", "amount_cents": 2_000,
        "daily_cents": 2_000, "yearly_cents": 4_000, "total_cents": 100_000, "from_on": "2026-11-23", "to_on": "2026-12-31",
    })
}

/// Somebody joins.
async fn joins(city: &RewardsCity, union: Id, person: Option<Id>) {
    let tx = city.system().begin().await.unwrap();
    let event = Event::of("membership.started", "membership", tx.id()).at(union);
    tx.record(match person {
        Some(person) => event.with("person", person),
        None => event,
    })
    .await
    .unwrap();
    tx.commit(()).await.unwrap();
    seal_all(&city.app).await.unwrap();
}

/// Somebody signed in with the phone that the roster has for a member, who has no account yet.
async fn holder(city: &RewardsCity, phone: &str) -> Client {
    let id = Ids::random();
    let mut row = account::blank(id, "member", city.clock.now());
    account::set_phone(&mut row, &*city.app.keys, &Phone::parse(phone).unwrap()).unwrap();
    row.synthetic = Set(true);
    let tx = city.db.begin().await.unwrap();
    account::entity::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    kernel::db::commit(tx).await.unwrap();
    city.client_of(&Who::new().account(id)).await
}

async fn outcomes(city: &RewardsCity, rule: &str) -> Vec<(String, i64)> {
    let page = city.chair().get(&format!("/api/points/rules/{rule}")).await.ok();
    let count = |row: &Value| (text(row, "outcome"), row["events"].as_i64().unwrap());
    page["outcomes"].as_array().unwrap().iter().map(count).collect()
}

fn counts(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(outcome, events)| ((*outcome).to_owned(), *events)).collect()
}

kernel::both_engines! {
    async fn an_event_gives_once_and_within_its_caps(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 7_000).await;
        let (chair, member) = (city.chair(), TestCity::person_of("member"));
        let made = chair.post("/api/points/rules", welcome(&budget)).await.ok();
        let rule = text(&made, "id");
        assert_eq!(made["state"], "waiting");
        joins(&city, TestCity::UNION, Some(member)).await;
        follow(&city.app).await.unwrap();
        assert!(outcomes(&city, &rule).await.is_empty(), "not approved yet");
        approve(&city.vice_chair(), "point_rule", &rule).await.ok();

        joins(&city, TestCity::UNION, Some(member)).await;
        let (one, two) = tokio::join!(follow(&city.app), follow(&city.app));
        one.unwrap();
        two.unwrap();
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 1)]));
        let wallet = city.member().get("/api/wallet").await.ok();
        assert_eq!((&wallet["available_cents"], &wallet["books"][0]["lots"][0]["reason"]), (&json!(2_000), &json!("新会员见面礼")));

        joins(&city, TestCity::UNION, Some(member)).await;
        joins(&city, TestCity::UNION, None).await;
        joins(&city, TestCity::OTHER_UNION, Some(member)).await;
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("daily_cap", 1), ("given", 1), ("nobody", 1)]));
        for _ in 0..2 {
            city.clock.advance(chrono::Duration::days(1));
            joins(&city, TestCity::UNION, Some(member)).await;
        }
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("daily_cap", 1), ("given", 2), ("nobody", 1), ("yearly_cap", 1)]));

        // 3,000 are left: one more gets something, the next one does not, and it is written down.
        for key in ["chair", "vice_chair"] {
            joins(&city, TestCity::UNION, Some(TestCity::person_of(key))).await;
        }
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await[0..2], counts(&[("budget", 1), ("daily_cap", 1)])[..]);
        assert_eq!(page(&chair, &budget).await["balance_cents"], 1_000);
        fund(&city, &budget, 1_000).await;
        follow(&city.app).await.unwrap();
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM transfer WHERE kind = 'issue'").await, 3, "what was refused stays refused");
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM notice WHERE kind = 'points.granted'").await, 3);
        let tx = city.system().begin().await.unwrap();
        assert!(tx.execute_sql("DELETE FROM point_grant", []).await.is_err());
    }

    async fn a_consumer_that_is_killed_goes_on_where_it_was(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        let mut body = welcome(&budget);
        body["daily_cents"] = Value::Null;
        body["yearly_cents"] = Value::Null;
        let rule = text(&city.chair().post("/api/points/rules", body).await.ok(), "id");
        approve(&city.vice_chair(), "point_rule", &rule).await.ok();
        for n in 0..12 {
            joins(&city, TestCity::UNION, Some(TestCity::person_of(["chair", "vice_chair", "member"][n % 3]))).await;
        }
        for cut in 0..6 {
            let app = city.app.clone();
            let run = tokio::spawn(async move { follow(&app).await });
            tokio::time::sleep(std::time::Duration::from_micros(900 * cut)).await;
            run.abort();
            let _ = run.await;
        }
        while step(&city.app).await.unwrap() > 0 {}
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 12)]));
        assert_eq!(page(&city.chair(), &budget).await["balance_cents"], 100_000 - 12 * 2_000);
        let counted = "SELECT CAST(SUM(cents) AS bigint) AS n FROM points_given WHERE purpose = 'festival'";
        assert_eq!(number(&city, counted).await, 12 * 2_000, "what a rule gives counts against the limit of its purpose");
        let ended = city.chair().post(&format!("/api/points/rules/{rule}/end"), json!({})).await.ok();
        assert_eq!(ended["state"], "ended");
        joins(&city, TestCity::UNION, Some(TestCity::person_of("chair"))).await;
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 12)]));
        let mut small = welcome(&budget);
        small["total_cents"] = json!(1_999);
        city.chair().post("/api/points/rules", small).await.refused(422, "point_rule.total");
        let mut wrong = welcome(&budget);
        wrong["event_kind"] = json!("ballots.stored");
        city.chair().post("/api/points/rules", wrong).await.refused(422, "point_rule.event");
    }

    async fn whoever_takes_over_her_record_is_paid_once(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 10_000).await;
        let mut body = welcome(&budget);
        body["event_kind"] = json!("takeover.done");
        let made = city.chair().post("/api/points/rules", body).await.ok();
        let rule = text(&made, "id");
        assert_eq!(made["event_label"], "认领会籍");
        approve(&city.vice_chair(), "point_rule", &rule).await.ok();

        let member = holder(&city, "19900000004").await;
        let said = json!({ "name": "梁示例", "id_tail": id_number_of(4)[12..].to_lowercase(), "consent_version": account::consent::VERSION });
        assert_eq!(member.post("/api/takeover/phone", said.clone()).await.ok()["organization_id"], json!(TestCity::UNION));
        assert_ne!(member.post("/api/takeover/phone", said).await.status, 200, "a record is taken over once");
        seal_all(&city.app).await.unwrap();
        let (one, two) = tokio::join!(follow(&city.app), follow(&city.app));
        one.unwrap();
        two.unwrap();
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 1)]));
        let wallet = member.get("/api/wallet").await.ok();
        assert_eq!((&wallet["available_cents"], &wallet["books"][0]["lots"][0]["reason"]), (&json!(2_000), &json!("新会员见面礼")));

        // A membership that is nobody's, and one of a union that the rule is not for.
        let tx = city.system().begin().await.unwrap();
        for union in [TestCity::UNION, TestCity::OTHER_UNION] {
            tx.record(Event::of("takeover.done", "membership", tx.id()).at(union)).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        seal_all(&city.app).await.unwrap();
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 1), ("nobody", 1)]));
        assert_eq!(number(&city, "SELECT COUNT(*) AS n FROM transfer WHERE kind = 'issue'").await, 1);
        assert_eq!(page(&city.chair(), &budget).await["balance_cents"], 8_000);
    }

    async fn of_a_hundred_events_a_total_for_sixty_pays_sixty(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 100_000).await;
        let mut body = welcome(&budget);
        for (key, value) in [("amount_cents", json!(100)), ("total_cents", json!(6_000)), ("daily_cents", Value::Null), ("yearly_cents", Value::Null)] {
            body[key] = value;
        }
        let rule = text(&city.chair().post("/api/points/rules", body).await.ok(), "id");
        approve(&city.vice_chair(), "point_rule", &rule).await.ok();
        let tx = city.system().begin().await.unwrap();
        for n in 0..100 {
            let event = Event::of("membership.started", "membership", tx.id()).at(TestCity::UNION);
            tx.record(event.with("person", TestCity::person_of(["chair", "vice_chair", "member"][n % 3]))).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        seal_all(&city.app).await.unwrap();
        // Several servers follow at once.
        let follows = (0..4).map(|_| follow(&city.app));
        futures::future::join_all(follows).await.into_iter().for_each(|one| one.unwrap());
        follow(&city.app).await.unwrap();
        assert_eq!(outcomes(&city, &rule).await, counts(&[("given", 60), ("total", 40)]));
        assert_eq!(page(&city.chair(), &budget).await["balance_cents"], 100_000 - 6_000);
        let shown = city.chair().get(&format!("/api/points/rules/{rule}")).await.ok()["rule"].clone();
        assert_eq!((&shown["given_cents"], &shown["total_cents"]), (&json!(6_000), &json!(6_000)));
        let stopped = city.chair().get(&format!("/api/points/rules/{rule}/grants?outcome=total&limit=50")).await.ok();
        assert_eq!(stopped["items"].as_array().map(Vec::len), Some(40));
        // Beside the consumer nobody gets past it either.
        let tx = city.system().begin().await.unwrap();
        assert!(tx.execute_sql("UPDATE point_rule SET given_cents = given_cents + 1", []).await.is_err());
    }

    async fn who_approves_a_rule_follows_from_all_that_it_may_cost(city: RewardsCity) {
        let budget = funded(&city, TestCity::UNION, 3_000_000).await;
        let mut body = welcome(&budget);
        body["total_cents"] = json!(2_500_000);
        let rule = text(&city.chair().post("/api/points/rules", body).await.ok(), "id");
        // Every single grant is small: the town is asked because of the sum.
        assert_eq!(approve(&city.vice_chair(), "point_rule", &rule).await.ok()["progress"], "next");
        let waiting = city.town_officer().get("/api/points/approvals").await.ok();
        assert_eq!((&waiting["items"][0]["total_cents"], &waiting["items"][0]["amount_cents"]), (&json!(2_500_000), &json!(2_000)));
        assert_eq!(approve(&city.town_officer(), "point_rule", &rule).await.ok()["progress"], "done");
        // No more is left in the budget than the union itself approves.
        let small = funded_for(&city, "birthday", 10_000).await;
        let mut body = welcome(&small);
        body["total_cents"] = json!(2_500_000);
        let rule = text(&city.chair().post("/api/points/rules", body).await.ok(), "id");
        assert_eq!(approve(&city.vice_chair(), "point_rule", &rule).await.ok()["progress"], "done");
    }
}

/// A budget for another purpose.
async fn funded_for(city: &RewardsCity, purpose: &str, cents: i64) -> String {
    let budget = budget(city, TestCity::UNION, purpose).await;
    fund(city, &budget, cents).await;
    budget
}
