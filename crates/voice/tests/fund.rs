//! Budget items: entered, spent, closed, reviewed, and never changed in silence.

use kernel::Id;
use kernel::id::Ids;
use kernel::testing::Client;
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

fn item(union: Id, name: &str) -> Value {
    json!({
        "organization_id": union, "year": 2026, "name": name, "purpose": "给一线职工送清凉", "target": "走访一线班组",
        "target_number": 200, "unit": "人次", "budget_cents": 2_000_000,
    })
}

async fn entered(client: &Client, name: &str) -> Value {
    client.post("/api/funds", item(TestCity::UNION, name)).await.ok()
}

fn path(row: &Value, verb: &str) -> String {
    format!("/api/funds/{}{verb}", row["id"].as_str().unwrap())
}

fn spent(cents: i64, what: &str) -> Value {
    json!({ "kind": "spent", "day": "2026-07-20", "cents": cents, "what": what })
}

/// A closed item of a union, about which members can be asked.
pub async fn closed(client: &Client, union: Id) -> Id {
    let row = client.post("/api/funds", item(union, &format!("职工书屋{}", Ids::random()))).await.ok();
    client
        .post(&path(&row, "/close"), json!({ "version": 1, "outcome": "走访了全部班组", "outcome_number": 210 }))
        .await
        .ok();
    row["id"].as_str().unwrap().parse().unwrap()
}

kernel::both_engines! {
    async fn from_the_target_to_what_members_say(city: VoiceCity) {
        let (chair, member) = (city.chair(), city.member());
        let row = entered(&chair, "高温送清凉").await;
        assert_eq!((&row["state"], &row["spent_cents"]), (&json!("running"), &json!(0)));
        let first = chair.post(&path(&row, "/entries"), spent(800_000, "防暑降温用品")).await.ok();
        assert_eq!(first["spent_cents"], 800_000);
        let body = json!({ "scheme": "fund_use", "organization_id": TestCity::UNION, "fund_id": row["id"] });
        chair.post("/api/evaluations", body.clone()).await.refused(409, "fund.running");
        let seen = member.get(&path(&row, "")).await.ok();
        assert_eq!((&seen["may_keep"], &seen["entries"][0]["what"]), (&json!(false), &json!("防暑降温用品")));
        let version = seen["fund"]["version"].clone();
        let close = json!({ "version": version, "outcome": "走访了全部班组", "outcome_number": 210 });
        chair.post(&path(&row, "/close"), close.clone()).await.ok();
        chair.post(&path(&row, "/close"), close).await.refused(409, "fund.closed");

        let made = chair.post("/api/evaluations", body).await.ok();
        assert_eq!(made["subject_name"], "高温送清凉");
        chair.post(&format!("/api/evaluations/{}/open", made["id"].as_str().unwrap()), json!({})).await.ok();
        city.work().await;
        let seen = member.get(&path(&row, "")).await.ok();
        let review = &seen["reviews"][0];
        assert_eq!((&review["evaluation_id"], &review["state"]), (&made["id"], &json!("open")));
        assert_eq!((&review["figures"], &seen["fund"]["outcome_number"]), (&Value::Null, &json!(210)));
    }

    async fn what_is_closed_is_corrected_and_never_changed(city: VoiceCity) {
        let chair = city.chair();
        let row = entered(&chair, "节日慰问").await;
        let first = chair.post(&path(&row, "/entries"), spent(500_000, "慰问品")).await.ok();
        let adjust = json!({ "version": 2, "budget_cents": 1_500_000, "purpose": "春节慰问困难职工" });
        assert_eq!(chair.post(&path(&row, "/adjust"), adjust.clone()).await.ok()["budget_cents"], 1_500_000);
        chair.post(&path(&row, "/adjust"), adjust).await.refused(409, "fund.changed");
        let close = json!({ "version": 3, "outcome": "发放完毕" });
        chair.post(&path(&row, "/close"), close).await.refused(422, "fund.form");
        let close = json!({ "version": 3, "outcome": "发放完毕", "outcome_number": 198 });
        chair.post(&path(&row, "/close"), close).await.ok();
        for (verb, body) in [("/entries", spent(1, "再买一点")), ("/adjust", json!({ "version": 4, "target": "别的目标" }))] {
            chair.post(&path(&row, verb), body).await.refused(409, "fund.closed");
        }
        let correct = |cents: i64, of: Value| json!({ "kind": "correction", "cents": cents, "what": "发票重复登记", "corrects": of });
        chair.post(&path(&row, "/entries"), correct(-600_000, first["id"].clone())).await.refused(422, "fund.below_zero");
        chair.post(&path(&row, "/entries"), correct(-1, json!(Ids::random()))).await.refused(422, "fund.entry");
        chair.post(&path(&row, "/entries"), correct(-1, Value::Null)).await.refused(422, "fund.entry");
        let left = chair.post(&path(&row, "/entries"), correct(-100_000, first["id"].clone())).await.ok();
        assert_eq!(left["spent_cents"], 400_000);
        let note = json!({ "kind": "note", "what": "审计已经核对" });
        chair.post(&path(&row, "/entries"), note).await.ok();
        let seen = chair.get(&path(&row, "")).await.ok();
        assert_eq!((seen["entries"].as_array().unwrap().len(), &seen["fund"]["spent_cents"]), (3, &json!(400_000)));

        // Not even somebody with the database can do it in silence.
        let id: Id = row["id"].as_str().unwrap().parse().unwrap();
        for sql in [
            "UPDATE fund_item SET outcome = '更好看的结果' WHERE id = $1",
            "DELETE FROM fund_item WHERE id = $1",
            "UPDATE fund_entry SET cents = 1 WHERE item_id = $1",
            "DELETE FROM fund_entry WHERE item_id = $1",
            "INSERT INTO fund_entry (id, item_id, kind, day, cents, what, entered_at)
                SELECT $1, id, 'spent', closed_on, 1, '补一笔', entered_at FROM fund_item WHERE id = $1",
        ] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_raw(city.db.statement(sql, [id.into()])).await.is_err(), "{sql}");
        }
    }

    async fn members_see_what_is_theirs_and_officers_what_is_below(city: VoiceCity) {
        let row = entered(&city.chair(), "职工书屋").await;
        city.chair().post("/api/funds", item(TestCity::UNION, "职工书屋")).await.refused(409, "fund.twice");
        let town = city.town_officer().post("/api/funds", item(TestCity::TOWN, "职工驿站")).await.ok();
        let names = async |client: &Client| -> Vec<String> {
            let page = client.get("/api/funds").await.ok();
            let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&city.member()).await, ["职工书屋", "职工驿站"], "of the union, and of the town above it");
        assert_eq!(names(&city.town_officer()).await, ["职工书屋", "职工驿站"]);
        assert!(names(&city.other_county_officer()).await.is_empty());
        city.other_county_officer().get(&path(&row, "")).await.refused(404, "not_found");
        city.other_county_officer().post(&path(&town, "/entries"), spent(1, "不该登记")).await.refused(404, "not_found");
        city.chair().post(&path(&town, "/entries"), spent(1, "不该登记")).await.refused(404, "not_found");
        city.member().post("/api/funds", item(TestCity::UNION, "会员的")).await.refused(403, "access.denied");
        city.stranger().get("/api/funds").await.refused(401, "auth.required");
        let mut wrong = item(TestCity::UNION, "没有单位");
        wrong["unit"] = Value::Null;
        city.chair().post("/api/funds", wrong).await.refused(422, "fund.form");
        let late = json!({ "kind": "spent", "day": "2026-12-01", "cents": 1, "what": "还没有花" });
        city.chair().post(&path(&row, "/entries"), late).await.refused(422, "fund.day");
    }

    async fn two_who_enter_at_once_are_both_counted(city: VoiceCity) {
        let row = entered(&city.chair(), "文体活动").await;
        let (chair, town, address) = (city.chair(), city.town_officer(), path(&row, "/entries"));
        let (one, two) = futures::join!(chair.post(&address, spent(300, "球赛")), town.post(&address, spent(500, "奖品")));
        let sums = [one.ok()["spent_cents"].as_i64().unwrap(), two.ok()["spent_cents"].as_i64().unwrap()];
        assert_eq!(sums.iter().max(), Some(&800), "{sums:?}");
    }
}
