/** The shapes of points: budgets, bank lines, batches, rules, proofs, the ledger, the wallet. Amounts are whole cents. */
import type { IssueEvidenceRow } from './evidence';
import type { Day, Id, Time } from './types';

export interface PointsPurpose { code: string; label: string; basis: string; limit_cents: number | null; blocks: boolean }
export interface BookRow { id: Id; kind: 'own' | 'entrusted'; name: string; funder: string | null }
export interface BudgetRow {
  id: Id;
  organization_id: Id;
  organization_name: string;
  fiscal_year: number;
  purpose: string;
  purpose_label: string;
  book_id: Id;
  book_name: string;
  funded_cents: number;
  /** From other budgets. */
  moved_in_cents: number;
  issued_cents: number;
  expired_cents: number;
  returned_cents: number;
  /** To other budgets. */
  moved_out_cents: number;
  balance_cents: number;
  /** Promised to what was released and is not issued yet. */
  reserved_cents: number;
  available_cents: number;
}
export interface BudgetOpen { organization_id: Id; purpose: string; fiscal_year?: number; book_id?: Id }
export interface Forecast { as_of: Day; days_30_cents: number; days_60_cents: number; days_90_cents: number }
export interface FundingLine { id: Id; number: string; day: Day; payer: string }
export interface FundingRow {
  id: Id; kind: 'top_up' | 'give_back'; amount_cents: number; reason: string; state: 'waiting' | 'done' | 'paid' | 'returned'; asked_at: Time; transfer_id: Id | null; bank_line: FundingLine | null; paid: PaidLine | null; may_approve: boolean;
}
/** The line of the bank that paid what went back. */
export interface PaidLine { id: Id; number: string; day: Day; payee: string }
export interface GiveBackRow {
  id: Id; budget_id: Id; organization_name: string; fiscal_year: number; purpose_label: string; amount_cents: number; reason: string; left_on: Day; paid: PaidLine | null;
}
export interface AllocationRow {
  id: Id; incoming: boolean; other_id: Id; other_name: string; amount_cents: number; reason: string; state: 'waiting' | 'done' | 'returned'; asked_at: Time; transfer_id: Id | null;
}
export interface BudgetAllocate { to_id: Id; amount_cents: number; reason: string }
export interface BudgetPage { budget: BudgetRow; fundings: FundingRow[]; allocations: AllocationRow[]; forecast: Forecast; may_keep: boolean; may_issue: boolean }
/** A budget of a book from a day to a day. */
export interface BookBudget {
  id: Id; organization_name: string; fiscal_year: number; purpose_label: string; opening_cents: number; funded_cents: number; moved_in_cents: number; issued_cents: number; expired_cents: number;
  returned_cents: number; moved_out_cents: number; closing_cents: number;
}
export interface BookReport {
  book: BookRow; from: Day; to: Day; opening_cents: number; opening_held_cents: number; funded_cents: number; issued_cents: number; spent_cents: number; expired_cents: number; returned_cents: number;
  returned_paid_cents: number; held_by_members_cents: number; left_cents: number; budgets: BookBudget[]; give_backs: GiveBackRow[]; digest: string;
}

export interface BankLine {
  id: Id; book_id: Id; number: string; day: Day; amount_cents: number; payer: string; note: string | null; file_id: Id | null; state: 'open' | 'waiting' | 'done' | 'payout_back'; budget_id: Id | null;
}
export interface BankLineAdd { book_id?: Id; number: string; day: Day; amount_cents: number; payer: string; note?: string }
export interface RowFault { row_number: number; code: string; message: string }
export interface BankFileTaken { file_id: Id; added: number; outgoing: number; known: number; left_out: number; balances: number; faults: RowFault[] }
export interface BankOutgoing {
  id: Id; book_id: Id; number: string; day: Day; amount_cents: number; payee: string; note: string | null; file_id: Id | null; budget_id: Id | null;
}
export interface BankOutgoingAdd { book_id?: Id; number: string; day: Day; amount_cents: number; payee: string; note?: string }
/** What was at the bank when a day ended. */
export interface BankBalance {
  id: Id; book_id: Id; day: Day; balance_cents: number; state: 'waiting' | 'counts' | 'replaced'; reason: string | null; file_id: Id | null; entered_by: string | null; entered_at: Time;
  checked_by: string | null; own: boolean;
}
export interface BankBalanceEnter { book_id?: Id; day: Day; balance_cents: number }
export interface FundingAsked { id: Id; amount_cents: number }

export type MoneyKind = 'points_funding' | 'points_allocation' | 'issue_batch' | 'issue_correction' | 'point_rule';
export interface PointsWaiting {
  kind: MoneyKind;
  subject_id: Id;
  name: string;
  organization_name: string;
  amount_cents: number;
  /** What a rule gives altogether at the most. */
  total_cents: number | null;
  people: number | null;
  over_limit: number | null;
  /** Papers behind a batch. */
  evidence_files: number | null;
  asked_by: string | null;
  own: boolean;
  waiting_since: Time;
  node_name: string;
  stage: number;
  stages: number;
}
export interface PointsDecided { progress: 'next' | 'done' | 'returned' }
export interface MoneyDecision { outcome: 'approved' | 'returned' | 'withdrawn' | 'moved' | 'made' | 'checked' | 'sent'; stage: number; by: string | null; at: Time; note: string | null }

export type BatchKind = 'activity' | 'list' | 'segment';
export type BatchState = 'preparing' | 'prepared' | 'waiting' | 'running' | 'done' | 'short' | 'withdrawn' | 'failed';
export interface BatchRow {
  id: Id;
  version: number;
  organization_id: Id;
  organization_name: string;
  budget_id: Id;
  purpose_label: string;
  kind: BatchKind;
  name: string;
  each_cents: number | null;
  rule: string | null;
  file_name: string | null;
  expires_on: Day;
  state: BatchState;
  people: number;
  amount_cents: number;
  over_limit: number;
  faults: number;
  issued_people: number;
  issued_cents: number;
  refused_people: number;
  /** Papers behind it. */
  evidence_files: number;
  trouble: string | null;
  return_reason: string | null;
  made_by: string | null;
  made_at: Time;
  released_at: Time | null;
  ended_at: Time | null;
}
export interface BatchCreate { budget_id: Id; kind: BatchKind; name: string; each_cents?: number; expires_on?: Day; membership_ids?: Id[]; file_id?: Id; rule?: string }
export interface BatchPage { batch: BatchRow; available_cents: number; decisions: MoneyDecision[]; may_issue: boolean; may_approve: boolean }
export interface BatchLine { person_id: Id; name: string; organization_name: string; row_number: number | null; amount_cents: number; over_limit: boolean; state: 'waiting' | 'issued' | 'refused'; code: string | null }
export interface BatchPerson { membership_id: Id; name: string }
export interface BatchFile { file_id: Id; name: string; rows: number }
export interface UseReport { issued_cents: number; spent_cents: number; expired_cents: number; reversed_cents: number; left_cents: number; moved_cents: number; people: number; spent_people: number }

/** What became of a batch, among others. */
export interface BatchUse { id: Id; name: string; organization_name: string; purpose_label: string; released_at: Time | null; people: number; issued_cents: number; spent_cents: number; left_cents: number; expired_cents: number; reversed_cents: number; evidence_files: number }
/** What is asked back of a batch: everything, or what named people got. */
export interface IssueCorrectionAsk { whole: boolean; person_ids: Id[]; reason: string }
export interface IssueCorrectionAsked { id: Id; people: number; amount_cents: number }
export interface IssueCorrectionForecast { people: number; amount_cents: number; back_cents: number; whole_people: number; part_people: number; spent_people: number; before_people: number }
export type IssueCorrectionState = 'waiting' | 'running' | 'done' | 'returned' | 'withdrawn';
export type IssueCorrectionOutcome = 'whole' | 'part' | 'spent' | 'before' | 'refused';
export interface IssueCorrectionRow {
  id: Id;
  version: number;
  whole: boolean;
  reason: string;
  state: IssueCorrectionState;
  people: number;
  amount_cents: number;
  done_people: number;
  taken_cents: number;
  outcomes: { state: IssueCorrectionOutcome; people: number; taken_cents: number }[];
  asked_by: string | null;
  asked_at: Time;
  return_reason: string | null;
  ended_at: Time | null;
  decisions: MoneyDecision[];
  may_withdraw: boolean;
  may_approve: boolean;
}
export interface IssueCorrectionLine { person_id: Id; name: string; amount_cents: number; taken_cents: number; state: 'waiting' | IssueCorrectionOutcome; code: string | null }

export interface PointEvent { kind: string; label: string }
export interface PointRuleRow {
  id: Id;
  organization_id: Id;
  organization_name: string;
  budget_id: Id;
  name: string;
  event_kind: string;
  event_label: string;
  amount_cents: number;
  daily_cents: number | null;
  yearly_cents: number | null;
  /** None for a rule from before there were totals. */
  total_cents: number | null;
  given_cents: number;
  from_on: Day;
  to_on: Day;
  valid_days: number;
  state: 'waiting' | 'on' | 'ended' | 'returned';
  made_by: string | null;
  made_at: Time;
  return_reason: string | null;
}
export interface PointRuleCreate {
  budget_id: Id; name: string; event_kind: string; amount_cents: number; daily_cents?: number; yearly_cents?: number; total_cents: number; from_on: Day; to_on: Day; valid_days?: number;
}
export type GrantOutcome = 'given' | 'daily_cap' | 'yearly_cap' | 'limit' | 'total' | 'budget' | 'nobody' | 'ledger';
export interface PointRulePage { rule: PointRuleRow; report: UseReport; outcomes: { outcome: GrantOutcome; events: number }[]; decisions: MoneyDecision[]; may_issue: boolean; may_approve: boolean }
export interface GrantRow { event_id: Id; day: Day; amount_cents: number; outcome: GrantOutcome }

export interface ProofFigures {
  custody_cents: number; budget_cents: number; wallet_cents: number; merchant_cents: number; other_cents: number; unmatched_cents: number; transfers: number; agrees: boolean;
}
/** The auditor's last walk over all rows of the ledger. */
export interface LedgerWalk { ended_at: Time; seconds: number }
/** How what must be at the bank follows from the ledger, and what the bank says. */
export interface BankFigures {
  balance_cents: number; custody_cents: number; unmatched_cents: number; payouts_under_way_cents: number; returns_under_way_cents: number; ahead_cents: number; expected_cents: number;
  difference_cents: number;
}
export interface BankDay {
  day: Day; state: 'missing' | 'waiting' | 'agrees' | 'differs'; figures: BankFigures | null; waiting: { id: Id; balance_cents: number; reason: string | null; own: boolean } | null;
}
export interface BookProof { book_id: Id; book_name: string; now: ProofFigures; days: { day: Day; made_at: Time; figures: ProofFigures }[]; bank: BankDay[]; month_to_close: string | null; stop: BookStop | null }
export interface StopFault { rule: string; what: string }
/** Why a book stands still, and how far its opening is. */
export interface BookStop {
  since: Time; faulty: number; found: StopFault[]; asked_at: Time | null; asked_reason: string | null; asked_by_me: boolean;
  proof: { at: Time; rows: number; faulty: number; found: StopFault[] } | null; may_ask: boolean; may_reopen: boolean;
}
export interface MonthFigures { month: string; last_seq: number; moved: { kind: TransferKind; transfers: number; amount_cents: number }[]; balances: { kind: AccountKind; balance_cents: number }[] }
export interface ClosedMonth { book_id: Id; figures: MonthFigures; digest: string; closed_at: Time }
export interface MonthVerified { agrees: boolean; closed: ClosedMonth; computed: MonthFigures; digest: string }
export interface Sums { month: string; opening_cents: number; closing_cents: number; lines: { kind: TransferKind; in_cents: number; out_cents: number; transfers: number }[] }
export interface UnionStatement { month: string; budgets: { budget_id: Id; fiscal_year: number; purpose_label: string; sums: Sums }[] }

export type AccountKind = 'custody' | 'budget' | 'wallet' | 'merchant' | 'escrow' | 'expiry' | 'adjustment';
export type TransferKind = 'top_up' | 'allocate' | 'return' | 'payout' | 'payout_back' | 'escrow' | 'adjust' | 'issue' | 'pay' | 'capture' | 'refund' | 'expire' | 'reverse';
export interface LedgerAccountRow { id: Id; book_name: string; kind: AccountKind; label: string; balance_cents: number; held_cents: number; frozen_reason: string | null }
export interface LedgerEntry { transfer_id: Id; seq: number; kind: TransferKind; reason: string; other_label: string; amount_cents: number; balance_cents: number; at: Time }
export interface AccountProof { transfers: number; balance_cents: number; computed_cents: number; held_cents: number; lots_cents: number | null; agrees: boolean; wrong_at: number | null }
/** The points of one issue that a transfer took or gave back. */
export interface TransferLot { issue_id: Id; reason: string; issuer_name: string; amount_cents: number }
/** What the bank said of a payment to a merchant. */
export interface PayoutLine { file_name: string; line: number; outcome: 'paid' | 'rejected' | 'returned' | 'unclear'; amount_cents: number; booked_on: Day | null }
export interface TransferGround {
  kind: MoneyKind | 'settlement'; id: Id; budget_id: Id | null; name: string; file_name: string | null; file_digest: string | null;
  /** Papers behind a batch, null for what has none by its nature; the papers themselves to who may open them. */
  evidence_files: number | null;
  evidence: IssueEvidenceRow[];
  decisions: MoneyDecision[]; lines: PayoutLine[];
}
export interface LedgerTransfer {
  id: Id;
  seq: number;
  kind: TransferKind;
  debit: LedgerAccountRow;
  credit: LedgerAccountRow;
  amount_cents: number;
  debit_after_cents: number;
  credit_after_cents: number;
  reason: string;
  at: Time;
  reverses_id: Id | null;
  reversed_by: Id[];
  ground: TransferGround | null;
  lots: TransferLot[];
  bank_line: FundingLine | null;
  paid: PaidLine | null;
  sealed: { seq: number; hash: string } | null;
}

export interface WalletLot { id: Id; reason: string; issuer_name: string; amount_cents: number; left_cents: number; expires_on: Day }
export interface WalletBook { book_id: Id; book_name: string; funder: string | null; balance_cents: number; held_cents: number; available_cents: number; lots: WalletLot[]; forecast: Forecast }
export interface Wallet { available_cents: number; books: WalletBook[] }
export interface WalletEntry { id: Id; kind: TransferKind; reason: string; amount_cents: number; balance_cents: number; at: Time; day: Day }

/** A day of a book under its root, as it is published. */
export interface SealedDayRow { book_id: Id; book_name: string; day: Day; first_seq: number; transfers: number; root: string; signature: string; public_key: string; sealed_at: Time }
/** The fields of a transfer that are hashed, in their order. */
export interface SlipTransfer {
  id: Id; fingerprint: string; book_id: Id; seq: number; kind: TransferKind; debit_id: Id; credit_id: Id; amount_cents: number; reason: string; shop_id: Id | null; reverses_id: Id | null; event_id: Id; at_micros: number; day: Day;
}
export interface SlipWay { place: number; size: number; path: string[]; root: string }
export interface Slip { transfer: SlipTransfer; book_name: string; due_on: Day; way: SlipWay | null }
