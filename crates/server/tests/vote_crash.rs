//! The power goes while an electorate is frozen, while ballots are cast, and while a result is published: SIGKILL at random
//! moments, on the real binary. Every ballot that was acknowledged is counted once, none is there by half, and the
//! published file is verified.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::crypto::digest::sm3;
use kernel::db::{Db, commit};
use kernel::testing::seeds;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use voice::ballot::blinding;
use voice::ballot::issuer::{BallotVerifier, BlindRsaVerifier};
use voice::ballot::token::TokenMessage;

use crate::support::{Browser, DemoCity, House, Running, enter_session};

/// Members who vote, and how many of them at once.
const VOTERS: usize = 16;
const AT_ONCE: usize = 4;
/// Longer than anything takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

kernel::both_engines! {
    async fn an_acknowledged_ballot_is_counted_once_whatever_is_killed(house: DemoCity) {
        let mut acknowledged = 0;
        for seed in seeds() {
            let mut running = house.serve(&["--demo"]);
            let (mut officer, evaluation) = opened(&running, seed);
            // Somewhere in the copying of the electorate.
            (running, officer) = killed(&house, running, officer, seed * 7_919 % 60).await;
            let page = waited(&officer, &evaluation, "open");
            let vote = Vote::of(&page);
            assert_eq!(vote.electorate, electors(&house, &evaluation).await, "seed {seed}: nobody twice, nobody missing");
            let mut voters = voters(&house, &evaluation, &running).await;

            // Somewhere among the ballots; whoever was not answered asks the same again.
            cast_until_killed(&vote, &mut voters, &running, seed);
            (running, officer) = killed(&house, running, officer, 0).await;
            acknowledged += voters.iter().filter(|voter| voter.commitment.is_some()).count();
            voters.iter_mut().for_each(|voter| voter.browser.moved_to(&running.address));
            voters.iter_mut().for_each(|voter| voter.go_on(&vote, &running.address));
            assert!(voters.iter().all(|voter| voter.commitment.is_some()), "seed {seed}");

            // Its time is over; somewhere in the counting and publishing.
            assert_eq!(officer.post("/api/demo/clock", &json!({ "hours": 21 * 24 })).status, 200);
            (running, officer) = killed(&house, running, officer, 0).await;
            (running, _) = killed(&house, running, officer, 20 + seed * 104_729 % 500).await;
            // Her session ended while the time went ahead.
            waited(&running.visitor("county"), &evaluation, "published");
            counted_once(&running, &evaluation, &voters, seed);
            assert!(running.stop().success());
            let verified = house.run(&["verify", "events"], &[]);
            assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        }
        assert!(acknowledged > 0, "no ballot was acknowledged before a kill");
    }
}

/// What is known of an open evaluation.
struct Vote {
    poll: String,
    key: BlindRsaVerifier,
    electorate: i64,
}

impl Vote {
    fn of(page: &Value) -> Self {
        let poll = page["polls"].as_array().unwrap().iter().find(|poll| poll["purpose"] == "rating").unwrap();
        let key = hex::decode(poll["public_key"].as_str().unwrap()).unwrap();
        let key = BlindRsaVerifier::from_spki(&key).unwrap();
        let instrument: Value = serde_json::from_str(page["instrument_text"].as_str().unwrap()).unwrap();
        assert_eq!(instrument["key_hash"], key.key_hash(), "the key is the one of the instrument");
        let electorate = page["evaluation"]["electorate"].as_i64().unwrap();
        Self { poll: poll["id"].as_str().unwrap().to_owned(), key, electorate }
    }
}

/// A member with a phone, and what the phone keeps.
struct Voter {
    browser: Browser,
    message: TokenMessage,
    request: Vec<u8>,
    inverse: Vec<u8>,
    /// The ballot as it goes out, the same every time.
    ballot: Option<Value>,
    /// Of a ballot that was acknowledged.
    commitment: Option<String>,
}

impl Voter {
    /// One attempt to draw and to cast; a server that is away changes nothing.
    fn try_once(&mut self, vote: &Vote, address: &str) -> Option<()> {
        if self.ballot.is_none() {
            let body = json!({ "request": STANDARD.encode(&self.request) });
            let drawn = self.browser.try_post(&format!("/api/polls/{}/draw", vote.poll), &body)?;
            assert_eq!(drawn.status, 200, "{}", drawn.text);
            let answer = STANDARD.decode(drawn.body["answer"].as_str()?).unwrap();
            let signature = blinding::finalize(&vote.key, self.message.as_bytes(), &answer, &self.inverse).unwrap();
            self.ballot = Some(json!({
                "poll_id": vote.poll, "token": STANDARD.encode(self.message.as_bytes()),
                "signature": STANDARD.encode(signature), "salt": STANDARD.encode(sm3(self.message.as_bytes())),
                "answers": { "q1": 0, "q2": 1 },
            }));
        }
        let cast = Browser::new(address.to_owned()).try_post("/api/ballots", self.ballot.as_ref()?)?;
        assert_eq!(cast.status, 200, "{}", cast.text);
        self.commitment = Some(cast.body["commitment"].as_str()?.to_owned());
        Some(())
    }

    fn go_on(&mut self, vote: &Vote, address: &str) {
        let started = Instant::now();
        // An acknowledged one asks again, too: it must hear the same.
        let before = self.commitment.take();
        while self.try_once(vote, address).is_none() {
            assert!(started.elapsed() < PATIENCE, "nobody answers");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(before.is_none() || before == self.commitment, "another ballot than the acknowledged one");
    }
}

/// A county asks all of its members; answers the officer and the evaluation, whose electorate is being copied.
fn opened(running: &Running, seed: u64) -> (Browser, String) {
    let officer = running.visitor("county");
    let me = officer.get("/api/me").body;
    let roles = me["roles"].as_array().unwrap();
    let county = roles.iter().find(|role| role["role"] == "county_officer").unwrap()["node_id"].clone();
    let body = json!({ "scheme": "legislation", "organization_id": county, "title": format!("示例草案第 {seed} 稿") });
    let draft = officer.post("/api/evaluations", &body);
    assert_eq!(draft.status, 200, "{}", draft.text);
    let evaluation = format!("/api/evaluations/{}", draft.body["id"].as_str().unwrap());
    let open = officer.post(&format!("{evaluation}/open"), &json!({}));
    assert_eq!(open.status, 200, "{}", open.text);
    (officer, evaluation)
}

/// Kills the server after a while and starts another one.
async fn killed(house: &House, running: Running, mut officer: Browser, after_ms: u64) -> (Running, Browser) {
    std::thread::sleep(Duration::from_millis(after_ms));
    running.kill();
    forget_leases(house).await;
    let running = house.serve(&["--demo"]);
    officer.moved_to(&running.address);
    (running, officer)
}

/// Waits for a state of the evaluation.
fn waited(officer: &Browser, evaluation: &str, state: &str) -> Value {
    let started = Instant::now();
    loop {
        let page = officer.get(evaluation);
        assert_eq!(page.status, 200, "{}", page.text);
        if page.body["evaluation"]["state"] == state {
            return page.body;
        }
        assert!(started.elapsed() < PATIENCE, "not {state}: {}", page.body["evaluation"]);
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Casts from several phones at once until the server is killed.
fn cast_until_killed(vote: &Vote, voters: &mut [Voter], running: &Running, seed: u64) {
    let life = Duration::from_millis(40 + seed.wrapping_mul(7_919) % 400);
    let address = running.address.as_str();
    std::thread::scope(|scope| {
        for few in voters.chunks_mut(VOTERS / AT_ONCE) {
            scope.spawn(move || {
                few.iter_mut().for_each(|voter| {
                    voter.try_once(vote, address);
                })
            });
        }
        std::thread::sleep(life);
        running.kill_now();
    });
}

/// The file is good, holds every ballot once, and each voter finds hers in it.
fn counted_once(running: &Running, evaluation: &str, voters: &[Voter], seed: u64) {
    let somebody = running.browser();
    let file = somebody.get(&format!("{evaluation}/file"));
    assert_eq!(file.status, 200, "{}", file.text);
    let report = verifier::verify(file.text.as_bytes(), None).unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
    assert_eq!((report.ballots, report.tokens), (VOTERS as u64, VOTERS as u64), "seed {seed}");
    for voter in voters {
        let commitment = voter.commitment.as_ref().unwrap();
        let receipt = somebody.get(&format!("{evaluation}/receipt?commitment={commitment}"));
        assert_eq!(
            (receipt.status, &receipt.body["merkle_root"]),
            (200, &json!(report.merkle_root)),
            "{}",
            receipt.text
        );
    }
}

fn id_of(evaluation: &str) -> kernel::Id {
    evaluation.rsplit('/').next().unwrap().parse().unwrap()
}

/// Rows of the electorate, beside the server.
async fn electors(house: &House, evaluation: &str) -> i64 {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let sql = "SELECT CAST(count(*) AS bigint) AS n FROM elector WHERE evaluation_id = $1";
    let row = db.read().query_one_raw(db.statement(sql, [id_of(evaluation).into()])).await.unwrap().unwrap();
    db.close().await.unwrap();
    row.try_get("", "n").unwrap()
}

/// Electors with a session each, written beside the server: most people of the demo have no account.
async fn voters(house: &House, evaluation: &str, running: &Running) -> Vec<Voter> {
    let db = Db::connect(&house.database_url()).await.unwrap();
    let sql = "SELECT person_id FROM elector WHERE evaluation_id = $1 ORDER BY person_id LIMIT $2";
    let values = [id_of(evaluation).into(), i64::try_from(VOTERS).unwrap().into()];
    let people = db.read().query_all_raw(db.statement(sql, values)).await.unwrap();
    let polls = "SELECT public_key FROM poll WHERE evaluation_id = $1 AND purpose = 'rating'";
    let poll = db.read().query_one_raw(db.statement(polls, [id_of(evaluation).into()])).await.unwrap().unwrap();
    let key = BlindRsaVerifier::from_spki(&poll.try_get::<Vec<u8>>("", "public_key").unwrap()).unwrap();
    let tx = db.begin_relaxed().await.unwrap();
    let mut voters = Vec::new();
    for person in people {
        let token = enter_session(&db, &tx, person.try_get("", "person_id").unwrap()).await;
        let message = TokenMessage::random();
        let blinded = blinding::blind(&key, message.as_bytes()).unwrap();
        let browser = Browser::signed_in(running.address.clone(), &token);
        let (request, inverse) = (blinded.request, blinded.inverse.to_vec());
        voters.push(Voter { browser, message, request, inverse, ballot: None, commitment: None });
    }
    commit(tx).await.unwrap();
    db.close().await.unwrap();
    assert_eq!(voters.len(), VOTERS);
    voters
}

/// On PostgreSQL the job of a dead server is taken over when its lease ends, after a minute; here at once.
async fn forget_leases(house: &House) {
    let db = Db::connect(&house.database_url()).await.unwrap();
    if !db.is_sqlite() {
        let sql = "UPDATE job SET lease_until = $1 WHERE lease_until IS NOT NULL";
        let tx = db.begin_relaxed().await.unwrap();
        tx.execute_raw(db.statement(sql, [chrono::DateTime::UNIX_EPOCH.into()])).await.unwrap();
        commit(tx).await.unwrap();
    }
    db.close().await.unwrap();
}
