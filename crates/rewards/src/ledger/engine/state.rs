//! What the engine knows, and what it changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::Id;
use kernel::time::{Day, Time};

use super::rows::{Account, Book, Burnt, Hold, Known, Lot, Past, Transfer, Use};

/// Everything that a batch of orders may read. Of the wallets that spend those open lots are there that can be spent, or as
/// many as all of their orders may take, the first ones first; of others those that an order names.
#[derive(Debug, Default, Clone)]
pub struct State {
    pub books: BTreeMap<Id, Book>,
    pub accounts: HashMap<Id, Account>,
    pub holds: HashMap<Id, Hold>,
    pub past: HashMap<Id, Past>,
    pub known: HashMap<Id, Known>,
    /// Accounts and lots that stand in the tables; others are opened by an order.
    pub stored: HashSet<Id>,
    /// Bank lines that have topped up a budget.
    pub bank_lines: HashSet<Id>,
    lots: HashMap<Id, Lot>,
    /// Open lots of a wallet, in the order in which they are spent.
    open: HashMap<Id, BTreeSet<(Day, i64, Id)>>,
}

impl State {
    /// Nothing but locked books yet.
    #[must_use]
    pub fn of(books: BTreeMap<Id, Book>) -> Self {
        Self { books, ..Self::default() }
    }

    /// Takes in a lot, or its new state.
    pub fn put_lot(&mut self, lot: Lot) {
        let open = self.open.entry(lot.account_id).or_default();
        if lot.left_cents > 0 {
            open.insert(lot.place());
        } else {
            open.remove(&lot.place());
        }
        self.lots.insert(lot.id, lot);
    }

    /// A lot.
    #[must_use]
    pub fn lot(&self, id: Id) -> Option<&Lot> {
        self.lots.get(&id)
    }

    /// Open lots of a wallet, first-expiring first.
    pub fn open_lots(&self, wallet: Id) -> impl Iterator<Item = &Lot> {
        self.open.get(&wallet).into_iter().flatten().filter_map(|(_, _, id)| self.lots.get(id))
    }
}

/// What is to be written.
#[derive(Debug, Default, Clone)]
pub struct Effects {
    pub transfers: Vec<Transfer>,
    pub uses: Vec<Use>,
    pub burnt: Vec<Burnt>,
    pub books: BTreeSet<Id>,
    /// Changed or opened.
    pub accounts: BTreeSet<Id>,
    /// Changed or made.
    pub lots: BTreeSet<Id>,
    /// Of them, those of which something expired or was reversed.
    pub lots_back: BTreeSet<Id>,
    pub new_holds: Vec<Id>,
    pub resolved_holds: Vec<Id>,
}

/// When a batch is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub now: Time,
}
