//! What follows from an order alone. Who brings an order finds it before the order stands in a line: hashes take time,
//! and whoever carries orders out does so for everybody.

use kernel::Id;

use super::account::wallet_id;
use super::fingerprint::fingerprint;
use super::order::{Order, What};

/// Of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Tells it from another order under the same id.
    pub print: [u8; 32],
    /// The wallet of the person whom it names.
    wallet: Option<Id>,
}

impl Facts {
    /// Finds them.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        let wallet = match &order.what {
            What::Issue { person_id, .. } | What::Pay { person_id, .. } | What::Hold { person_id, .. } => {
                Some(wallet_id(order.book_id, *person_id))
            }
            _ => None,
        };
        Self { print: fingerprint(order), wallet }
    }

    /// The wallet of a person whom the order names.
    #[must_use]
    pub fn wallet(&self) -> Id {
        self.wallet.unwrap_or_default()
    }
}
