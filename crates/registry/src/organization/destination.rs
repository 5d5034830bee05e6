//! Which union takes somebody who has none: the town's, or the industry union for platform workers.

use kernel::Result;
use kernel::time::Day;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity;
use super::rules::OrganizationKind::{self, CityFederation, CountyFederation, Industry, TownFederation, TownJoint};
use crate::division::Divisions;

/// The union that answers for a place: of the town its joint union, else its federation; where the town has neither,
/// or the place is a whole district, the county federation; at last the city federation. `None` for a place that is
/// not in the city.
///
/// A federation takes no members itself (`kind.takes_members()`): it hands the application on (周转库).
///
/// # Errors
/// The database.
pub async fn destination(conn: &impl ConnectionTrait, division_code: &str, day: Day) -> Result<Option<entity::Model>> {
    nearest(conn, division_code, day, &[TownJoint, TownFederation, CountyFederation, CityFederation]).await
}

/// The industry union for platform workers of a place: of the county, else of the city; `None` where there is none.
///
/// Among several the one whose name says 新就业形态 or 新业态 comes first, then the one entered first.
///
/// # Errors
/// The database.
pub async fn industry_destination(
    conn: &impl ConnectionTrait,
    division_code: &str,
    day: Day,
) -> Result<Option<entity::Model>> {
    nearest(conn, division_code, day, &[Industry]).await
}

/// The first union of these kinds in the division, then in the one above, and so on.
async fn nearest(
    conn: &impl ConnectionTrait,
    division_code: &str,
    day: Day,
    kinds: &[OrganizationKind],
) -> Result<Option<entity::Model>> {
    let divisions = Divisions::on(conn, day).await?;
    let mut code = divisions.level(division_code).map(|_| division_code.to_owned());
    while let Some(here) = code {
        let rows = entity::Entity::find()
            .filter(entity::Column::DivisionCode.eq(&here))
            .filter(entity::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
            .filter(entity::Column::State.eq("established"))
            .filter(entity::Column::EstablishedOn.lte(day))
            .order_by_asc(entity::Column::Id)
            .all(conn)
            .await?;
        let rank = |row: &entity::Model| kinds.iter().position(|kind| kind.as_str() == row.kind);
        if let Some(first) = rows.into_iter().min_by_key(|row| (rank(row), !for_platforms(&row.name))) {
            return Ok(Some(first));
        }
        code = divisions.parent(&here).map(str::to_owned);
    }
    Ok(None)
}

fn for_platforms(name: &str) -> bool {
    name.contains("新就业形态") || name.contains("新业态")
}
