//! Ballots on paper: two people, once, never more than were taken, and never beside a phone.

use futures::future::join_all;
use kernel::testing::{Answer, Client};
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// A printed sheet.
#[derive(Clone)]
pub struct Sheet {
    pub code: String,
    pub typed: String,
}

async fn path(stage: &Stage<'_>, what: &str) -> String {
    format!("/api/evaluations/{}/paper{what}", stage.row().await.evaluation_id)
}

/// Prints so many sheets.
pub async fn print(stage: &Stage<'_>, by: &Client, sheets: usize) -> Vec<Sheet> {
    let mut pile = Vec::new();
    while pile.len() < sheets {
        let some = (sheets - pile.len()).min(200);
        let printed = by.post(&path(stage, "/print").await, json!({ "sheets": some })).await.ok();
        let text = |sheet: &Value, name: &str| sheet[name].as_str().unwrap().to_owned();
        let sheets = printed["sheets"].as_array().unwrap().iter();
        pile.extend(sheets.map(|one| Sheet { code: text(one, "code"), typed: text(one, "typed") }));
    }
    pile
}

/// Enters that an elector takes paper.
pub async fn hand_out(stage: &Stage<'_>, by: &Client, elector: usize) -> Answer {
    by.post(&path(stage, "/hand-out").await, json!({ "person_id": stage.people[elector] })).await
}

/// Enters a sheet; `number` is the answer to `q2`.
pub async fn enter(stage: &Stage<'_>, by: &Client, code: &str, number: usize) -> Answer {
    let answers = json!({ "q1": number % 3, "q2": number });
    by.post(&path(stage, "/enter").await, json!({ "code": code, "answers": answers })).await
}

async fn figures(stage: &Stage<'_>, by: &Client) -> Value {
    by.get(&path(stage, "").await).await.ok()
}

async fn sheets_in(stage: &Stage<'_>, state: &str) -> i64 {
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM paper_sheet WHERE poll_id = $1 AND state = $2";
    let statement = stage.city.db.statement(sql, [stage.poll.into(), state.into()]);
    stage.city.db.read().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

kernel::both_engines! {
    async fn a_sheet_that_two_people_enter_is_a_ballot_once(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let (town, deputy, county) = (city.town_officer(), city.town_deputy(), city.county_officer());
        let pile = print(&stage, &county, 3).await;
        hand_out(&stage, &town, 0).await.ok();
        assert_eq!(enter(&stage, &town, &pile[0].code, 7).await.ok()["outcome"], "first_entry");
        assert_eq!((stage.count("spent").await, stage.count("ballot_queue").await), (0, 0));
        enter(&stage, &town, &pile[0].code, 7).await.refused(409, "paper.same_person");
        let typed = pile[0].typed.to_lowercase().replace('-', " ");
        let entered = enter(&stage, &deputy, &typed, 7).await.ok();
        assert_eq!((&entered["outcome"], entered["label"].as_str().unwrap()), (&json!("entered"), &pile[0].typed[10..]));
        assert_eq!((stage.count("spent").await, stage.count("ballot_queue").await), (1, 1));
        for by in [&town, &deputy, &county] {
            enter(&stage, by, &pile[0].code, 7).await.refused(409, "paper.entered");
        }
        // One member took paper: a second sheet has no member behind it.
        enter(&stage, &town, &pile[1].code, 8).await.ok();
        enter(&stage, &deputy, &pile[1].code, 8).await.refused(409, "paper.too_many");
        assert_eq!((stage.count("spent").await, sheets_in(&stage, "entered").await), (1, 1));
        hand_out(&stage, &town, 1).await.ok();
        assert_eq!(enter(&stage, &county, &pile[1].code, 8).await.ok()["outcome"], "entered");
        let seen = figures(&stage, &town).await;
        let of = |name: &str| seen[name].as_i64().unwrap();
        assert_eq!((of("printed"), of("handed_out"), of("entered"), of("first_entries"), of("disputed")), (3, 2, 2, 0, 0));
        // What was entered stands in the ballot and nowhere beside the sheet; a code is nowhere.
        let left = "SELECT CAST(count(*) AS bigint) AS n FROM paper_sheet WHERE first_entry IS NOT NULL OR second_entry IS NOT NULL";
        let left = city.db.read().query_one_raw(city.db.statement(left, [])).await.unwrap().unwrap();
        assert_eq!(left.try_get::<i64>("", "n").unwrap(), 0);
        for column in ["answer FROM idempotency WHERE answer IS NOT NULL", "payload AS answer FROM event"] {
            for row in city.db.read().query_all_raw(city.db.statement(&format!("SELECT {column}"), [])).await.unwrap() {
                let text: String = row.try_get("", "answer").unwrap();
                assert!(!text.contains(&pile[0].code) && !text.contains(&pile[0].typed), "{text}");
            }
        }
    }

    async fn paper_and_phone_exclude_each_other(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let town = city.town_officer();
        hand_out(&stage, &town, 0).await.ok();
        hand_out(&stage, &town, 0).await.refused(409, "poll.drawn");
        let phone = stage.phone(0).await;
        for kiosk in [false, true] {
            let refused = stage.try_draw(&phone, kiosk, json!({})).await.err().unwrap();
            refused.refused(409, "poll.drawn");
            assert!(refused.body["detail"].as_str().unwrap().contains("纸质票"), "{}", refused.body);
        }
        stage.draw(&stage.phone(1).await, json!({ "q1": 0, "q2": 1 })).await;
        let refused = hand_out(&stage, &town, 1).await;
        refused.refused(409, "poll.drawn");
        assert!(refused.body["detail"].as_str().unwrap().contains("已经领过票"));
        assert_eq!(voice::poll::counts(city.db.read(), stage.poll).await.unwrap().drawn, 2);
        let stranger = json!({ "person_id": TestCity::person_of("member") });
        town.post(&path(&stage, "/hand-out").await, stranger).await.refused(403, "poll.not_elector");
    }

    async fn a_third_person_decides_where_two_disagree(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let (town, deputy) = (city.town_officer(), city.town_deputy());
        let (county, officer) = (city.county_officer(), city.city_officer());
        let pile = print(&stage, &town, 1).await;
        hand_out(&stage, &town, 0).await.ok();
        enter(&stage, &town, &pile[0].code, 7).await.ok();
        assert_eq!(enter(&stage, &deputy, &pile[0].typed, 8).await.ok()["outcome"], "disputed");
        for by in [&town, &deputy] {
            enter(&stage, by, &pile[0].code, 8).await.refused(409, "paper.same_person");
            let listed = by.get(&path(&stage, "/disputed").await).await.ok();
            assert_eq!(listed["items"], json!([{ "label": &pile[0].typed[10..], "mine": true, "of": "rating" }]));
        }
        enter(&stage, &county, &pile[0].code, 9).await.refused(409, "paper.disagrees");
        assert_eq!(county.get(&path(&stage, "/disputed").await).await.ok()["items"][0]["mine"], false);
        assert_eq!(enter(&stage, &officer, &pile[0].code, 8).await.ok()["outcome"], "entered");
        assert_eq!(county.get(&path(&stage, "/disputed").await).await.ok()["items"], json!([]));
        assert_eq!(stage.count("ballot_queue").await, 1);
    }

    async fn what_is_no_sheet_is_refused(city: VoiceCity) {
        let (stage, other) = (Stage::open(&city, 5).await, Stage::open(&city, 5).await);
        let town = city.town_officer();
        let pile = print(&other, &town, 1).await;
        enter(&stage, &town, &pile[0].code, 1).await.refused(404, "paper.unknown");
        enter(&stage, &town, &pile[0].typed, 1).await.refused(404, "paper.unknown");
        for code in ["", "7K2M", "7K2M-0QXR-9D4T-0000", "满意"] {
            enter(&other, &town, code, 1).await.refused(422, "paper.code");
        }
        let blank = json!({ "code": pile[0].code, "answers": {} });
        town.post(&path(&other, "/enter").await, blank).await.refused(422, "answer.missing");
        for sheets in [0, 201] {
            town.post(&path(&stage, "/print").await, json!({ "sheets": sheets })).await.refused(422, "paper.sheets");
        }
        let electors = path(&stage, "/electors").await;
        town.get(&format!("{electors}?name=%E7%A4%BA")).await.refused(422, "paper.name");
        let found = town.get(&format!("{electors}?name=%E7%A4%BA%E4%BE%8B")).await.ok();
        let found = found["items"].as_array().unwrap();
        assert_eq!((found.len(), &found[0]["organization_name"]), (5, &json!("示例制造有限公司工会")));
        assert!(found[0].get("drawn").is_none(), "who drew is told to nobody");
    }

    async fn with_the_poll_everything_ends(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let (town, deputy) = (city.town_officer(), city.town_deputy());
        let pile = print(&stage, &town, 3).await;
        for elector in 0..3 {
            hand_out(&stage, &town, elector).await.ok();
        }
        enter(&stage, &town, &pile[0].code, 1).await.ok();
        enter(&stage, &deputy, &pile[0].code, 1).await.ok();
        enter(&stage, &town, &pile[1].code, 2).await.ok();
        city.clock.advance(chrono::Duration::days(11));
        enter(&stage, &deputy, &pile[1].code, 2).await.refused(409, "poll.closed");
        hand_out(&stage, &town, 4).await.refused(409, "poll.closed");
        town.post(&path(&stage, "/print").await, json!({ "sheets": 1 })).await.refused(409, "poll.closed");
        stage.close().await;
        assert_eq!((sheets_in(&stage, "entered").await, sheets_in(&stage, "void").await), (1, 2));
        assert_eq!(figures(&stage, &town).await["open"], false);
        // The tables hold it against every program.
        let changes = [
            "UPDATE paper_sheet SET state = 'printed' WHERE state = 'void'",
            "UPDATE paper_sheet SET state = 'void' WHERE state = 'entered'",
            "DELETE FROM paper_sheet",
        ];
        for change in changes {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(change, []).await.is_err(), "{change}");
        }
    }

    async fn no_program_makes_a_ballot_of_a_sheet_alone(city: VoiceCity) {
        let stage = Stage::open(&city, 6).await;
        let town = city.town_officer();
        let pile = print(&stage, &town, 2).await;
        enter(&stage, &town, &pile[0].code, 1).await.ok();
        let change = async |set: &str| {
            let tx = city.system().begin().await.unwrap();
            let sql = format!("UPDATE paper_sheet SET state = 'entered', {set} WHERE state = 'first_entry'");
            tx.execute_sql(&sql, []).await
        };
        // By one person; by one and nobody; with the answers left behind; and, by two, without a member who took paper.
        for set in [
            "first_entry = NULL, second_by = first_by",
            "first_entry = NULL, second_by = NULL",
            "second_by = poll_id",
            "first_entry = NULL, second_by = poll_id",
        ] {
            assert!(change(set).await.is_err(), "{set}");
        }
        hand_out(&stage, &town, 0).await.ok();
        assert_eq!(change("first_entry = NULL, second_by = poll_id").await.unwrap(), 1);
    }

    async fn many_who_enter_one_sheet_at_once_make_one_ballot(city: VoiceCity) {
        let stage = Stage::open(&city, 8).await;
        let (town, deputy, county) = (city.town_officer(), city.town_deputy(), city.county_officer());
        let pile = print(&stage, &town, 4).await;
        hand_out(&stage, &town, 0).await.ok();
        hand_out(&stage, &town, 1).await.ok();
        for sheet in &pile {
            enter(&stage, &town, &sheet.code, 5).await.ok();
        }
        // Four sheets by two people each at once; two members took paper.
        let all = pile.iter().flat_map(|sheet| [&deputy, &county].map(|by| enter(&stage, by, &sheet.code, 5)));
        let answers = join_all(all).await;
        let entered = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(entered, 2, "{:?}", answers.iter().map(|answer| answer.body.to_string()).collect::<Vec<_>>());
        assert_eq!((stage.count("spent").await, sheets_in(&stage, "entered").await), (2, 2));
    }

    async fn the_rated_keep_away_from_the_sheets(city: VoiceCity) {
        let members = city.enter_members(TestCity::UNION, 4).await;
        let body = json!({ "scheme": "members_home", "organization_id": TestCity::UNION });
        let draft = city.chair().post("/api/evaluations", body).await.ok();
        let at = |what: &str| format!("/api/evaluations/{}{what}", draft["id"].as_str().unwrap());
        city.chair().get(&at("/paper")).await.refused(409, "evaluation.state");
        city.report(draft["id"].as_str().unwrap().parse().unwrap()).await;
        city.chair().post(&at("/open"), json!({})).await.ok();
        city.work().await;
        let printed = city.chair().post(&at("/paper/print"), json!({ "sheets": 2 })).await.ok();
        let code = printed["sheets"][0]["code"].clone();
        assert!(!printed["questions"].as_array().unwrap().is_empty());
        assert_eq!(city.chair().get(&at("/paper")).await.ok()["rated"], true);
        let taken = json!({ "person_id": members[0] });
        let sheet = json!({ "code": code, "answers": {} });
        for rated in ["chair", "vice_chair"] {
            city.signed_in(rated).post(&at("/paper/hand-out"), taken.clone()).await.refused(403, "paper.rated");
            city.signed_in(rated).post(&at("/paper/enter"), sheet.clone()).await.refused(403, "paper.rated");
            city.signed_in(rated).get(&at("/paper/disputed")).await.refused(403, "paper.rated");
        }
        // A county sees figures, not persons; another county nothing; a member has no door.
        city.county_officer().post(&at("/paper/hand-out"), taken.clone()).await.refused(403, "access.denied");
        city.other_county_officer().get(&at("/paper")).await.refused(404, "not_found");
        city.member().post(&at("/paper/enter"), sheet).await.refused(403, "access.denied");
        city.town_officer().post(&at("/paper/hand-out"), taken).await.ok();
        assert_eq!(city.town_officer().get(&at("/paper")).await.ok()["handed_out"], 1);
    }
}
