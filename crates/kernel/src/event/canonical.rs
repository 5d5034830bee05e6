//! The bytes of an event that are hashed: the same on both engines, for ever.
//!
//! ```text
//! event := "zhigong event 1" field*10          in the order of the columns:
//!          id kind aggregate_kind aggregate_id node_id actor_id at cause_id request_id payload
//! root  := "zhigong root 1" day seq hash previous-signature
//! field := 00                                  no value
//!        | 01 length(8 bytes, big endian) bytes
//! ```
//! Identifiers are their 16 bytes, times are microseconds since 1970 as 8 bytes big endian,
//! days are `YYYY-MM-DD`, numbers 8 bytes big endian, text is UTF-8. The length in front
//! keeps ("ab", "c") apart from ("a", "bc").

use super::entity;
use crate::time::{Day, Time};

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn of(title: &str) -> Self {
        Self(title.as_bytes().to_vec())
    }

    fn field(mut self, value: Option<&[u8]>) -> Self {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            self.0.extend_from_slice(&(value.len() as u64).to_be_bytes());
            self.0.extend_from_slice(value);
        }
        self
    }

    fn some(self, value: impl AsRef<[u8]>) -> Self {
        self.field(Some(value.as_ref()))
    }

    fn time(self, at: Time) -> Self {
        self.some(at.timestamp_micros().to_be_bytes())
    }
}

/// The bytes of an event.
#[must_use]
pub fn event(row: &entity::Model) -> Vec<u8> {
    let id = |id: &Option<crate::Id>| id.map(|id| id.as_bytes().to_vec());
    Bytes::of("zhigong event 1")
        .some(row.id.as_bytes())
        .some(&row.kind)
        .some(&row.aggregate_kind)
        .some(row.aggregate_id.as_bytes())
        .field(id(&row.node_id).as_deref())
        .field(id(&row.actor_id).as_deref())
        .time(row.at)
        .field(id(&row.cause_id).as_deref())
        .field(row.request_id.as_ref().map(String::as_bytes))
        .some(&row.payload)
        .0
}

/// The bytes that the root of a day signs; the signature of the root before makes the roots
/// a chain as well.
#[must_use]
pub fn root(day: Day, seq: i64, hash: &[u8], previous_signature: Option<&[u8]>) -> Vec<u8> {
    Bytes::of("zhigong root 1").some(day.to_string()).some(seq.to_be_bytes()).some(hash).field(previous_signature).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::digest::sm3;

    /// Computed by an independent program; should this fail, old chains no longer verify.
    #[test]
    fn bytes_never_change() {
        let row = entity::Model {
            id: crate::Id::from_u128(1),
            kind: "box.opened".into(),
            aggregate_kind: "box".into(),
            aggregate_id: crate::Id::from_u128(2),
            node_id: None,
            actor_id: Some(crate::Id::from_u128(3)),
            at: "2026-11-23T02:00:00.000001Z".parse().unwrap(),
            cause_id: None,
            request_id: Some("r".into()),
            payload: "{}".into(),
        };
        let bytes = event(&row);
        assert!(bytes.starts_with(b"zhigong event 1\x01\0\0\0\0\0\0\0\x10"));
        assert_eq!(bytes.len(), 15 + 10 + 8 * 8 + 16 * 3 + 10 + 3 + 8 + 1 + 2);
        let root = root(row.at.date_naive(), 1, &sm3(&bytes), None);
        assert_eq!(hex::encode(&sm3(&root)[..4]), "16aafb22");
    }
}
