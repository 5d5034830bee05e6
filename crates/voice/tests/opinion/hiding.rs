//! Hiding a text: proposed in the union, decided above, and never more than the text.

use serde_json::{Value, json};
use voice::testing::VoiceCity;

use super::stage::Stage;
use super::{WORDS, events};

kernel::both_engines! {
    async fn the_level_above_decides_what_members_do_not_read(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let codes = stage.all_say(&WORDS).await;
        stage.take_out().await;
        let (chair, town) = (city.chair(), city.town_officer());
        let (one, two) = (stage.id_of(WORDS[0]).await, stage.id_of(WORDS[1]).await);
        for id in [one, two] {
            stage.act(&chair, id, "answer", json!({ "text": "会改", "seen": 0 })).await.ok();
        }
        let propose = |reason: &str| json!({ "fault": "insult", "reason": reason });
        stage.act(&chair, one, "hiding", propose("")).await.refused(422, "opinion.words");
        stage.act(&town, one, "hiding", propose("骂人")).await.refused(404, "not_found");
        let decide = |hide: bool| json!({ "hide": hide, "reason": "示例理由" });
        stage.act(&town, one, "hiding/decide", decide(true)).await.refused(409, "opinion.hiding_decided");
        for id in [one, two] {
            stage.act(&chair, id, "hiding", propose("骂人")).await.ok();
        }
        stage.act(&chair, one, "hiding", propose("骂人")).await.refused(409, "opinion.hiding_twice");
        assert_eq!(stage.count("notice WHERE kind = 'opinion.hiding_waits'").await, 4, "two in the town, for two opinions");

        // Until it is decided members do not read it.
        let member = stage.phone(7).await;
        let page = member.get(&stage.path("opinions")).await.ok();
        let hidden: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["hidden"]).collect();
        assert_eq!(hidden, ["proposed", "proposed"]);
        let waits = town.get("/api/opinion-hidings").await.ok();
        assert_eq!(waits["items"].as_array().unwrap().len(), 2);
        assert_eq!((&waits["items"][0]["may_decide"], &waits["items"][0]["reason"]), (&json!(true), &json!("骂人")));
        assert_eq!(city.other_county_officer().get("/api/opinion-hidings").await.ok()["items"], json!([]));

        // The union itself does not decide, nor does another county; the town does, or the county.
        stage.act(&chair, one, "hiding/decide", decide(true)).await.refused(403, "access.denied");
        stage.act(&city.other_county_officer(), one, "hiding/decide", decide(true)).await.refused(404, "not_found");
        stage.act(&town, one, "hiding/decide", decide(true)).await.ok();
        stage.act(&city.county_officer(), one, "hiding/decide", decide(false)).await.refused(409, "opinion.hiding_decided");
        stage.act(&city.county_officer(), two, "hiding/decide", decide(false)).await.ok();
        let page = member.get(&stage.path("opinions")).await.ok();
        let find = |id| page["items"].as_array().unwrap().iter().find(|item| item["id"] == json!(id)).unwrap().clone();
        assert_eq!((&find(one)["text"], &find(one)["hidden"]), (&Value::Null, &json!("hidden")));
        assert_eq!(find(one)["answers"][0]["text"], "会改", "the answer is read");
        assert_eq!((&find(two)["hidden"], find(two)["text"].is_string()), (&Value::Null, true));
        assert_eq!((&page["opinions"], &page["open"]), (&json!(4), &json!(2)), "hidden ones are counted");

        // Its author still reads it, and the answer.
        let mine = stage.author("", json!({ "code": codes[0] })).await.ok();
        assert_eq!((&mine["text"], &mine["hidden"]), (&json!(WORDS[0]), &json!("hidden")));
        assert_eq!(mine["answers"][0]["answer"]["text"], "会改");
        assert_eq!((events(&city, "opinion.hidden").await.len(), events(&city, "opinion.hiding_refused").await.len()), (1, 1));
        for change in ["DELETE FROM opinion_hiding", "UPDATE opinion_hiding SET state = 'hidden' WHERE state = 'shown'"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(change, []).await.is_err(), "{change}");
        }
    }

    async fn two_who_decide_at_once_decide_once(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        stage.all_say(&WORDS).await;
        stage.take_out().await;
        let id = stage.id_of(WORDS[0]).await;
        stage.act(&city.chair(), id, "hiding", json!({ "fault": "person", "reason": "点名" })).await.ok();
        let (town, deputy) = (city.town_officer(), city.town_deputy());
        let hide = stage.act(&town, id, "hiding/decide", json!({ "hide": true, "reason": "点名" }));
        let show = stage.act(&deputy, id, "hiding/decide", json!({ "hide": false, "reason": "没有点名" }));
        let (hide, show) = futures::join!(hide, show);
        assert_eq!([hide.status, show.status].iter().filter(|status| **status == 200).count(), 1);
        let done = events(&city, "opinion.hidden").await.len() + events(&city, "opinion.hiding_refused").await.len();
        assert_eq!(done, 1);
    }
}
