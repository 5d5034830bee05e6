//! What the browser's half is held against: written here, read here and by `web/shared/ballot/ballot.test.ts`.
//! `ZHIGONG_WRITE_FIXTURE=1 cargo test -p zhigong-voice ballot::fixture` writes it anew, with a new key.

use openssl::bn::BigNum;
use serde_json::{Value, json};

use super::blinding;
use super::commitment::Commitment;
use super::issuer::{BallotIssuer, BallotVerifier, BlindRsa, BlindRsaVerifier, KEY_BYTES};
use super::merkle::{Proof, Tree};
use super::token::TokenMessage;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/shared/ballot/fixture.json");
const SALT: [u8; 48] = [0x5a; 48];
const BALLOTS: [&str; 5] = ["满意", "基本满意", "不满意", "{\"a\":1,\"b\":[2,3]}", ""];

fn factor() -> BigNum {
    BigNum::from_slice(&[0x37; KEY_BYTES]).unwrap()
}

fn written() -> Value {
    let issuer = BlindRsa::generate().unwrap();
    let message = TokenMessage::random();
    let blinded = blinding::blind_with(issuer.verifier(), message.as_bytes(), &SALT, &factor()).unwrap();
    let answer = issuer.issue(&blinded.request).unwrap();
    let signature = blinding::finalize(issuer.verifier(), message.as_bytes(), &answer, &blinded.inverse).unwrap();
    let key_hash = issuer.key_digest();
    let salt = |place: usize| [u8::try_from(place + 1).unwrap(); 32];
    let made = |(place, ballot): (usize, &&str)| Commitment::of(&key_hash, &salt(place), ballot.as_bytes());
    let tree = Tree::of(BALLOTS.iter().enumerate().map(made).collect()).unwrap();
    let ballots: Vec<Value> = BALLOTS
        .iter()
        .enumerate()
        .map(|(place, ballot)| {
            let commitment = made((place, ballot));
            json!({
                "salt": hex::encode(salt(place)), "ballot": ballot, "commitment": commitment.to_string(),
                "tracker": commitment.tracker().to_string(), "proof": tree.proof(&commitment),
            })
        })
        .collect();
    json!({
        "source": "held against the server by crates/voice/src/ballot/fixture.rs, which can write it anew; the private key was thrown away",
        "spki": hex::encode(issuer.public_key()), "key_hash": issuer.key_hash(),
        "other_spki": hex::encode(BlindRsa::generate().unwrap().public_key()),
        "prefix": hex::encode(&message.as_bytes()[..32]), "token": hex::encode(&message.as_bytes()[56..]),
        "salt": hex::encode(SALT), "factor": hex::encode(factor().to_vec()), "message": hex::encode(message.as_bytes()),
        "inverse": hex::encode(&blinded.inverse), "request": hex::encode(&blinded.request), "answer": hex::encode(&answer),
        "signature": hex::encode(&signature), "spent_key": hex::encode(message.spent_key()),
        "ballots": ballots, "root": hex::encode(tree.root()),
    })
}

/// The committed file is what this program makes and takes.
#[test]
fn the_fixture_of_the_browser_is_ours() {
    if std::env::var("ZHIGONG_WRITE_FIXTURE").is_ok() {
        std::fs::write(FILE, format!("{:#}\n", written())).unwrap();
    }
    let file: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let bytes = |name: &str| hex::decode(file[name].as_str().unwrap()).unwrap();

    let key = BlindRsaVerifier::from_spki(&bytes("spki")).unwrap();
    assert_eq!(key.key_hash(), file["key_hash"]);
    let message = TokenMessage::read(&bytes("message")).unwrap();
    assert_eq!(message.spent_key().as_slice(), bytes("spent_key"));
    let blinded = blinding::blind_with(&key, message.as_bytes(), &bytes("salt"), &factor()).unwrap();
    assert_eq!((blinded.request, blinded.inverse.to_vec()), (bytes("request"), bytes("inverse")));
    let signature = blinding::finalize(&key, message.as_bytes(), &bytes("answer"), &bytes("inverse")).unwrap();
    assert_eq!(signature, bytes("signature"));
    assert!(!BlindRsaVerifier::from_spki(&bytes("other_spki")).unwrap().verify(message.as_bytes(), &signature));

    let (key_hash, root): ([u8; 32], [u8; 32]) =
        (bytes("key_hash").try_into().unwrap(), bytes("root").try_into().unwrap());
    let ballots = file["ballots"].as_array().unwrap();
    assert_eq!(ballots.len(), BALLOTS.len());
    for ballot in ballots {
        let salt: [u8; 32] = hex::decode(ballot["salt"].as_str().unwrap()).unwrap().try_into().unwrap();
        let commitment = Commitment::of(&key_hash, &salt, ballot["ballot"].as_str().unwrap().as_bytes());
        assert_eq!(commitment.to_string(), ballot["commitment"]);
        assert_eq!(commitment.tracker().to_string(), ballot["tracker"]);
        let proof: Proof = serde_json::from_value(ballot["proof"].clone()).unwrap();
        assert!(proof.leads_to(&root, &commitment));
    }
}
