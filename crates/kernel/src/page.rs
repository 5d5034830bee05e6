//! Keyset pages: a list is read by "rows after this id", never by OFFSET, so a
//! page costs the same at row 30 and at row 600,000 and skips nothing while rows
//! are being added.
//!
//! ```
//! use kernel::page::{Page, PageInput};
//! let input = PageInput { after: None, limit: Some(2) };
//! let page = Page::cut(vec![1, 2, 3], &input, |n| n.to_string());
//! assert_eq!(page.items, [1, 2]);
//! assert_eq!(page.next.as_deref(), Some("2"));
//! ```

use serde::{Deserialize, Serialize};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};

use crate::error::{INPUT_INVALID, Result};
use crate::id::Id;

/// Rows on a page unless told.
pub const DEFAULT_LIMIT: u64 = 30;
/// Rows on a page at the most.
pub const MAX_LIMIT: u64 = 100;

/// Where a list goes on and how much it gives.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PageInput {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1 to 100; 30 unless told.
    #[serde(default)]
    pub limit: Option<u64>,
}

impl PageInput {
    /// A cursor and a limit as a list's input carries them.
    #[must_use]
    pub fn new(after: Option<String>, limit: Option<u64>) -> Self {
        Self { after, limit }
    }

    /// Rows on this page.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// Rows to fetch: one more than shown, to know whether there is a next page.
    #[must_use]
    pub fn fetch(&self) -> u64 {
        self.limit() + 1
    }

    /// The cursor as an id, where the list is ordered by id.
    ///
    /// # Errors
    /// `input.invalid` when the cursor was tampered with.
    pub fn after_id(&self) -> Result<Option<Id>> {
        let parse = |text: &String| text.parse().map_err(|_| INPUT_INVALID.refusal().on("after").into());
        self.after.as_ref().map(parse).transpose()
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// Rows of this page.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

// By hand: the derived implementation points at the row's schema and leaves it out.
impl<T: ToSchema> ComposeSchema for Page<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let row = RefOr::Ref(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(row))
            .required("items")
            .property("next", next)
            .required("next")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T> Page<T> {
    /// Cuts `fetch()` rows down to `limit()` and sets the cursor from the last row shown.
    pub fn cut(mut items: Vec<T>, input: &PageInput, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(input.limit()).unwrap_or(usize::MAX);
        let next = (items.len() > limit).then(|| {
            items.truncate(limit);
            items.last().map(&key)
        });
        Self { items, next: next.flatten() }
    }

    /// Changes the rows, keeps the cursor.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
