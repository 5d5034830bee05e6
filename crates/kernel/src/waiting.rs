//! What waits for a person. A floor tells what of its own waits for whoever may decide it; the list of what is to do
//! (`registry::todo`) asks every floor and knows none of those above it.
//!
//! Rows come in the order of their places, after the cursor, and at least as many as the page shows where there are so
//! many: so the rows of several sources are one list with one cursor. The count is that of the rows on all pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::access::Permission;
use crate::approval::entity as approvals;
use crate::command::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::page::PageInput;
use crate::time::{Day, Time};

/// Something that waits for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Where it stands in the list: an id of its own.
    pub place: Id,
    /// What kind of thing it is.
    pub kind: String,
    /// Which.
    pub subject_id: Id,
    /// In the words of the person who decides.
    pub title: String,
    /// One line more.
    pub detail: String,
    /// Where it waits.
    pub node_id: Id,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub due: Option<Day>,
    /// Past that day.
    pub overdue: bool,
    /// Page on the desk.
    pub link: String,
}

impl Waiting {
    /// An approval that waits on a page; without words it has no title.
    #[must_use]
    pub fn approval(row: approvals::Model, words: &Words, link: String, today: Day) -> Self {
        let (title, detail) = words.get(&row.subject_id).cloned().unwrap_or_default();
        let overdue = row.is_overdue(today);
        Self {
            place: row.id,
            kind: row.kind,
            subject_id: row.subject_id,
            title,
            detail,
            node_id: row.node_id,
            since: row.opened_at,
            due: row.due_on,
            overdue,
            link,
        }
    }
}

/// Title and one line more by the thing they are about.
pub type Words = BTreeMap<Id, (String, String)>;

type Rows = Arc<dyn Fn(Cx, PageInput) -> BoxFuture<'static, Result<Vec<Waiting>>> + Send + Sync>;
type Count = Arc<dyn Fn(Cx) -> BoxFuture<'static, Result<u64>> + Send + Sync>;
type Say = Arc<dyn Fn(Cx, Vec<approvals::Model>) -> BoxFuture<'static, Result<Words>> + Send + Sync>;

/// Things of a slice that can wait.
#[derive(Clone)]
pub struct Source {
    needs: &'static [Permission],
    rows: Rows,
    count: Count,
    say: Option<Say>,
}

impl Source {
    /// Things that are listed and counted like this, for whoever holds one of these permissions; nobody else is asked for.
    #[must_use]
    pub fn new<R, Listed, C, Counted>(needs: &'static [Permission], rows: R, count: C) -> Self
    where
        R: Fn(Cx, PageInput) -> Listed + Send + Sync + 'static,
        Listed: Future<Output = Result<Vec<Waiting>>> + Send + 'static,
        C: Fn(Cx) -> Counted + Send + Sync + 'static,
        Counted: Future<Output = Result<u64>> + Send + 'static,
    {
        let rows: Rows = Arc::new(move |cx, page| rows(cx, page).boxed());
        let count: Count = Arc::new(move |cx| count(cx).boxed());
        Self { needs, rows, count, say: None }
    }

    /// What is said of those that are approvals, also after they were decided.
    #[must_use]
    pub fn says<S, Said>(mut self, say: S) -> Self
    where
        S: Fn(Cx, Vec<approvals::Model>) -> Said + Send + Sync + 'static,
        Said: Future<Output = Result<Words>> + Send + 'static,
    {
        self.say = Some(Arc::new(move |cx, rows| say(cx, rows).boxed()));
        self
    }

    /// What waits for the caller, for one page.
    ///
    /// # Errors
    /// `input.invalid` for a bad cursor; the database.
    pub async fn rows(&self, cx: &Cx, page: &PageInput) -> Result<Vec<Waiting>> {
        if self.concerns(cx) { (self.rows)(cx.clone(), page.clone()).await } else { Ok(Vec::new()) }
    }

    /// How much waits for the caller.
    ///
    /// # Errors
    /// The database.
    pub async fn count(&self, cx: &Cx) -> Result<u64> {
        if self.concerns(cx) { (self.count)(cx.clone()).await } else { Ok(0) }
    }

    /// What is said of approvals; those of other slices are left out.
    ///
    /// # Errors
    /// The database.
    pub async fn words(&self, cx: &Cx, rows: &[approvals::Model]) -> Result<Words> {
        match &self.say {
            Some(say) => say(cx.clone(), rows.to_vec()).await,
            None => Ok(Words::new()),
        }
    }

    fn concerns(&self, cx: &Cx) -> bool {
        self.needs.iter().any(|need| cx.caller.holds(*need))
    }
}
