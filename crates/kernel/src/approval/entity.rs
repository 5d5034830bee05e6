//! Rows of approvals, their stages and decisions.

use sea_orm::entity::prelude::*;

/// Something that waits, or waited, for a yes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub subject_id: Uuid,
    /// `open`, `approved`, `returned`, `withdrawn`, `expired`.
    pub state: String,
    /// The present stage, from 1.
    pub stage: i64,
    pub stages: i64,
    /// Where it waits.
    pub node_id: Uuid,
    /// What the decider must hold there.
    pub permission: String,
    pub opened_by: Option<Uuid>,
    pub opened_at: DateTimeUtc,
    pub due_on: Option<Date>,
    /// JSON array of Chinese lines: how the due date came about.
    pub due_derivation: String,
    pub closed_at: Option<DateTimeUtc>,
    pub version: i64,
}

impl Model {
    /// How the due date came about, line by line.
    #[must_use]
    pub fn derivation(&self) -> Vec<String> {
        serde_json::from_str(&self.due_derivation).unwrap_or_default()
    }

    /// Still open after its due date.
    #[must_use]
    pub fn is_overdue(&self, today: crate::time::Day) -> bool {
        self.state == "open" && self.due_on.is_some_and(|due| today > due)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who is asked at which stage.
pub mod stage {
    use sea_orm::entity::prelude::*;

    /// One stage.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approval_stage")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub approval_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub stage: i64,
        pub node_id: Uuid,
        pub permission: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was decided, by whom, when and why.
pub mod decision {
    use sea_orm::entity::prelude::*;

    /// One decision.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approval_decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub approval_id: Uuid,
        pub stage: i64,
        pub outcome: String,
        pub decided_by: Option<Uuid>,
        pub decided_at: DateTimeUtc,
        pub note: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
