/** The shapes of merchants, shops, cashiers, statements, settlements and disputes. Amounts are whole cents, places millionths of a degree. */
import type { Day, Id, Time } from './types';

export type Category = 'catering' | 'grocery' | 'books' | 'culture' | 'sports' | 'travel' | 'health' | 'transport' | 'service' | 'other';
export type MerchantState = 'waiting' | 'returned' | 'active' | 'suspended' | 'ended';
export interface BankInput { holder: string; bank: string; number: string }
export interface MerchantForm { name: string; uscc: string; category: Category; contact_name: string; contact_phone: string; bank: BankInput }
export interface MerchantEnter { organization_id: Id; form: MerchantForm; terms: string; contract_from: Day; contract_to: Day }
export interface MerchantApprove { version: number; contract_from?: Day; contract_to?: Day; terms?: string }
export interface MerchantRow {
  id: Id;
  /** Sent back with a change. */
  version: number;
  organization_id: Id;
  organization_name: string;
  name: string;
  uscc: string;
  category: Category;
  state: MerchantState;
  reason: string | null;
  terms: string | null;
  contract_from: Day | null;
  /** The first day on which it is over. */
  contract_to: Day | null;
  takes_points: boolean;
  shops: number;
}
export interface MerchantBank { id: Id; holder: string; bank: string; tail: string; state: 'waiting' | 'active' | 'replaced' | 'refused'; reason: string | null; entered_at: Time; own: boolean }
export type MerchantStepWhat = 'applied' | 'entered' | 'changed' | 'returned' | 'approved' | 'suspended' | 'resumed' | 'ended' | 'extended';
export interface MerchantStepRow { what: MerchantStepWhat; reason: string | null; by: string | null; at: Time }
/** A picture or PDF of a business licence that was taken in, and can be named by an application within a day. */
export interface LicenceFile { file_id: Id; name: string; content_type: string }
export interface MerchantLicence extends LicenceFile { added_at: Time }
export interface MerchantPage {
  merchant: MerchantRow;
  /** To those who decide. */
  licences: MerchantLicence[];
  licence_files: number;
  contact_name: string;
  contact_phone_masked: string;
  banks: MerchantBank[];
  steps: MerchantStepRow[];
  owed_cents: number;
  own: boolean;
  may_keep: boolean;
  may_approve: boolean;
}
export type CashierRole = 'charge' | 'refund' | 'manager';
export type ShopStateName = 'open' | 'paused' | 'closed';
export interface MyShop { id: Id; name: string; address: string; state: ShopStateName }
export interface MyMerchant { merchant: MerchantRow; role: CashierRole | null; cashier_id: Id | null; has_pin: boolean; shops: MyShop[]; /** Refunds that disputes decided and the shops still owe. */ refunds_owed: number; refunds_due_on: Day | null }

export interface ShopForm { code: string; name: string; division_code: string; address: string; lon_e6?: number; lat_e6?: number; opens: string; closes: string; shut: string }
export interface ShopRow {
  id: Id;
  version: number;
  code: string;
  name: string;
  division_code: string;
  division_name: string | null;
  address: string;
  lon_e6: number | null;
  lat_e6: number | null;
  opens: string;
  closes: string;
  shut: string;
  state: ShopStateName;
  reason: string | null;
}
export interface ShopFileAnswer { rows: number; good: number; known: number; faults: { row: number; code: string; name: string; message: string }[] }
export interface NearShop {
  id: Id;
  name: string;
  merchant_name: string;
  category: Category;
  division_code: string;
  division_name: string | null;
  address: string;
  opens: string;
  closes: string;
  shut: string;
  open_now: boolean;
  metres: number | null;
}
export interface ShopPage { shop: NearShop; lon_e6: number | null; lat_e6: number | null; takes_points: boolean }
export interface ShopFigure { key: string; payments: number; paid_cents: number; refunds: number; refunded_cents: number }
export interface ShopFigures { from: Day; to: Day; merchants: number; shops: number; months: ShopFigure[]; categories: ShopFigure[] }

export interface CashierRow { id: Id; label: string; role: CashierRole; shop_id: Id | null; has_pin: boolean; own: boolean; began_at: Time }
export interface InvitationRow { id: Id; label: string; role: CashierRole; shop_id: Id | null; expires_at: Time }
export interface Cashiers { items: CashierRow[]; invitations: InvitationRow[] }
export interface CashierInvite { role: CashierRole; label: string; shop_id?: Id }
export interface CashierInvited { id: Id; code: string; expires_at: Time }
export interface CashierJoined { cashier_id: Id; merchant_id: Id; shop_id: Id | null; role: CashierRole }
export interface ShiftCashier { id: Id; label: string; role: CashierRole }
export interface ShiftPage { now: ShiftCashier; by_shift: boolean; since: Time | null; others: ShiftCashier[] }

export interface StatementRow { id: Id; book_id: Id; book_name: string; day: Day; payments: number; paid_cents: number; refunds: number; refunded_cents: number; net_cents: number }
export interface StatementLine { shop_id: Id | null; shop_name: string | null; issuer_id: Id | null; issuer_name: string | null; payments: number; paid_cents: number; refunds: number; refunded_cents: number }
export interface StatementPage extends StatementRow { merchant_id: Id; merchant_name: string; digest: string; lines: StatementLine[] }
export interface StatementProof { agrees: boolean; kept: string; computed: string }

export type SettlementState = 'locked' | 'checked' | 'approved' | 'sent' | 'closed' | 'dropped';
export interface SettlementRow {
  id: Id;
  version: number;
  number: string;
  book_id: Id;
  book_name: string;
  through: Day;
  state: SettlementState;
  items: number;
  total_cents: number;
  made_at: Time;
  closed_at: Time | null;
  reason: string | null;
}
export type ItemState = 'open' | 'paid' | 'rejected' | 'returned' | 'released';
export interface SettlementItem { id: Id; reference: string; merchant_id: Id; merchant_name: string; bank_tail: string; amount_cents: number; paid_cents: number; state: ItemState }
export type DifferenceClass = 'rejected' | 'amount' | 'duplicate' | 'unknown' | 'missing' | 'returned' | 'day';
export type DifferenceAction = 'pay' | 'pay_again' | 'release' | 'close';
export interface SettlementDifference {
  id: Id;
  class: DifferenceClass;
  /** Number of the bank's line; 0 of a missing one. */
  line: number;
  reference: string | null;
  merchant_name: string | null;
  expected_cents: number | null;
  actual_cents: number | null;
  state: 'open' | 'proposed' | 'done';
  action: DifferenceAction | null;
  reason: string | null;
  voucher: string | null;
  proposed_by: string | null;
  own: boolean;
  decided_by: string | null;
  refused: string | null;
  actions: DifferenceAction[];
}
export interface BankStatementRow { id: Id; name: string; lines: number; matched: number; uploaded_at: Time }
export interface SettlementPage {
  settlement: SettlementRow;
  steps: { what: 'made' | 'checked' | 'approved' | 'sent'; by: string | null; at: Time }[];
  items: SettlementItem[];
  differences: SettlementDifference[];
  statements: BankStatementRow[];
  may_run: boolean;
  may_approve: boolean;
}
export interface OwedRow { merchant_id: Id; merchant_name: string; statements_cents: number; paid_cents: number; owed_cents: number; under_way: boolean; has_bank: boolean }
export interface Owed { book_id: Id; through: Day; items: OwedRow[] }
export interface SettlementMade { id: Id; number: string; items: number; total_cents: number }
export interface Reconciled { lines: number; matched: number; repeated: number; differences: number; closed: boolean }

export type DisputeGround = 'amount' | 'not_mine' | 'goods' | 'twice' | 'refund' | 'other';
export type DisputeOutcome = 'refund' | 'no_change' | 'explained';
export type DisputeSide = 'member' | 'merchant' | 'union';
export interface DisputeRefund { amount_cents: number; done_cents: number; due_on: Day; done: boolean; overdue: boolean }
export interface DisputeRow {
  id: Id;
  version: number;
  merchant_name: string;
  shop_name: string | null;
  amount_cents: number;
  paid_on: Day;
  side: 'member' | 'merchant';
  ground: DisputeGround;
  state: 'open' | 'answered' | 'settled' | 'withdrawn';
  outcome: DisputeOutcome | null;
  opened_at: Time;
  due_on: Day;
  overdue: boolean;
  refund: DisputeRefund | null;
}
export interface DisputePage {
  dispute: DisputeRow;
  side: DisputeSide;
  derivation: string[];
  refund_derivation: string[];
  words: { number: number; side: DisputeSide; said: string; at: Time }[];
  may_withdraw: boolean;
  may_answer: boolean;
  may_settle: boolean;
  payment_id: Id | null;
  shop_id: Id | null;
}
