//! Checks a rule while it is being written.

use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Segment, explain};
use crate::division::Divisions;

/// A rule to be checked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SegmentCheckInput {
    /// The rule, in CEL.
    pub rule: String,
}

/// A rule that can be used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentChecked {
    /// The rule without blanks around it.
    pub rule: String,
    /// What it says, in a Chinese sentence; absent where only the rule itself says it well.
    pub sentence: Option<String>,
    /// Names of the fields it asks for.
    pub fields: Vec<String>,
}

/// Checks a rule and says it in plain words.
///
/// # Errors
/// `segment.*`, with the position in the rule; the database.
pub async fn check(cx: Cx, input: SegmentCheckInput) -> Result<SegmentChecked> {
    let segment = Segment::parse(&input.rule)?;
    let divisions = Divisions::on(cx.read(), cx.today()).await?;
    let sentence = explain(&segment, &|code| divisions.name(code).map(str::to_owned));
    let fields = segment.uses().iter().map(|field| field.name().to_owned()).collect();
    Ok(SegmentChecked { rule: segment.text().to_owned(), sentence, fields })
}
