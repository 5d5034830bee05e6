//! Results over HTTP: out once, recountable, silent about few, and opened by the level above.

use kernel::testing::Client;
use kernel::{Id, both_engines};
use registry::testing::TestCity;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::ballot::commitment::Commitment;
use voice::ballot::merkle::Proof;
use voice::instrument::{Instrument, Question, QuestionKind};
use voice::result::{Outcome, publish};
use voice::testing::VoiceCity;

use crate::poll::stage::Stage;

/// An evaluation in which ten may vote, by its box.
struct Vote<'a> {
    stage: Stage<'a>,
    evaluation: Id,
}

impl<'a> Vote<'a> {
    async fn open(city: &'a VoiceCity) -> Self {
        Self::on(Stage::open(city, 10).await).await
    }

    async fn on(stage: Stage<'a>) -> Self {
        let evaluation = stage.row().await.evaluation_id;
        Self { stage, evaluation }
    }

    /// One in which `q3` puts everybody into one of two groups; so many vote of each group and step.
    async fn grouped(city: &'a VoiceCity, lumps: &[(usize, usize, usize)]) -> Self {
        let vote = Self::on(Stage::asking(city, 30, by_two_groups).await).await;
        let ballots = lumps.iter().flat_map(|(option, step, times)| vec![(*option, *step); *times]);
        for (elector, (option, step)) in ballots.enumerate() {
            let phone = vote.phone(elector).await;
            let paper = vote.draw(&phone, json!({ "q1": step, "q2": elector, "q3": option })).await;
            vote.cast(&paper).await.ok();
        }
        vote
    }
}

fn by_two_groups(instrument: &mut Instrument) {
    instrument.questions.push(Question {
        id: "q3".into(),
        text: "与这个部门打过交道吗".into(),
        help: None,
        weight: 0,
        required: true,
        kind: QuestionKind::Single { options: vec!["办过事".into(), "没有打过交道".into()] },
    });
    instrument.breakdown = Some("q3".into());
}

/// What anybody is told of an evaluation at a moment: how it answers, its figures, its file.
async fn told(city: &VoiceCity, evaluation: Id) -> (u16, Value, String) {
    let result = city.client().get(&path(evaluation, "result")).await;
    if result.status != 200 {
        return (result.status, Value::Null, result.code().to_owned());
    }
    let file = city.client().get(&path(evaluation, "file")).await.ok();
    (200, result.ok()["figures"].clone(), file.as_str().unwrap().to_owned())
}

impl<'a> std::ops::Deref for Vote<'a> {
    type Target = Stage<'a>;

    fn deref(&self) -> &Stage<'a> {
        &self.stage
    }
}

/// So many vote; answers what each voter holds.
async fn voted(stage: &Vote<'_>, ballots: usize) -> Vec<Value> {
    let mut held = Vec::new();
    for elector in 0..ballots {
        held.push(stage.vote(elector, elector).await);
    }
    held
}

/// Closes the vote and shuffles the last ballots in, as the round does.
async fn closed(stage: &Vote<'_>) {
    stage.close().await;
    voice::poll::flush(&stage.city.app, stage.poll, true).await.unwrap();
    let tx = stage.city.system().begin().await.unwrap();
    let close = "UPDATE evaluation SET state = 'closing', closed_at = $2 WHERE id = $1";
    assert_eq!(tx.execute_sql(close, [stage.evaluation.into(), tx.now().into()]).await.unwrap(), 1);
    tx.commit(()).await.unwrap();
}

async fn published(city: &VoiceCity, ballots: usize) -> (Vote<'_>, Vec<Value>) {
    let stage = Vote::open(city).await;
    let held = voted(&stage, ballots).await;
    closed(&stage).await;
    assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::Published);
    (stage, held)
}

async fn events(city: &VoiceCity, kind: &str) -> usize {
    let sql = "SELECT id FROM event WHERE kind = $1";
    city.db.read().query_all_raw(city.db.statement(sql, [kind.into()])).await.unwrap().len()
}

fn path(evaluation: Id, what: &str) -> String {
    format!("/api/evaluations/{evaluation}/{what}")
}

async fn audited(client: &Client, evaluation: Id) -> Value {
    client.post(&path(evaluation, "audit"), json!({ "reason": "职工反映，开封复核" })).await.ok()
}

both_engines! {
    async fn a_result_is_out_once_and_anybody_can_recount_it(city: VoiceCity) {
        let stage = Vote::open(&city).await;
        voted(&stage, 7).await;
        let public = city.client();
        public.get(&path(stage.evaluation, "result")).await.refused(409, "result.early");
        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap_err().refusal().unwrap().code, "result.early");
        closed(&stage).await;
        public.get(&path(stage.evaluation, "file")).await.refused(409, "result.early");
        assert_eq!(public.get("/api/results").await.ok()["items"], json!([]));

        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::Published);
        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::Published);
        assert_eq!(events(&city, "evaluation.published").await, 1);
        let result = public.get(&path(stage.evaluation, "result")).await.ok();
        assert_eq!((&result["figures"]["ballots"], &result["figures"]["turnout"]), (&json!(7), &json!(7_000)));
        // 0 to 6, by threes: 3 × 100, 2 × 60, 2 × 0; the numbers lie around 3.
        assert_eq!(result["figures"]["score"], 6_000);
        assert_eq!(result["figures"]["questions"][1]["median"], 300);
        assert_eq!((&result["destroyed"], &result["quorum_percent"]), (&json!(0), &json!(30)));
        let listed = public.get(&format!("/api/results?organization_id={}", TestCity::UNION)).await.ok();
        assert_eq!(listed["items"][0]["evaluation_id"], json!(stage.evaluation));
        assert_eq!(public.get("/api/results?year=2025").await.ok()["items"], json!([]));

        let file = public.get(&path(stage.evaluation, "file")).await.ok();
        let file = file.as_str().unwrap().as_bytes();
        let report = verifier::verify(file, Some(&city.keys.public_key())).unwrap();
        assert_eq!((report.ballots, report.tokens, &json!(report.hash)), (7, 7, &result["hash"]));
        public.get(&path(TestCity::UNION, "result")).await.refused(404, "not_found");
    }

    async fn a_publication_is_never_changed(city: VoiceCity) {
        let (stage, _) = published(&city, 5).await;
        for change in ["UPDATE publication SET ballots = 9", "DELETE FROM publication"] {
            let tx = city.system().begin().await.unwrap();
            assert!(tx.execute_sql(change, []).await.is_err(), "{change}");
        }
        let tx = city.system().begin().await.unwrap();
        let back = "UPDATE evaluation SET state = 'open' WHERE id = $1";
        assert!(tx.execute_sql(back, [stage.evaluation.into()]).await.is_err());
    }

    async fn of_too_few_nothing_is_told(city: VoiceCity) {
        let stage = Vote::open(&city).await;
        let held = voted(&stage, 4).await;
        closed(&stage).await;
        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::TooFew);
        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::TooFew);
        assert_eq!((events(&city, "evaluation.too_few").await, events(&city, "evaluation.published").await), (1, 0));
        let tracker = held[0]["tracker"].as_str().unwrap();
        for what in ["result", "file", &format!("receipt?commitment={tracker}")] {
            city.client().get(&path(stage.evaluation, what)).await.refused(404, "result.too_few");
        }
        let audit = city.city_officer().post(&path(stage.evaluation, "audit"), json!({ "reason": "复核" })).await;
        audit.refused(404, "result.too_few");
        assert_eq!(city.client().get("/api/results").await.ok()["items"], json!([]));
    }

    async fn groups_are_told_once_with_the_result_and_never_of_few(city: VoiceCity) {
        let group = |option: u64, counts: [u64; 3]| {
            let people: u64 = counts.iter().sum();
            json!({ "option": option, "people": people, "scales": [{ "question": "q1", "answered": people, "counts": counts }] })
        };
        type History<'a> = (&'a [(usize, usize, usize)], Option<(Value, [u64; 2])>);
        let histories: [History<'_>; 4] = [
            (&[(0, 0, 5), (0, 1, 6), (1, 0, 5), (1, 2, 7)], Some((json!([group(0, [5, 6, 0]), group(1, [5, 0, 7])]), [2, 0]))),
            // Four of one mind in a group; then four people in a group; then four people in all.
            (&[(0, 0, 5), (0, 1, 5), (1, 0, 4), (1, 1, 6)], Some((json!([]), [0, 2]))),
            (&[(0, 0, 5), (0, 1, 5), (1, 0, 4)], Some((json!([]), [0, 2]))),
            (&[(0, 0, 2), (1, 1, 2)], None),
        ];
        for (lumps, expected) in histories {
            let vote = Vote::grouped(&city, lumps).await;
            let mut seen = vec![told(&city, vote.evaluation).await];
            assert!(publish(&city.app, vote.evaluation).await.is_err());
            voice::poll::flush(&city.app, vote.poll, false).await.unwrap();
            seen.push(told(&city, vote.evaluation).await);
            closed(&vote).await;
            seen.push(told(&city, vote.evaluation).await);
            assert!(seen.iter().all(|(status, _, code)| *status == 409 && code == "result.early"), "{seen:?}");
            publish(&city.app, vote.evaluation).await.unwrap();
            let out = told(&city, vote.evaluation).await;
            // Whatever becomes of the box afterwards: nothing else is ever told.
            city.database().tamper("DELETE FROM ballot").await;
            publish(&city.app, vote.evaluation).await.unwrap();
            assert_eq!(told(&city, vote.evaluation).await, out);
            let (status, figures, file) = out;
            let Some((groups, [shown, withheld])) = expected else {
                assert_eq!((status, file.as_str()), (404, "result.too_few"));
                continue;
            };
            let breakdown = &figures["breakdown"];
            assert_eq!((&breakdown["question"], &breakdown["groups"]), (&json!("q3"), &groups));
            let many = |name: &str| breakdown[name].as_array().unwrap().len() as u64;
            assert_eq!((many("groups"), many("withheld")), (shown, withheld));
            verifier::verify(file.as_bytes(), Some(&city.keys.public_key())).unwrap();
        }
    }

    async fn ballots_left_over_are_told_and_their_voters_are_not_blamed(city: VoiceCity) {
        let stage = Vote::open(&city).await;
        let tx = city.system().begin().await.unwrap();
        let small = "UPDATE parameter SET value = '5' WHERE name = $1";
        assert!(tx.execute_sql(small, [voice::parameters::BALLOT_BATCH.into()]).await.unwrap() > 0);
        tx.commit(()).await.unwrap();
        let counted = voted(&stage, 6).await;
        assert_eq!(voice::poll::flush(&city.app, stage.poll, false).await.unwrap(), 6);
        let mut late = Vec::new();
        for elector in 6..8 {
            late.push(stage.vote(elector, elector).await);
        }
        closed(&stage).await;
        assert_eq!(publish(&city.app, stage.evaluation).await.unwrap(), Outcome::Published);
        let result = city.client().get(&path(stage.evaluation, "result")).await.ok();
        let said = (&result["destroyed"], &result["figures"]["ballots"], &result["quorum_percent"]);
        assert_eq!(said, (&json!(2), &json!(6), &json!(30)));
        let file = city.client().get(&path(stage.evaluation, "file")).await.ok();
        let file = file.as_str().unwrap().as_bytes();
        assert_eq!(result["file_bytes"], json!(file.len()));
        let report = verifier::verify(file, Some(&city.keys.public_key())).unwrap();
        assert_eq!((report.ballots, report.tokens), (6, 8));
        let asked = |ballot: &Value| {
            path(stage.evaluation, &format!("receipt?commitment={}", ballot["tracker"].as_str().unwrap()))
        };
        for ballot in &counted {
            city.client().get(&asked(ballot)).await.ok();
        }
        for ballot in &late {
            city.client().get(&asked(ballot)).await.refused(404, "receipt.left_over");
        }
    }

    async fn many_publish_at_once_and_one_does(city: VoiceCity) {
        let stage = Vote::open(&city).await;
        voted(&stage, 6).await;
        closed(&stage).await;
        let all = [0; 6].map(|_| {
            let (app, evaluation) = (city.app.clone(), stage.evaluation);
            tokio::spawn(async move { publish(&app, evaluation).await })
        });
        for one in all {
            assert_eq!(one.await.unwrap().unwrap(), Outcome::Published);
        }
        assert_eq!(events(&city, "evaluation.published").await, 1);
        let file = city.client().get(&path(stage.evaluation, "file")).await.ok();
        verifier::verify(file.as_str().unwrap().as_bytes(), None).unwrap();
    }

    async fn a_receipt_proves_that_a_ballot_counts(city: VoiceCity) {
        let (stage, held) = published(&city, 6).await;
        let result = city.client().get(&path(stage.evaluation, "result")).await.ok();
        for ballot in &held {
            for name in ["tracker", "commitment"] {
                let asked = path(stage.evaluation, &format!("receipt?commitment={}", ballot[name].as_str().unwrap()));
                let receipt = city.client().get(&asked).await.ok();
                assert_eq!((&receipt["commitment"], &receipt["merkle_root"]), (&ballot["commitment"], &result["merkle_root"]));
                let bytes = |text: &Value| <[u8; 32]>::try_from(hex::decode(text.as_str().unwrap()).unwrap()).unwrap();
                let proof: Proof = serde_json::from_value(receipt.clone()).unwrap();
                assert!(proof.leads_to(&bytes(&result["merkle_root"]), &Commitment(bytes(&receipt["commitment"]))));
            }
        }
        let asked = |text: &str| path(stage.evaluation, &format!("receipt?commitment={text}"));
        city.client().get(&asked("7K2M-0QXR-9D41")).await.refused(404, "receipt.unknown");
        city.client().get(&asked(&"0".repeat(64))).await.refused(404, "receipt.unknown");
        city.client().get(&asked("hello")).await.refused(422, "receipt.form");
        city.member().get(&asked("7K2M-0QXR-9D41")).await.refused(400, "request.named");
    }

    async fn the_level_above_opens_the_ballots_with_a_reason(city: VoiceCity) {
        let (stage, _) = published(&city, 6).await;
        let what = path(stage.evaluation, "audit");
        city.county_officer().post(&what, json!({ "reason": " " })).await.refused(422, "audit.reason");
        city.chair().post(&what, json!({ "reason": "复核" })).await.refused(403, "access.denied");
        city.other_county_officer().post(&what, json!({ "reason": "复核" })).await.refused(404, "not_found");
        let good = audited(&city.county_officer(), stage.evaluation).await;
        assert_eq!((&good["fits"], &good["ballots"], &good["mismatch"]), (&json!(true), &json!(6), &Value::Null));
        assert!(good.get("answers").is_none());
        assert_eq!(events(&city, "evaluation.audited").await, 1);
        // Who looked, when and why is seen by those who may look, and by nobody below.
        let list = path(stage.evaluation, "audits");
        let seen = city.city_officer().get(&list).await.ok();
        let row = &seen["items"][0];
        assert_eq!(seen["items"].as_array().unwrap().len(), 1);
        assert_eq!((&row["fits"], &row["reason"], &row["mismatch"]), (&json!(true), &json!("职工反映，开封复核"), &Value::Null));
        assert!(row["by"].is_string() && row["at"].is_string(), "{row}");
        city.chair().get(&list).await.refused(403, "access.denied");
        city.other_county_officer().get(&list).await.refused(404, "not_found");
    }

    async fn a_dropped_or_changed_ballot_is_found_by_the_audit(city: VoiceCity) {
        let (stage, _) = published(&city, 6).await;
        let officer = city.city_officer();
        city.database().tamper("DELETE FROM ballot WHERE id IN (SELECT id FROM ballot ORDER BY commitment LIMIT 1)").await;
        let found = audited(&officer, stage.evaluation).await;
        assert_eq!((&found["fits"], &found["mismatch"]), (&json!(false), &json!("ballots")));
        // A ballot with the sealed content of another one does not open.
        city.database().tamper("UPDATE ballot SET sealed = (SELECT sealed FROM ballot ORDER BY commitment LIMIT 1)").await;
        let found = audited(&officer, stage.evaluation).await;
        assert_eq!((&found["fits"], &found["mismatch"]), (&json!(false), &json!("commitment")));
        assert_eq!(events(&city, "evaluation.audited").await, 2);
        // Both stay in the list, in whichever order: they bear the same moment.
        let seen = officer.get(&path(stage.evaluation, "audits")).await.ok();
        let mut found: Vec<&str> =
            seen["items"].as_array().unwrap().iter().map(|row| row["mismatch"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, ["ballots", "commitment"]);
    }
}
