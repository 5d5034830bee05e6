//! Which employers somebody may find: a condition on the employer `e` of a query.
//!
//! An employer that a union covers belongs to the scope of that union. One without a union belongs to the federations
//! in whose division it lies; the city federation reaches all.

use kernel::access::Permission;
use kernel::time::Day;
use kernel::{Cx, Id, Result};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, Value};

use crate::organization::entity as organization;
use crate::organization::rules::OrganizationKind;

/// Fewest active members of a union, and of one of several employers of a union, that strangers find: a shorter list
/// would name them.
pub const FEWEST_MEMBERS: i64 = 5;

/// A statement with the values of its placeholders.
#[derive(Default)]
pub struct Text {
    /// SQL with `$1` placeholders.
    pub sql: String,
    /// In the order of the placeholders.
    pub values: Vec<Value>,
}

impl Text {
    /// Keeps a value; answers its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Keeps many values; answers their placeholders with commas between.
    pub fn bind_all<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        places.join(", ")
    }

    /// Runs it.
    ///
    /// # Errors
    /// The database.
    pub async fn all(self, cx: &Cx) -> Result<Vec<QueryResult>> {
        Ok(cx.read().query_all_raw(cx.app.db.statement(&self.sql, self.values)).await?)
    }
}

/// Which employers are in reach.
pub enum Reach {
    /// All of them.
    Everything,
    /// None.
    Nothing,
    /// Those that strangers may find.
    Public,
    /// Those below some unions.
    Below {
        /// The unions.
        roots: Vec<Id>,
        /// Beginnings of the codes of divisions whose employers without a union are in reach.
        divisions: Vec<String>,
        /// As of this day.
        today: Day,
    },
}

impl Reach {
    /// What the caller may find under a permission.
    ///
    /// # Errors
    /// The database.
    pub async fn of(cx: &Cx, permission: Permission) -> Result<Self> {
        let scope = cx.caller.scope(permission);
        let Some(roots) = scope.roots() else {
            return Ok(Self::Everything);
        };
        if roots.is_empty() {
            return Ok(Self::Nothing);
        }
        let ids = roots.iter().copied();
        let unions = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(cx.read()).await?;
        let mut divisions = Vec::new();
        for union in unions {
            match union.kind()? {
                OrganizationKind::CityFederation => return Ok(Self::Everything),
                OrganizationKind::CountyFederation | OrganizationKind::TownFederation | OrganizationKind::TownJoint => {
                    divisions.push(union.division_code);
                }
                _ => {}
            }
        }
        Ok(Self::Below { roots: roots.to_vec(), divisions, today: cx.today() })
    }

    /// What stands before `SELECT`.
    pub fn prelude(&self, text: &mut Text) -> String {
        let Self::Below { roots, today, .. } = self else {
            return String::new();
        };
        let (roots, today) = (text.bind_all(roots.iter().copied()), text.bind(*today));
        format!(
            "WITH RECURSIVE reach(id) AS (SELECT id FROM node WHERE id IN ({roots})
                UNION SELECT p.child FROM placement p JOIN reach r ON p.parent = r.id
                WHERE p.valid_from <= {today} AND (p.valid_to IS NULL OR p.valid_to > {today})) "
        )
    }

    /// The condition on the employer `e`.
    pub fn condition(&self, text: &mut Text) -> String {
        const COVERED: &str =
            "EXISTS (SELECT 1 FROM organization_employer v WHERE v.employer_id = e.id AND v.valid_to IS NULL)";
        match self {
            Self::Everything => "1 = 1".to_owned(),
            Self::Nothing => "1 = 0".to_owned(),
            Self::Public => {
                let fewest = text.bind(FEWEST_MEMBERS);
                // The members of a joint union are not those of each firm in it. One whose members are entered without
                // a firm is found by the union's name.
                format!(
                    "EXISTS (SELECT 1 FROM organization_employer v JOIN organization o ON o.id = v.organization_id
                        WHERE v.employer_id = e.id AND v.valid_to IS NULL AND o.state = 'established'
                        AND CASE WHEN EXISTS (SELECT 1 FROM organization_employer w WHERE w.organization_id = o.id
                                AND w.valid_to IS NULL AND w.employer_id <> e.id)
                            THEN (SELECT count(*) FROM (SELECT 1 FROM membership m WHERE m.employer_id = e.id
                                AND m.state = 'active' LIMIT {fewest}) few)
                            ELSE (SELECT count(*) FROM (SELECT 1 FROM membership m WHERE m.organization_id = o.id
                                AND m.state = 'active' LIMIT {fewest}) few) END >= {fewest})"
                )
            }
            Self::Below { divisions, .. } => {
                let covered = "e.id IN (SELECT v.employer_id FROM organization_employer v
                    WHERE v.valid_to IS NULL AND v.organization_id IN (SELECT id FROM reach))";
                let mut inside = Vec::new();
                for code in divisions {
                    let (from, to) = (text.bind(code.clone()), text.bind(format!("{code}:")));
                    inside.push(format!("(e.division_code >= {from} AND e.division_code < {to})"));
                }
                if inside.is_empty() {
                    return covered.to_owned();
                }
                format!("({covered} OR (({}) AND NOT {COVERED}))", inside.join(" OR "))
            }
        }
    }

    /// Whether an employer is in reach.
    ///
    /// # Errors
    /// The database.
    pub async fn holds(&self, cx: &Cx, employer: Id) -> Result<bool> {
        let mut text = Text::default();
        let prelude = self.prelude(&mut text);
        let (condition, id) = (self.condition(&mut text), text.bind(employer));
        text.sql = format!("{prelude}SELECT 1 AS one FROM employer e WHERE e.id = {id} AND {condition}");
        Ok(!text.all(cx).await?.is_empty())
    }
}
