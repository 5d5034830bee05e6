//! Publications of a server that lies: it has the key, and signs whatever it is.

use kernel::crypto::KeyProvider;
use serde_json::{Value, json};

use super::{file, keys};

/// The fields of a publication, in their order.
const FIELDS: [&str; 17] = [
    "format",
    "evaluation_id",
    "poll_id",
    "instrument",
    "instrument_hash",
    "public_key",
    "electorate",
    "drawn",
    "cast",
    "paper",
    "destroyed",
    "tokens",
    "commitments",
    "merkle_root",
    "columns",
    "groups",
    "figures",
];

/// Signs whatever it is; what is absent stays so.
pub(super) fn resealed(publication: &Value) -> Vec<u8> {
    let field = |name: &&str| {
        let value = publication.get(*name)?;
        Some(match *name {
            "columns" => format!(r#""columns":{}"#, columns(value)),
            "groups" => format!(r#""groups":[{}]"#, each(value, group)),
            name => format!("\"{name}\":{value}"),
        })
    };
    let line = format!("{{{}}}", FIELDS.iter().filter_map(field).collect::<Vec<_>>().join(",")).into_bytes();
    let hash = openssl::sha::sha256(&line);
    let signature = keys().sign(&file::signed(&hash)).unwrap();
    let seal = json!({ "hash": hex::encode(hash), "public_key": hex::encode(keys().public_key()),
        "signature": hex::encode(signature) });
    [line, b"\n".to_vec(), serde_json::to_vec(&seal).unwrap(), b"\n".to_vec()].concat()
}

// A map of `serde_json` has an order of its own.

fn columns(value: &Value) -> String {
    let column = |one: &Value| format!(r#"{{"question":{},"answers":{}}}"#, one["question"], one["answers"]);
    format!("[{}]", each(value, column))
}

fn group(one: &Value) -> String {
    format!(r#"{{"option":{},"columns":{}}}"#, one["option"], columns(&one["columns"]))
}

fn each(value: &Value, written: impl Fn(&Value) -> String) -> String {
    value.as_array().unwrap().iter().map(written).collect::<Vec<_>>().join(",")
}
