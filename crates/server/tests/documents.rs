//! What is generated and committed must be what the program says now.

use crate::support::bare;

fn fresh(command: &str, path: &str) {
    let output = bare(&[command]).output().unwrap();
    assert!(output.status.success());
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let said = String::from_utf8(output.stdout).unwrap();
    let differs = committed.lines().zip(said.lines()).position(|(one, other)| one != other);
    assert!(committed == said, "{path} is stale from line {differs:?}: run `make generate` and read what changed");
}

#[test]
fn the_openapi_document_is_fresh() {
    fresh("openapi", "openapi.json");
}

#[test]
fn the_list_of_codes_is_fresh() {
    fresh("codes", "docs/codes.md");
}

#[test]
fn the_access_matrix_is_fresh() {
    fresh("matrix", "docs/access-matrix.md");
}
