//! The clock of duties: seen at once, told level by level, moved only later.

mod tell;

use chrono::Duration;
use kernel::{Id, calendar};
use registry::testing::TestCity;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use voice::duty::{self, DutyKind, NewDuty, entity, recount};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// Begins a duty of a union that is due in so many days, whatever day that is; answers what it is about.
async fn begin(city: &VoiceCity, evaluation: Id, union: Id, kind: DutyKind, days: i64) -> Id {
    let tx = city.system().begin().await.unwrap();
    let subject = tx.id();
    let day = tx.today() + Duration::days(days);
    let due = calendar::Due { day, derivation: vec![format!("定于 {day}")], rule: None };
    let new = NewDuty { evaluation_id: evaluation, organization_id: union, kind, subject_id: subject, due };
    duty::begin(&tx, new.clone()).await.unwrap();
    duty::begin(&tx, new).await.unwrap();
    tx.commit(()).await.unwrap();
    subject
}

async fn evaluation(city: &VoiceCity) -> Id {
    Stage::open(city, 5).await.row().await.evaluation_id
}

async fn row(city: &VoiceCity, subject: Id) -> entity::Model {
    let row = entity::Entity::find().filter(entity::Column::SubjectId.eq(subject));
    row.one(city.db.read()).await.unwrap().unwrap()
}

async fn done(city: &VoiceCity, kind: DutyKind, subject: Id) -> bool {
    let tx = city.system().begin().await.unwrap();
    let done = duty::done(&tx, kind, subject).await.unwrap();
    tx.commit(done).await.unwrap()
}

async fn cancelled(city: &VoiceCity, subject: Id) -> bool {
    let tx = city.system().begin().await.unwrap();
    let cancelled = duty::cancel(&tx, DutyKind::Report, subject).await.unwrap();
    tx.commit(cancelled).await.unwrap()
}

/// How many rows a query finds.
async fn number(city: &VoiceCity, sql: &str, id: Id) -> usize {
    city.db.read().query_all_raw(city.db.statement(sql, [id.into()])).await.unwrap().len()
}

async fn refused_by_the_table(city: &VoiceCity, sql: &str, id: Id) {
    let tx = city.system().begin().await.unwrap();
    assert!(tx.execute_sql(sql, [id.into()]).await.is_err(), "{sql}");
}

kernel::both_engines! {
    async fn a_duty_is_begun_once_and_done_once(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Plan, 10).await;
        assert_eq!(number(&city, "SELECT id FROM duty WHERE subject_id = $1", subject).await, 1);
        assert!(!done(&city, DutyKind::Item, subject).await, "another kind is another duty");
        city.clock.advance(Duration::days(3));
        assert!(done(&city, DutyKind::Plan, subject).await);
        assert!(!done(&city, DutyKind::Plan, subject).await);
        assert_eq!(row(&city, subject).await.done_on, Some(city.clock.today()));
        city.clock.advance(Duration::days(1));
        assert!(!done(&city, DutyKind::Plan, subject).await, "the day on which it was done stays");
    }

    async fn what_is_not_owed_any_more_ends_once_and_is_late_for_nobody(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Report, 4).await;
        let id = row(&city, subject).await.id;
        assert!(cancelled(&city, subject).await);
        assert!(!cancelled(&city, subject).await && !done(&city, DutyKind::Report, subject).await, "it ended once");
        for sql in [
            "UPDATE duty SET cancelled_on = NULL WHERE id = $1",
            "UPDATE duty SET cancelled_on = '2026-12-01' WHERE id = $1",
            "UPDATE duty SET done_on = '2026-11-23' WHERE id = $1",
            "UPDATE duty SET cancelled_on = NULL, done_on = '2026-11-23' WHERE id = $1",
            "DELETE FROM duty WHERE id = $1",
        ] {
            refused_by_the_table(&city, sql, id).await;
        }
        let path = format!("/api/duties/{id}/extend");
        let more = json!({ "due_on": "2026-12-05", "reason": "材料未齐" });
        city.town_officer().post(&path, more).await.refused(409, "duty.cancelled");
        city.clock.advance(Duration::days(30));
        assert_eq!(duty::tell::round(&city.app).await.unwrap(), 0);
        let rows = city.chair().get("/api/duties?standing=cancelled").await.ok();
        let one = &rows["items"][0];
        let seen = (&one["standing"], &one["days_late"], &one["cancelled_on"], &one["done_on"], &one["may_extend"]);
        let (day, none, no) = (json!("2026-11-23"), Value::Null, json!(false));
        assert_eq!(seen, (&json!("cancelled"), &json!(0), &day, &none, &no));
        // What was done cannot be given up afterwards; nor on a day before the level above was told.
        let other = begin(&city, of, TestCity::UNION, DutyKind::Report, 4).await;
        assert!(done(&city, DutyKind::Report, other).await && !cancelled(&city, other).await);
        let told = begin(&city, of, TestCity::UNION, DutyKind::Report, -1).await;
        city.clock.advance(Duration::days(1));
        assert!(duty::tell::round(&city.app).await.unwrap() > 0);
        refused_by_the_table(&city, "UPDATE duty SET cancelled_on = begun_on WHERE id = $1", row(&city, told).await.id).await;
        assert!(cancelled(&city, told).await);
    }

    async fn figures_are_the_numbers_of_rows(city: VoiceCity) {
        let of = evaluation(&city).await;
        for days in [-20, -15, -14, -2, -1, 0, 5, 6, 40] {
            begin(&city, of, TestCity::UNION, DutyKind::Answer, days).await;
        }
        for days in [-1, 30] {
            begin(&city, of, TestCity::OTHER_UNION, DutyKind::Plan, days).await;
        }
        let on_time = begin(&city, of, TestCity::UNION, DutyKind::Answer, 1).await;
        let late = begin(&city, of, TestCity::UNION, DutyKind::Answer, -1).await;
        assert!(done(&city, DutyKind::Answer, on_time).await && done(&city, DutyKind::Answer, late).await);
        let given_up = begin(&city, of, TestCity::UNION, DutyKind::Report, -30).await;
        assert!(cancelled(&city, given_up).await);
        let officer = city.city_officer();
        let figures = officer.get("/api/duties/figures").await.ok();
        let expected = json!({
            "on_time": 3, "due_soon": 2, "overdue": 4, "very_overdue": 2, "done": 1, "done_late": 1, "cancelled": 1,
        });
        assert_eq!(figures, expected);
        for (standing, wanted) in expected.as_object().unwrap() {
            let mut rows = Vec::new();
            let mut next = String::new();
            loop {
                let page = officer.get(&format!("/api/duties?standing={standing}&limit=1{next}")).await.ok();
                rows.extend(page["items"].as_array().unwrap().clone());
                let Some(after) = page["next"].as_str() else { break };
                next = format!("&after={after}");
            }
            assert_eq!(json!(rows.len()), *wanted, "{standing}");
            assert!(rows.iter().all(|row| row["standing"] == *standing));
            assert!(rows.windows(2).all(|pair| pair[0]["due_on"].as_str() <= pair[1]["due_on"].as_str()));
        }
        // The town sees its own, the other county its own; a chair sees his union's; nobody else anything.
        let town = city.town_officer().get("/api/duties/figures?kind=plan").await.ok();
        assert_eq!((&town["overdue"], &town["on_time"]), (&json!(0), &json!(0)));
        assert_eq!(city.other_county_officer().get("/api/duties").await.ok()["items"].as_array().unwrap().len(), 2);
        let own = city.chair().get("/api/duties?standing=overdue").await.ok();
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["may_extend"]), (3, &json!(false)));
        city.member().get("/api/duties").await.refused(403, "access.denied");
        officer.get("/api/duties?after=x").await.refused(400, "input.invalid");
    }

    async fn a_last_day_moves_later_with_a_reason_and_never_back(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Item, 4).await;
        let id = row(&city, subject).await.id;
        let path = format!("/api/duties/{id}/extend");
        let ask = |day: &str, reason: &str| json!({ "due_on": day, "reason": reason });
        let town = city.town_officer();
        town.post(&path, ask("2026-12-05", " ")).await.refused(422, "duty.reason");
        town.post(&path, ask("2026-11-27", "材料未齐")).await.refused(422, "duty.extension");
        town.post(&path, ask("2027-01-27", "材料未齐")).await.refused(422, "duty.extension");
        city.chair().post(&path, ask("2026-12-05", "材料未齐")).await.refused(403, "access.denied");
        city.other_county_officer().post(&path, ask("2026-12-05", "材料未齐")).await.refused(404, "not_found");
        // The 5th of December is a Saturday.
        let moved = town.post(&path, ask("2026-12-05", "材料未齐")).await.ok();
        assert_eq!((&moved["due_on"], &moved["standing"]), (&json!("2026-12-07"), &json!("on_time")));
        assert_eq!(moved["extensions"][0]["reason"], "材料未齐");
        assert!(moved["derivation"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains("顺延")));
        let told = "SELECT id FROM notice WHERE kind = 'duty.extended' AND account_id = $1";
        assert_eq!(number(&city, told, TestCity::account_of("chair")).await, 1);

        for back in [
            "UPDATE duty SET due_on = '2026-11-27' WHERE id = $1",
            "UPDATE duty SET due_on = '2027-12-07' WHERE id = $1",
            "UPDATE duty SET due_on = '2027-12-07', extensions = 2 WHERE id = $1",
            "UPDATE duty SET begun_on = '2026-01-01' WHERE id = $1",
            "UPDATE duty SET kind = 'plan' WHERE id = $1",
            "UPDATE duty SET done_on = '2026-01-01' WHERE id = $1",
            "DELETE FROM duty WHERE id = $1",
            "UPDATE duty_extension SET reason = '改写' WHERE duty_id = $1",
            "DELETE FROM duty_extension WHERE duty_id = $1",
            "INSERT INTO duty_extension (duty_id, number, cause, from_on, to_on, reason, changed_on, event_id)
                SELECT id, 9, 'granted', '2026-12-07', '2026-12-01', '提前', '2026-11-23', id FROM duty WHERE id = $1",
        ] {
            refused_by_the_table(&city, back, id).await;
        }
        assert!(done(&city, DutyKind::Item, subject).await);
        for late in ["UPDATE duty SET done_on = NULL WHERE id = $1", "UPDATE duty SET done_on = '2026-12-01' WHERE id = $1"] {
            refused_by_the_table(&city, late, id).await;
        }
        town.post(&path, ask("2026-12-20", "材料未齐")).await.refused(409, "duty.done");
    }

    async fn a_town_cannot_give_itself_more_time(city: VoiceCity) {
        let of = evaluation(&city).await;
        let id = row(&city, begin(&city, of, TestCity::TOWN, DutyKind::Plan, 4).await).await.id;
        let (path, body) = (format!("/api/duties/{id}/extend"), json!({ "due_on": "2026-12-02", "reason": "人手不足" }));
        city.town_officer().post(&path, body.clone()).await.refused(403, "duty.above");
        assert_eq!(city.county_officer().post(&path, body).await.ok()["due_on"], "2026-12-02");
    }

    async fn two_extensions_at_once_are_one_after_the_other(city: VoiceCity) {
        let of = evaluation(&city).await;
        let subject = begin(&city, of, TestCity::UNION, DutyKind::Item, 4).await;
        let path = format!("/api/duties/{}/extend", row(&city, subject).await.id);
        let (one, two) = (city.town_officer(), city.county_officer());
        let (one, two) = futures::join!(
            one.post(&path, json!({ "due_on": "2026-12-01", "reason": "镇里同意" })),
            two.post(&path, json!({ "due_on": "2026-12-02", "reason": "区里同意" })),
        );
        let granted = [&one, &two].iter().filter(|answer| answer.status == 200).count();
        let after = row(&city, subject).await;
        assert_eq!(after.extensions as usize, granted);
        assert!(granted == 2 || after.due_on.to_string() == "2026-12-02", "the earlier day after the later one is refused");
    }

    async fn the_table_of_holidays_changes_while_a_duty_runs(city: VoiceCity) {
        let of = evaluation(&city).await;
        let tx = city.system().begin().await.unwrap();
        let table = calendar::load(&tx).await.unwrap();
        let (plan, review, item) = (tx.id(), tx.id(), tx.id());
        for (kind, subject_id, due) in [
            (DutyKind::Plan, plan, table.due_next_month("2026-12-01".parse().unwrap())),
            (DutyKind::Review, review, table.due_after_working_days("2026-12-30".parse().unwrap(), 2)),
            (DutyKind::Item, item, table.due_set("2026-12-24".parse().unwrap())),
        ] {
            let (evaluation_id, organization_id) = (of, TestCity::UNION);
            duty::begin(&tx, NewDuty { evaluation_id, organization_id, kind, subject_id, due }).await.unwrap();
        }
        tx.commit(()).await.unwrap();
        assert_eq!(row(&city, plan).await.due_on.to_string(), "2027-01-01");
        assert_eq!(recount::recount(&city.app).await.unwrap(), 0);
        let enter = async |date: &str, working: bool| {
            let tx = city.system().begin().await.unwrap();
            let sql = "INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, '补录')
                ON CONFLICT (day) DO UPDATE SET working = excluded.working";
            let date: kernel::time::Day = date.parse().unwrap();
            tx.execute_sql(sql, [date.into(), working.into()]).await.unwrap();
            tx.commit(()).await.unwrap();
        };
        enter("2027-01-01", false).await;
        let (one, two) = futures::join!(recount::recount(&city.app), recount::recount(&city.app));
        assert_eq!(one.unwrap() + two.unwrap(), 2, "two servers move each of them once");
        for subject in [plan, review] {
            let moved = row(&city, subject).await;
            assert_eq!((moved.due_on.to_string().as_str(), moved.extensions), ("2027-01-04", 1));
            let recorded = "SELECT duty_id FROM duty_extension WHERE cause = 'calendar' AND duty_id = $1";
            assert_eq!(number(&city, recorded, moved.id).await, 1);
        }
        assert_eq!(row(&city, item).await.due_on.to_string(), "2026-12-24");
        // Taken back: a day once told stays, and what is done is left alone.
        enter("2027-01-01", true).await;
        assert!(done(&city, DutyKind::Plan, plan).await);
        assert_eq!(recount::recount(&city.app).await.unwrap(), 0);
        enter("2026-12-24", false).await;
        enter("2027-01-04", false).await;
        assert_eq!(recount::recount(&city.app).await.unwrap(), 1, "the item; the review is due on an earlier day by now");
        assert_eq!(row(&city, item).await.due_on.to_string(), "2026-12-25");
        assert_eq!(row(&city, plan).await.due_on.to_string(), "2027-01-04");
        let shown: Value = city.chair().get("/api/duties?kind=item").await.ok();
        assert_eq!(shown["items"][0]["extensions"][0]["cause"], "calendar");
    }
}
