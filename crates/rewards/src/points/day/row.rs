//! A sealed day as it is published.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ledger::day::SealedDay;

/// A day of a book under its root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SealedDayRow {
    /// The book.
    pub book_id: Uuid,
    /// Its name.
    pub book_name: String,
    /// The day in China.
    pub day: NaiveDate,
    /// Number of its first transfer; of a day without any, the number that comes next.
    pub first_seq: i64,
    /// How many transfers.
    pub transfers: i64,
    /// The root over them, in hex.
    pub root: String,
    /// SM2 over `"zhigong ledger day 1" book day first_seq transfers root`, in hex.
    pub signature: String,
    /// The key that signed, in hex.
    pub public_key: String,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

impl SealedDayRow {
    /// With the name of its book.
    pub(super) fn of(day: SealedDay, books: &BTreeMap<Id, String>) -> Self {
        Self {
            book_name: books.get(&day.book_id).cloned().unwrap_or_default(),
            book_id: day.book_id,
            day: day.day,
            first_seq: day.first_seq,
            transfers: day.transfers,
            root: hex::encode(day.root),
            signature: hex::encode(day.signature),
            public_key: hex::encode(day.public_key),
            sealed_at: day.sealed_at,
        }
    }
}
