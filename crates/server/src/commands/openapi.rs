//! `zhigong openapi`: prints the document of all routes. `openapi.json` at the
//! root must equal it byte for byte, and the web client's types are made from it.

use std::process::ExitCode;

use crate::fault::Fault;
use crate::floors;

/// Prints the document; needs no database.
///
/// # Errors
/// When the document cannot be written as JSON.
pub fn openapi() -> Result<ExitCode, Fault> {
    let document = kernel::routes::document("Zhigong 智工", env!("CARGO_PKG_VERSION"), &floors::routes());
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Fault::new("接口文档没有生成。", format!("The document cannot be written: {error}.")))?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}
