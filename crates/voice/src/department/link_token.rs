//! What stands behind the `#` of a link: which one it is, and that we made it.
//!
//! The second half is an HMAC-SM3 over the row, so that a copy of the database holds no link, a link holds no guess, and
//! one whose last day was changed is none.

use kernel::Id;
use kernel::crypto::password::constant_time_eq;
use kernel::crypto::{KeyProvider, blind_index};

use super::link_entity::Model;

const SIGNED: usize = 16;
const ID: usize = 16;

/// The secret of a link: 64 small hexadecimal signs.
#[must_use]
pub fn token(keys: &dyn KeyProvider, row: &Model) -> String {
    format!("{}{}", row.id.simple(), hex::encode(signature(keys, row)))
}

/// The link that a text names, whether it is one or not.
#[must_use]
pub fn named(text: &str) -> Option<(Id, [u8; SIGNED])> {
    let bytes: [u8; ID + SIGNED] = hex::decode(text.trim()).ok()?.try_into().ok()?;
    let (id, signed) = bytes.split_first_chunk::<ID>()?;
    Some((Id::from_bytes(*id), signed.try_into().ok()?))
}

/// Whether the signature is that of the row.
#[must_use]
pub fn is_of(keys: &dyn KeyProvider, row: &Model, signed: &[u8; SIGNED]) -> bool {
    constant_time_eq(&signature(keys, row), signed)
}

fn signature(keys: &dyn KeyProvider, row: &Model) -> [u8; SIGNED] {
    let whole = blind_index(keys, "department.link", &format!("{}:{}:{}", row.id, row.evaluation_id, row.expires_on));
    std::array::from_fn(|place| whole.get(place).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use kernel::crypto::LocalKeys;

    use super::*;

    #[test]
    fn a_link_is_of_its_row_alone() {
        let keys = LocalKeys::for_tests().unwrap();
        let row = Model {
            id: Id::from_u128(7),
            evaluation_id: Id::from_u128(8),
            replaces: None,
            made_by: None,
            made_on: "2026-11-23".parse().unwrap(),
            expires_on: "2026-12-23".parse().unwrap(),
            revoked_on: None,
            reply_id: None,
        };
        let text = token(&keys, &row);
        assert_eq!(text.len(), 64);
        let (id, signed) = named(&format!(" {text}\n")).unwrap();
        assert!(id == row.id && is_of(&keys, &row, &signed));
        let later = Model { expires_on: "2027-12-23".parse().unwrap(), ..row.clone() };
        let other = Model { evaluation_id: Id::from_u128(9), ..row.clone() };
        assert!(!is_of(&keys, &later, &signed) && !is_of(&keys, &other, &signed));
        let mut bent = signed;
        bent[3] ^= 1;
        assert!(!is_of(&keys, &row, &bent));
        for odd in ["", "zz", &text[1..], &format!("{text}00")] {
            assert_eq!(named(odd), None, "{odd}");
        }
    }
}
