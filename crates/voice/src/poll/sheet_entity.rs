//! Rows of `paper_sheet`.

use sea_orm::entity::prelude::*;

/// A one-time sheet of paper by its code; which member got it is written nowhere.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paper_sheet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub poll_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: Vec<u8>,
    pub state: String,
    pub first_by: Option<Uuid>,
    /// Sealed; gone once two people agree or the poll is over.
    pub first_entry: Option<Vec<u8>>,
    /// Keyed digest of the short form that is typed.
    pub typed_hash: Option<Vec<u8>>,
    pub second_by: Option<Uuid>,
    /// Sealed; there only while the two disagree.
    pub second_entry: Option<Vec<u8>>,
    /// The end of the short form, by which a disputed sheet is found in the pile.
    pub label: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
