//! The tree over the commitments: RFC 9162, section 2.1.1, from its definition.

use openssl::sha::sha256;

use crate::Fault;
use crate::token::lower_hex;

/// The commitments as bytes.
///
/// # Errors
/// [`Fault::Commitment`] for one that is none, stands twice or out of order.
pub fn commitments(written: &[&str]) -> Result<Vec<[u8; 32]>, Fault> {
    let mut read: Vec<[u8; 32]> = Vec::with_capacity(written.len());
    for (place, text) in written.iter().enumerate() {
        let bytes = lower_hex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.filter(|bytes| read.last().is_none_or(|last| last < bytes));
        read.push(bytes.ok_or(Fault::Commitment(place + 1))?);
    }
    Ok(read)
}

/// The root.
#[must_use]
pub fn root(sorted: &[[u8; 32]]) -> [u8; 32] {
    match sorted {
        [] => sha256(b""),
        [one] => sha256(&[&[0], one.as_slice()].concat()),
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            sha256(&[[1].as_slice(), &root(left), &root(right)].concat())
        }
    }
}
