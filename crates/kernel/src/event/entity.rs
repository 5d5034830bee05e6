//! Rows of the event tables.

use sea_orm::entity::prelude::*;

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub aggregate_kind: String,
    pub aggregate_id: Uuid,
    pub node_id: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub at: DateTimeUtc,
    pub cause_id: Option<Uuid>,
    pub request_id: Option<String>,
    /// Canonical JSON text (keys sorted), hashed as it stands.
    pub payload: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Events that the sealer has not numbered yet.
pub mod unsealed {
    use sea_orm::entity::prelude::*;

    /// One waiting event.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unsealed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Numbered and chained events.
pub mod sealed {
    use sea_orm::entity::prelude::*;

    /// One link of the chain.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sealed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub event_id: Uuid,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        /// The event of this link.
        #[sea_orm(belongs_to = "super::Entity", from = "Column::EventId", to = "super::Column::Id")]
        Event,
    }

    impl Related<super::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Event.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Signed ends of the chain, one a day.
pub mod root {
    use sea_orm::entity::prelude::*;

    /// The root of a day.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sealed_root")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        /// The newest link when it was signed.
        pub seq: i64,
        pub hash: Vec<u8>,
        /// SM2, r followed by s.
        pub signature: Vec<u8>,
        /// Uncompressed.
        pub public_key: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
