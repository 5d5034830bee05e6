//! Kinds of transfer, and between which kinds of account they may go.

use super::order::{AccountKind, MoveKind};

/// What a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransferKind {
    /// Money that arrived in the bank.
    TopUp,
    /// Between accounts without lots.
    Move(MoveKind),
    /// Points for a member.
    Issue,
    /// A member pays.
    Pay,
    /// A member pays what was held.
    Capture,
    /// A payment goes back, in part or whole.
    Refund,
    /// What is left of a lot goes back to its budget.
    Expire,
    /// The opposite of a transfer that was wrong.
    Reverse,
}

const ALL: [TransferKind; 13] = [
    TransferKind::TopUp,
    TransferKind::Move(MoveKind::Allocate),
    TransferKind::Move(MoveKind::Return),
    TransferKind::Move(MoveKind::Payout),
    TransferKind::Move(MoveKind::PayoutBack),
    TransferKind::Move(MoveKind::Escrow),
    TransferKind::Move(MoveKind::Adjust),
    TransferKind::Issue,
    TransferKind::Pay,
    TransferKind::Capture,
    TransferKind::Refund,
    TransferKind::Expire,
    TransferKind::Reverse,
];

impl TransferKind {
    /// As it stands in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::Move(kind) => kind.as_str(),
            Self::Issue => "issue",
            Self::Pay => "pay",
            Self::Capture => "capture",
            Self::Refund => "refund",
            Self::Expire => "expire",
            Self::Reverse => "reverse",
        }
    }

    /// From the table.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::TopUp => "经费入账",
            Self::Move(MoveKind::Allocate) => "预算调剂",
            Self::Move(MoveKind::Return) => "余款退回",
            Self::Move(MoveKind::Payout) => "结算付款",
            Self::Move(MoveKind::PayoutBack) => "付款退回",
            Self::Move(MoveKind::Escrow) => "订单暂存",
            Self::Move(MoveKind::Adjust) => "差额调整",
            Self::Issue => "发放",
            Self::Pay | Self::Capture => "支付",
            Self::Refund => "退款",
            Self::Expire => "到期收回",
            Self::Reverse => "冲正",
        }
    }

    /// The kind of its event.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::TopUp => "transfer.topped_up",
            Self::Move(_) => "transfer.moved",
            Self::Issue => "transfer.issued",
            Self::Pay => "transfer.paid",
            Self::Capture => "transfer.captured",
            Self::Refund => "transfer.refunded",
            Self::Expire => "transfer.expired",
            Self::Reverse => "transfer.reversed",
        }
    }

    /// Whether a member paid: what can be refunded.
    #[must_use]
    pub fn is_payment(self) -> bool {
        matches!(self, Self::Pay | Self::Capture)
    }

    /// Whether it can be reversed.
    #[must_use]
    pub fn is_reversible(self) -> bool {
        matches!(self, Self::TopUp | Self::Move(_) | Self::Issue)
    }
}

/// Whether a move of this kind may go from one kind of account to the other.
#[must_use]
pub fn fits(kind: MoveKind, from: AccountKind, to: AccountKind) -> bool {
    use AccountKind::{Adjustment, Budget, Custody, Escrow, Expiry, Merchant, Wallet};
    match kind {
        MoveKind::Allocate => (from, to) == (Budget, Budget),
        MoveKind::Return => (from, to) == (Budget, Custody),
        MoveKind::Payout => (from, to) == (Merchant, Custody),
        MoveKind::PayoutBack => (from, to) == (Custody, Merchant),
        MoveKind::Escrow => {
            let may = |kind| matches!(kind, Merchant | Escrow | Budget);
            may(from) && may(to) && (from == Escrow || to == Escrow)
        }
        MoveKind::Adjust => {
            let apart = |kind| matches!(kind, Adjustment | Expiry);
            from != Wallet && to != Wallet && (apart(from) || apart(to))
        }
    }
}

/// Whether a member's payment may go there.
#[must_use]
pub fn is_paid(kind: AccountKind) -> bool {
    matches!(kind, AccountKind::Merchant | AccountKind::Escrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in ALL {
            assert_eq!(TransferKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(TransferKind::parse("gift"), None);
    }

    #[test]
    fn no_move_touches_a_wallet() {
        use AccountKind::{Adjustment, Budget, Custody, Escrow, Expiry, Merchant, Wallet};
        let kinds = [Custody, Budget, Wallet, Merchant, Escrow, Expiry, Adjustment];
        let moves = ALL.iter().filter_map(|kind| if let TransferKind::Move(kind) = kind { Some(*kind) } else { None });
        for kind in moves {
            for other in kinds {
                assert!(!fits(kind, Wallet, other) && !fits(kind, other, Wallet), "{kind:?} {other:?}");
            }
        }
        assert!(fits(MoveKind::Payout, Merchant, Custody) && !fits(MoveKind::Payout, Budget, Custody));
    }
}
