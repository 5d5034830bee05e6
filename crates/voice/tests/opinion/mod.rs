//! Opinions: out of their box, answered, and their authors back, unknown.

mod author;
mod handling;
mod hiding;
mod secrecy;
pub mod stage;
mod taking_out;

use kernel::Id;
use kernel::event::entity as event;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use stage::Stage;
use voice::testing::VoiceCity;

const WORDS: [&str; 4] =
    ["食堂太贵，一餐 15 元", "夜班没有热水，请打 13800138000 找我", "夜班没有热水", "工资条看不懂"];

async fn events(city: &VoiceCity, kind: &str) -> Vec<event::Model> {
    event::Entity::find().filter(event::Column::Kind.eq(kind)).all(city.db.read()).await.unwrap()
}

fn texts(page: &Value) -> Vec<String> {
    let mut texts: Vec<String> =
        page["items"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap_or("-").to_owned()).collect();
    texts.sort_unstable();
    texts
}

/// The author of a merged opinion reads the answer to the other one, and says so.
async fn comes_back(stage: &Stage<'_>, code: &str, same: Id, other: Id) {
    let mine = stage.author("", json!({ "code": code })).await.ok();
    assert_eq!((&mine["text"], &mine["merged"], &mine["state"]), (&json!(WORDS[2]), &json!(true), &json!("answered")));
    let answer = &mine["answers"][0]["answer"];
    assert_eq!(answer["text"], "热水器周五装好");
    stage.author("/grade", json!({ "code": code, "answer_id": answer["id"], "grade": "satisfied" })).await.ok();
    let mine = stage.author("/reply", json!({ "code": code, "text": "谢谢，已经有热水了" })).await.ok();
    assert_eq!(
        (&mine["replies"][0]["waits"], &mine["replies_left"], &mine["answers"][0]["grade"]),
        (&json!(true), &json!(2), &json!("satisfied"))
    );

    // Nobody else sees it before the night.
    let of =
        |all: &Value, id| all["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap().clone();
    assert_eq!(of(&stage.all().await, same)["replies"], json!([]));
    voice::opinion::shuffle(&stage.city.app).await.unwrap();
    assert_eq!(of(&stage.all().await, same)["replies"], json!([]), "not the same day");
    stage.night().await;
    let all = stage.all().await;
    assert_eq!(of(&all, same)["replies"], json!(["谢谢，已经有热水了"]));
    assert_eq!(of(&all, other)["grades"]["satisfied"], 1);
    assert_eq!(stage.author("", json!({ "code": code })).await.ok()["replies"][0]["waits"], false);
}

/// An event says how many, or which; never what.
async fn keeps_to_numbers(city: &VoiceCity) {
    assert_eq!(events(city, "opinions.taken_out").await.len(), 1);
    assert_eq!(events(city, "opinion.answered").await.len(), 2);
    assert_eq!(events(city, "opinion.echoes_shown").await.len(), 1);
    for row in event::Entity::find().all(city.db.read()).await.unwrap() {
        assert!(
            !["食堂", "热水", "工资", "谢谢"].iter().any(|word| row.payload.contains(word)),
            "{} {}",
            row.kind,
            row.payload
        );
    }
}

kernel::both_engines! {
    async fn the_whole_way_of_opinions(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        let chair = city.chair();

        // Members see that there are some, and nothing of them.
        let member = stage.phone(7).await;
        let page = member.get(&stage.path("opinions")).await.ok();
        assert_eq!((&page["ballots"], &page["opinions"], &page["open"]), (&json!(8), &json!(4), &json!(4)));
        assert_eq!((&page["items"], &page["destroyed"]), (&json!([]), &json!(0)));

        // The chair sees all of them, blank ones not; who pressed the button is for the levels above.
        let all = stage.all().await;
        let mut expected: Vec<String> = WORDS.map(str::to_owned).to_vec();
        expected.sort_unstable();
        assert_eq!(texts(&all), expected);
        assert_eq!((&all["answers"], &all["moderates"], &all["of"]["pressed"]), (&json!(true), &json!(false), &Value::Null));
        let above = city.town_officer().get(&stage.path("opinions/all")).await.ok();
        assert_eq!((&above["answers"], &above["moderates"], &above["of"]["pressed"]), (&json!(false), &json!(true), &json!(1)));

        // One is answered, one merged, one refused, the last one answered: the duty is done.
        let (food, water, same, pay) =
            (stage.id_of(WORDS[0]).await, stage.id_of(WORDS[1]).await, stage.id_of(WORDS[2]).await, stage.id_of(WORDS[3]).await);
        let handled = stage.act(&chair, food, "answer", json!({ "text": "下月起降到 12 元", "seen": 0 })).await.ok();
        assert_eq!((&handled["state"], &handled["open"]), (&json!("answered"), &json!(3)));
        stage.act(&chair, same, "merge", json!({ "into": water, "seen": 0 })).await.ok();
        stage.act(&chair, pay, "refuse", json!({ "text": "工资条由财务解释", "seen": 0 })).await.ok();
        assert_eq!(events(&city, "duty.done").await.len(), 0);
        let handled = stage.act(&chair, water, "answer", json!({ "text": "热水器周五装好", "seen": 0 })).await.ok();
        assert_eq!(handled["open"], 0);
        assert_eq!(events(&city, "duty.done").await.len(), 1);
        assert_eq!(stage.all().await["of"]["standing"], "done");

        // Members read them now, numbers taken out; the merged one leads to the other.
        let page = member.get(&stage.path("opinions")).await.ok();
        let masked = "夜班没有热水，请打 ［号码已隐去］ 找我";
        assert!(texts(&page).contains(&masked.to_owned()), "{page}");
        let find = |id| page["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap().clone();
        assert_eq!((&find(same)["state"], &find(same)["merged_into"]), (&json!("merged"), &json!(water)));
        assert_eq!(find(food)["answers"][0]["text"], "下月起降到 12 元");

        comes_back(&stage, &codes[2], same, water).await;
        keeps_to_numbers(&city).await;
    }
}
