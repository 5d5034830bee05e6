//! How many people a rule covers: a figure, never who.

use chrono::NaiveDate;
use kernel::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{People, Segment};
use crate::access::SEGMENT_READ;
use crate::employer::FEWEST_MEMBERS;
use crate::organization::as_of;

/// Electors of a chunk.
const CHUNK: usize = 5_000;

/// Which rule, over whom, on which day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SegmentCountInput {
    /// The rule, in CEL.
    pub rule: String,
    /// A union with everything below it; everything in the caller's scope unless told.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// As of which day; today unless told.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
}

/// How many people a rule covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentCount {
    /// As of this day.
    pub as_of: NaiveDate,
    /// People, each once; absent when they are fewer than `fewer_than`, none included.
    pub people: Option<i64>,
    /// Below so many no figure is told: it would tell of persons.
    pub fewer_than: i64,
}

/// Counts the people that a rule covers.
///
/// # Errors
/// `segment.*`, `organization.as_of`, 404 outside the caller's scope; the database.
pub async fn count(cx: Cx, input: SegmentCountInput) -> Result<SegmentCount> {
    let segment = Segment::parse(&input.rule)?;
    let day = as_of::day(input.as_of, cx.today())?;
    let scope = cx.caller.scope(SEGMENT_READ);
    let only = input.organization_id.map(|union| [union]);
    let roots = match &only {
        Some([union]) => {
            cx.caller.must(cx.read(), SEGMENT_READ, *union).await?;
            only.as_ref().map(<[Uuid; 1]>::as_slice)
        }
        None => scope.roots(),
    };
    let mut people = People::below(cx.read(), &segment, roots, day, &[]).await?;
    let (mut covered, mut after) = (0_i64, None);
    loop {
        let chunk = people.next(cx.read(), after, CHUNK).await?;
        covered += i64::try_from(chunk.electors.len()).unwrap_or(i64::MAX);
        after = chunk.next;
        if after.is_none() {
            break;
        }
    }
    let people = (covered >= FEWEST_MEMBERS).then_some(covered);
    Ok(SegmentCount { as_of: day, people, fewer_than: FEWEST_MEMBERS })
}
