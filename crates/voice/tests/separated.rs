//! The issuer for places where only Chinese algorithms are allowed: a scheme chooses it, members vote with it over
//! HTTP, and anybody recounts the result.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::Id;
use kernel::testing::{Answer, Client, Who};
use registry::testing::TestCity;
use serde_json::{Value, json};
use voice::ballot::issuer::{BallotVerifier, SeparatedVerifier};
use voice::ballot::token::TokenMessage;
use voice::testing::VoiceCity;

use crate::consultation::finished;
use crate::scheme::dormitory;

/// An open evaluation under such a scheme.
struct Vote<'a> {
    city: &'a VoiceCity,
    evaluation: Id,
    /// Boxes of ratings and of opinions.
    polls: [Id; 2],
    key: SeparatedVerifier,
    people: Vec<Id>,
}

impl<'a> Vote<'a> {
    async fn open(city: &'a VoiceCity) -> Self {
        let mut document = dormitory();
        (document["issuer"], document["opinions"]) = (json!("separated"), json!(true));
        let scheme = json!({ "code": "dormitory", "document": document });
        city.city_officer().post("/api/schemes", scheme).await.ok();
        let officer = city.other_county_officer();
        let create = json!({ "scheme": "dormitory", "organization_id": TestCity::OTHER_UNION });
        let evaluation = id(&officer.post("/api/evaluations", create).await.ok()["id"]);
        officer.post(&format!("/api/evaluations/{evaluation}/open"), json!({})).await.ok();
        city.work().await;
        let page = officer.get(&format!("/api/evaluations/{evaluation}")).await.ok();
        assert_eq!(page["evaluation"]["state"], "open");
        assert_eq!(page["instrument"]["issuer"], "separated");
        let boxes = page["polls"].as_array().unwrap();
        let poll = |purpose: &str| boxes.iter().find(|poll| poll["purpose"] == purpose).unwrap();
        let public = hex::decode(poll("rating")["public_key"].as_str().unwrap()).unwrap();
        assert_eq!(public, city.keys.public_key());
        let polls = ["rating", "opinion"].map(|purpose| id(&poll(purpose)["id"]));
        let key = SeparatedVerifier::new(&public, polls[0]);
        assert_eq!(page["instrument"]["key_hash"], key.key_hash());
        let people = city.electors(evaluation).await.into_iter().collect();
        Self { city, evaluation, polls, key, people }
    }

    async fn phone(&self, elector: usize) -> Client {
        self.city.client_of(&Who::new().person(self.people[elector])).await
    }

    async fn draw(&self, phone: &Client, request: &[u8]) -> Answer {
        let body = json!({ "request": STANDARD.encode(request) });
        phone.post(&format!("/api/polls/{}/draw", self.polls[0]), body).await
    }

    async fn cast(&self, poll: Id, message: &TokenMessage, signature: &[u8], salt: [u8; 32]) -> Answer {
        let body = json!({
            "poll_id": poll, "token": STANDARD.encode(message.as_bytes()), "signature": STANDARD.encode(signature),
            "salt": STANDARD.encode(salt), "answers": { "q1": 0 },
        });
        self.city.client().post("/api/ballots", body).await
    }
}

fn id(value: &Value) -> Id {
    value.as_str().unwrap().parse().unwrap()
}

fn signature(drawn: Answer) -> Vec<u8> {
    STANDARD.decode(drawn.ok()["answer"].as_str().unwrap()).unwrap()
}

kernel::both_engines! {
    async fn members_vote_with_sm2_receipts_and_anybody_recounts(city: VoiceCity) {
        let vote = Vote::open(&city).await;
        assert_eq!(vote.people.len(), 5);
        let mut drawn = Vec::new();
        for elector in 0..5 {
            let (phone, message) = (vote.phone(elector).await, TokenMessage::random());
            // What is no token is not signed, and uses up nothing.
            vote.draw(&phone, &[7; 256]).await.refused(422, "ballot.request");
            let first = signature(vote.draw(&phone, message.as_bytes()).await);
            // A lost reply loses nothing: the same request gets a receipt that is as good, another one gets none.
            let again = signature(vote.draw(&phone, message.as_bytes()).await);
            assert!([&first, &again].iter().all(|receipt| vote.key.verify(message.as_bytes(), receipt)));
            vote.draw(&phone, TokenMessage::random().as_bytes()).await.refused(409, "poll.drawn");

            // The platform has one key for all boxes, and a receipt is good for one of them.
            let salt = [u8::try_from(elector).unwrap(); 32];
            vote.cast(vote.polls[1], &message, &first, salt).await.refused(422, "poll.token");
            vote.cast(vote.polls[0], &TokenMessage::random(), &first, salt).await.refused(422, "poll.token");
            let cast = vote.cast(vote.polls[0], &message, &first, salt).await.ok();
            let twice = vote.cast(vote.polls[0], &message, &again, salt).await.ok();
            assert_eq!((&cast["fresh"], &twice["fresh"]), (&json!(true), &json!(false)), "one token, two receipts");
            assert_eq!(cast["commitment"], twice["commitment"]);
            drawn.push(message);
        }
        finished(&city, &[vote.evaluation]).await;
        let late = vote.phone(0).await;
        vote.draw(&late, drawn[0].as_bytes()).await.refused(409, "poll.closed");

        let path = |what: &str| format!("/api/evaluations/{}/{what}", vote.evaluation);
        let result = city.client().get(&path("result")).await.ok();
        assert_eq!((&result["figures"]["ballots"], &result["figures"]["score"]), (&json!(5), &json!(10_000)));
        let file = city.client().get(&path("file")).await.ok();
        let report = verifier::verify(file.as_str().unwrap().as_bytes(), Some(&city.keys.public_key())).unwrap();
        assert_eq!((report.ballots, report.tokens, &json!(report.hash)), (5, 5, &result["hash"]));
    }
}
