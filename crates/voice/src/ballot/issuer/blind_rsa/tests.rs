use serde_json::Value;

use super::*;
use crate::ballot::blinding;
use crate::ballot::token::TokenMessage;

/// One vector of RFC 9474, appendix A.
struct Vector(Value);

impl Vector {
    fn text(&self, name: &str) -> &str {
        let text = self.0[name].as_str().unwrap();
        text.strip_prefix("0x").unwrap_or(text)
    }

    fn number(&self, name: &str) -> BigNum {
        BigNum::from_hex_str(self.text(name)).unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        hex::decode(self.text(name)).unwrap()
    }

    fn issuer(&self) -> BlindRsa {
        let [n, e, d, p, q] = ["n", "e", "d", "p", "q"].map(|name| self.number(name));
        let private = openssl::rsa::RsaPrivateKeyBuilder::new(n, e, d).unwrap().set_factors(p, q).unwrap().build();
        BlindRsa::over(private).unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../../tests/fixtures/rfc9474.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["vectors"].as_array().unwrap().iter().cloned().map(Vector).collect()
}

#[test]
fn vectors_of_the_rfc() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 4);
    for vector in &vectors {
        let name = vector.text("name");
        let issuer = vector.issuer();
        let key = issuer.verifier();
        let message = [vector.bytes("msg_prefix"), vector.bytes("msg")].concat();
        assert_eq!(message, vector.bytes("input_msg"), "{name}");

        let (mut factor, mut context) = (BigNum::new().unwrap(), BigNumContext::new().unwrap());
        factor.mod_inverse(&vector.number("inv"), key.modulus(), &mut context).unwrap();
        let salt = vector.bytes("salt");
        let blinded = blinding::blind_with(key, &message, &salt, &factor).unwrap();
        assert_eq!(BigNum::from_slice(&blinded.inverse).unwrap(), vector.number("inv"), "{name}");
        assert_eq!(blinded.request, vector.bytes("blinded_msg"), "{name}");

        let answer = issuer.issue(&blinded.request).unwrap();
        assert_eq!(answer, vector.bytes("blind_sig"), "{name}");

        let signature = blinding::unblind(key, &answer, &blinded.inverse).unwrap();
        assert_eq!(signature, vector.bytes("sig"), "{name}");
        assert!(key.check(&message, &signature, salt.len()).unwrap(), "{name}");
        assert_eq!(key.verify(&message, &signature), salt.len() == SALT_BYTES, "only the salted variant is taken");
        assert!(!key.check(&message[1..], &signature, salt.len()).unwrap(), "{name}");
    }
}

#[test]
fn what_is_no_draw_request_is_not_signed() {
    let issuer = BlindRsa::generate().unwrap();
    let modulus = issuer.verifier().modulus().to_vec();
    let above = [0xff; KEY_BYTES];
    let mut below = modulus.clone();
    below[KEY_BYTES - 1] ^= 1;
    for request in [&b""[..], &modulus, &above, &modulus[1..], &[&[0][..], &below[..]].concat()] {
        assert!(matches!(issuer.issue(request), Err(IssueError::Request)), "{} bytes", request.len());
    }
    let answer = issuer.issue(&below).unwrap();
    assert_eq!(answer, issuer.issue(&below).unwrap(), "a lost answer can be sent again");
    assert_eq!(issuer.verifier().raise(&answer).unwrap(), below);
}

#[test]
fn a_token_is_good_under_its_own_key_only() {
    let (issuer, other) = (BlindRsa::generate().unwrap(), BlindRsa::generate().unwrap());
    let message = TokenMessage::random();
    let blinded = blinding::blind(issuer.verifier(), message.as_bytes()).unwrap();
    assert_ne!(blinded.request, blinding::blind(issuer.verifier(), message.as_bytes()).unwrap().request);
    let answer = issuer.issue(&blinded.request).unwrap();
    let signature = blinding::finalize(issuer.verifier(), message.as_bytes(), &answer, &blinded.inverse).unwrap();
    assert!(issuer.verify(message.as_bytes(), &signature));
    assert!(!other.verify(message.as_bytes(), &signature));
    for place in [0, 100, KEY_BYTES - 1] {
        let mut changed = signature.clone();
        changed[place] ^= 1;
        assert!(!issuer.verify(message.as_bytes(), &changed));
    }
    assert!(!issuer.verify(message.as_bytes(), &signature[1..]) && !issuer.verify(message.as_bytes(), b""));

    // An answer under another key is noticed by the voter, as is one for another message.
    let mut foreign = blinded.request.clone();
    foreign[0] = 0;
    let foreign = other.issue(&foreign).unwrap();
    for (answer, message) in [(&foreign, &message), (&answer, &TokenMessage::random())] {
        let refused = blinding::finalize(issuer.verifier(), message.as_bytes(), answer, &blinded.inverse);
        assert!(matches!(refused, Err(IssueError::Signature)));
    }
}

#[test]
fn keys_are_written_and_read_one_way_only() {
    let issuer = BlindRsa::generate().unwrap();
    let spki = issuer.public_key().to_vec();
    assert_eq!(spki.len(), SPKI_BYTES);
    let again = BlindRsa::from_private_der(&issuer.private_der().unwrap()).unwrap();
    assert_eq!(again.public_key(), spki);
    assert_eq!(BlindRsaVerifier::from_spki(&spki).unwrap().key_hash(), hex::encode(openssl::sha::sha256(&spki)));
    assert!(!format!("{issuer:?}").contains(&hex::encode(&issuer.private_der().unwrap()[300..310])));

    let small = BlindRsa::over(Rsa::generate(1024).unwrap()).unwrap();
    let three = BigNum::from_u32(3).unwrap();
    let three = BlindRsa::over(Rsa::generate_with_e(KEY_BITS, &three).unwrap()).unwrap();
    for wrong in [&b""[..], &spki[1..], &[&spki[..], &[0]].concat(), small.public_key(), three.public_key()] {
        assert!(matches!(BlindRsaVerifier::from_spki(wrong), Err(IssueError::Key)), "{} bytes", wrong.len());
    }
    for wrong in [&b""[..], &small.private_der().unwrap(), &three.private_der().unwrap()] {
        assert!(matches!(BlindRsa::from_private_der(wrong), Err(IssueError::Key)));
    }
}
