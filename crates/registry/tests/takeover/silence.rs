//! Nothing tells a stranger who is on the roster: every miss is one answer.

use kernel::both_engines;
use kernel::testing::{Answer, seeds};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use registry::testing::TestCity;
use serde_json::{Value, json};

use super::{BY_CODE, BY_PHONE, code_of, execute, holder, id_of, membership_of, person, right, roster_phone, with};

/// Status, body and headers of an answer, without the number of the request.
fn said(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "x-request-id")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{} {} {}", answer.status, answer.body, headers.join("\n"))
}

/// Six places that are not those of a member.
fn other_tail(random: &mut StdRng, number: u16) -> String {
    loop {
        let tail = format!("{:06}", random.random_range(0..1_000_000));
        if !id_of(number).ends_with(&tail) {
            return tail;
        }
    }
}

/// One wrong guess: from which phone, at which address, with which body.
fn guess(random: &mut StdRng, kind: usize, codes: &[String]) -> (String, &'static str, Value) {
    let stranger = format!("137{:08}", random.random_range(0..100_000_000));
    let tail = other_tail(random, 4);
    match kind {
        // Nobody has this phone on the roster.
        0 => (stranger, BY_PHONE, right(4)),
        // The phone is a member's, the name is not.
        1 => (roster_phone(4), BY_PHONE, with(right(4), "name", "别人")),
        2 => (roster_phone(4), BY_PHONE, with(right(4), "id_tail", tail)),
        // Taken by another account, the phone being shared.
        3 => (roster_phone(4), BY_PHONE, right(5)),
        // Left the union.
        4 => (roster_phone(4), BY_PHONE, right(6)),
        5 => (stranger, BY_CODE, with(right(4), "code", "ACDEFGHJ")),
        6 => (stranger, BY_CODE, with(with(right(4), "code", codes[0].as_str()), "name", "别人")),
        7 => (stranger, BY_CODE, with(with(right(4), "code", codes[0].as_str()), "id_tail", tail)),
        _ => (stranger, BY_CODE, with(right(5), "code", codes[1].as_str())),
    }
}

/// Makes the guess on an account of its own.
async fn ask(city: &TestCity, random: &mut StdRng, kind: usize, codes: &[String]) -> String {
    // Counters of an earlier seed would lock or burn; the answer itself is what is asked for.
    for table in ["takeover_try", "takeover_record"] {
        execute(city, &format!("DELETE FROM {table}"), []).await;
    }
    execute(city, "UPDATE hand_over SET wrong = 0", []).await;
    let (phone, path, body) = guess(random, kind, codes);
    let digest = registry::account::vault::phone_digest(
        &*city.app.keys,
        &registry::person::phone::Phone::parse(&phone).unwrap(),
    );
    let forget = "UPDATE account SET phone_digest = NULL WHERE phone_digest = $1";
    execute(city, forget, [digest.into()]).await;
    let (_, client) = holder(city, &phone).await;
    let answer = client.post(path, body).await;
    assert_eq!(answer.code(), "takeover.no_match", "guess {kind}: {}", answer.body);
    said(&answer)
}

both_engines! {
    async fn every_miss_is_the_same_to_the_byte(city: TestCity) {
        let codes = vec![code_of(&city, 4).await, code_of(&city, 5).await];
        for number in [5, 6] {
            super::move_phone(&city, number, &roster_phone(4)).await;
        }
        let (taker, _) = holder(&city, "13900000001").await;
        execute(&city, "UPDATE account SET person_id = $2 WHERE id = $1", [taker.into(), person(5).into()]).await;
        let path = format!("/api/members/{}/end", membership_of(&city, 6).await);
        city.chair().post(&path, json!({ "state": "left", "reason": "离职" })).await.ok();
        let mut answers = std::collections::BTreeSet::new();
        for seed in seeds() {
            let mut random = StdRng::seed_from_u64(seed);
            for kind in 0..9 {
                answers.insert(ask(&city, &mut random, kind, &codes).await);
            }
        }
        assert_eq!(answers.len(), 1, "{answers:#?}");
    }

    async fn the_status_speaks_of_the_caller_alone(city: TestCity) {
        let (_, known) = holder(&city, &roster_phone(4)).await;
        let (_, unknown) = holder(&city, "13800000004").await;
        assert_eq!(known.get("/api/takeover").await.ok(), unknown.get("/api/takeover").await.ok());
        assert_eq!(known.get("/api/me").await.ok()["person"], unknown.get("/api/me").await.ok()["person"]);
        city.stranger().get("/api/takeover").await.refused(401, "auth.required");
    }
}
