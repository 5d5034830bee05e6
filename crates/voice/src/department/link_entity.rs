//! Rows of `department_link`.

use kernel::time::Day;
use sea_orm::entity::prelude::*;

use super::rules::LinkState;

/// A link for one reply; it ends once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "department_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub evaluation_id: Uuid,
    /// The reply that the new one takes the place of.
    pub replaces: Option<Uuid>,
    pub made_by: Option<Uuid>,
    pub made_on: Date,
    pub expires_on: Date,
    pub revoked_on: Option<Date>,
    /// The reply that came through it.
    pub reply_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it stands on a day; `latest` is the reply that counts.
    #[must_use]
    pub fn state(&self, latest: Option<Uuid>, today: Day) -> LinkState {
        match self {
            Self { reply_id: Some(_), .. } => LinkState::Used,
            Self { revoked_on: Some(_), .. } => LinkState::Revoked,
            // The department wrote a letter meanwhile, which was entered by hand.
            Self { replaces, .. } if *replaces != latest => LinkState::Used,
            Self { expires_on, .. } if *expires_on < today => LinkState::Expired,
            _ => LinkState::Open,
        }
    }
}
