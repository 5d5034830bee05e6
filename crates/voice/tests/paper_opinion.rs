//! Sheets for opinions on paper: a pile of their own, typed by one and read by another, and nothing that leads to a ballot.

use kernel::testing::{Answer, Client};
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use crate::opinion::stage::{Stage, code, sheet};

struct Desk<'a> {
    stage: &'a Stage<'a>,
}

impl Desk<'_> {
    async fn print(&self, by: &Client, of: &str, sheets: usize) -> Vec<String> {
        let body = json!({ "sheets": sheets, "of": of });
        let printed = by.post(&self.stage.path("paper/print"), body).await.ok();
        assert_eq!(printed["of"], of);
        printed["sheets"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    }

    async fn hand_out(&self, by: &Client, elector: usize) -> Answer {
        let body = json!({ "person_id": self.stage.electors[elector] });
        by.post(&self.stage.path("paper/hand-out"), body).await
    }

    async fn look(&self, by: &Client, code: &str) -> Answer {
        by.post(&self.stage.path("paper/opinions/look"), json!({ "code": code })).await
    }

    async fn enter(&self, by: &Client, code: &str, words: &str, pressed: bool) -> Answer {
        let body = json!({ "code": code, "words": words, "pressed": pressed });
        by.post(&self.stage.path("paper/opinions/enter"), body).await
    }

    /// Typed by one, agreed to by another.
    async fn both(&self, by: [&Client; 2], code: &str, words: &str, pressed: bool) {
        assert_eq!(self.enter(by[0], code, words, pressed).await.ok()["outcome"], "first_entry");
        let seen = self.look(by[1], code).await.ok();
        let words = if words.is_empty() { Value::Null } else { json!(words) };
        assert_eq!(seen["entries"], json!([{ "words": words, "pressed": pressed }]));
        let words = seen["entries"][0]["words"].as_str().unwrap_or_default();
        assert_eq!(self.enter(by[1], code, words, pressed).await.ok()["outcome"], "entered");
    }
}

kernel::both_engines! {
    async fn what_is_written_on_paper_comes_out_among_all_the_others(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let desk = Desk { stage: &stage };
        let (town, deputy, county) = (city.town_officer(), city.town_deputy(), city.county_officer());
        let pile = desk.print(&town, "opinion", 4).await;
        let ballots = desk.print(&town, "rating", 2).await;
        assert_eq!(desk.hand_out(&town, 0).await.ok(), json!({ "opinion_sheet": true }));
        assert_eq!(desk.hand_out(&town, 1).await.ok(), json!({ "opinion_sheet": true }));
        // With the ballot she took the sheet: on a phone there is none for her any more.
        let mine = stage.phone(0).await.get(&format!("/api/evaluations/{}", stage.evaluation)).await.ok()["mine"].clone();
        assert_eq!(mine, json!({ "drawn": true, "paper": true, "opinion_drawn": true }));
        // Who drew a sheet on the phone, and took the ballot on paper, has one sheet.
        stage.say(2, &sheet("", &code(), false)).await;
        assert_eq!(desk.hand_out(&town, 2).await.ok(), json!({ "opinion_sheet": false }));

        desk.both([&town, &deputy], &pile[0], "夜班没有热水，\n已经三个月了", true).await;
        desk.enter(&county, &pile[0], "别的", false).await.refused(409, "paper.entered");
        desk.look(&county, &pile[0]).await.refused(409, "paper.entered");
        // The two read differently: a third one agrees with one of them, and sees both.
        desk.enter(&town, &pile[1], "食堂太贵", false).await.ok();
        desk.look(&town, &pile[1]).await.refused(409, "paper.same_person");
        assert_eq!(desk.enter(&deputy, &pile[1], "食堂太远", false).await.ok()["outcome"], "disputed");
        let disputed = county.get(&stage.path("paper/disputed")).await.ok();
        assert_eq!((&disputed["items"][0]["of"], &disputed["items"][0]["mine"]), (&json!("opinion"), &json!(false)));
        let seen = desk.look(&county, &pile[1]).await.ok();
        assert_eq!((&seen["entries"][0]["words"], &seen["entries"][1]["words"]), (&json!("食堂太贵"), &json!("食堂太远")));
        desk.enter(&county, &pile[1], "食堂太吵", false).await.refused(409, "paper.disagrees");
        assert_eq!(desk.enter(&county, &pile[1], "食堂太远", false).await.ok()["outcome"], "entered");
        // Two members took a sheet: a third sheet has nobody behind it.
        desk.enter(&town, &pile[2], "", false).await.ok();
        desk.enter(&deputy, &pile[2], "", false).await.refused(409, "paper.too_many");
        let page = town.get(&stage.path("paper")).await.ok();
        let figures = json!({ "printed": 4, "handed_out": 2, "first_entries": 1, "disputed": 0, "entered": 2, "void": 0 });
        assert_eq!((&page["opinions"], &page["handed_out"], &page["printed"]), (&figures, &json!(3), &json!(2)));
        // Neither kind of code is one of the other kind, and nothing of an entry is left beside a code.
        desk.enter(&town, &ballots[0], "x", false).await.refused(404, "paper.unknown");
        let body = json!({ "code": pile[3], "answers": { "q1": 0, "q2": 0, "q3": 1, "q4": 0, "q5": 0, "q6": 0 } });
        town.post(&stage.path("paper/enter"), body).await.refused(404, "paper.unknown");
        assert_eq!(stage.count("paper_sheet WHERE state = 'entered' AND (first_entry IS NOT NULL OR second_entry IS NOT NULL)").await, 0);
        assert_eq!(stage.count("event WHERE payload LIKE '%热水%'").await, 0);
        for row in city.db.read().query_all_raw(city.db.statement("SELECT answer FROM idempotency WHERE answer IS NOT NULL", [])).await.unwrap() {
            assert!(!row.try_get::<String>("", "answer").unwrap().contains("食堂"));
        }

        // The others write on their phones, and everything comes out of one box.
        for elector in 3..8 {
            stage.rate(elector).await;
            stage.say(elector, &sheet(if elector == 3 { "谢谢工会" } else { "" }, &code(), false)).await;
        }
        stage.take_out().await;
        let all = stage.all().await;
        let mut texts: Vec<&str> = all["items"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        texts.sort_unstable();
        let mut expected = ["夜班没有热水，\n已经三个月了", "谢谢工会", "食堂太远"];
        expected.sort_unstable();
        assert_eq!(texts, expected);
        assert_eq!(stage.count("opinion_box WHERE ballots = 8 AND opinions = 3 AND pressed = 1").await, 1);
        assert_eq!(stage.count("paper_sheet WHERE state = 'void'").await, 4, "what nobody entered is void");
        assert_eq!(stage.count("opinion WHERE code_index IS NULL").await, 0, "like a sheet from a phone");
    }

    async fn sheets_for_opinions_are_kept_from_the_rated_and_the_stranger(city: VoiceCity) {
        let stage = Stage::open(&city, 5).await;
        let desk = Desk { stage: &stage };
        let (town, chair) = (city.town_officer(), city.chair());
        let pile = desk.print(&town, "opinion", 1).await;
        desk.enter(&chair, &pile[0], "很好", false).await.refused(403, "paper.rated");
        desk.look(&chair, &pile[0]).await.refused(403, "paper.rated");
        desk.enter(&city.member(), &pile[0], "很好", false).await.refused(403, "access.denied");
        desk.look(&city.other_county_officer(), &pile[0]).await.refused(404, "not_found");
        desk.enter(&town, &pile[0], &"字".repeat(501), false).await.refused(422, "answer.wrong");
        desk.enter(&town, "7K2M", "很好", false).await.refused(422, "paper.code");
        assert_eq!(desk.look(&town, &pile[0]).await.ok()["entries"], json!([]));
        // Where members are asked for no opinions there are no sheets for any.
        let survey = json!({ "scheme": "budget_needs", "organization_id": TestCity::UNION });
        let survey = chair.post("/api/evaluations", survey).await.ok();
        let at = |what: &str| format!("/api/evaluations/{}{what}", survey["id"].as_str().unwrap());
        chair.post(&at("/open"), json!({})).await.ok();
        city.work().await;
        let page = town.get(&at("/paper")).await.ok();
        assert_eq!(page["opinions"], Value::Null);
        let print = json!({ "sheets": 1, "of": "opinion" });
        town.post(&at("/paper/print"), print).await.refused(409, "paper.no_opinions");
        let enter = json!({ "code": pile[0], "words": "很好" });
        town.post(&at("/paper/opinions/enter"), enter).await.refused(409, "paper.no_opinions");
        city.clock.advance(chrono::Duration::days(9));
        desk.enter(&town, &pile[0], "很好", false).await.refused(409, "poll.closed");
    }
}
