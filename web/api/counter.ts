/** The shapes of paying at the counter: codes, payments, tills, flags. */
import type { Day, Id, Time } from './types';

export interface PayStanding {
  /** Nobody who could hold points is behind this account. */
  nobody: boolean;
  available_cents: number;
  /** Why the wallet stands still. */
  frozen: string | null;
  /** The ledger stands still. */
  paused: boolean;
  spent_cents: number;
  spent_times: number;
  most_cents: number;
  day_cents: number;
  day_times: number;
  short_most_cents: number;
  short_minutes: number;
  devices: number;
  now: Time;
}
export interface PayDevice { id: Id; label: string; enrolled_at: Time; good_until: Time }
/** The secret is told once. */
export interface Enrolled { device_id: Id; prefix: string; number: string; secret: string; step_seconds: number; good_until: Time; now: Time }
export interface PayShop { shop_id: Id; shop_name: string; merchant_name: string; most_cents: number; short_most_cents: number }
export interface ShortCode { code: string; shop_id: Id; shop_name: string; amount_cents: number; expires_at: Time }

export type PaymentState = 'paid' | 'closed' | 'reversed';
export type Channel = 'code' | 'short' | 'shop' | 'none';
/** Points of a payment that were of one book. */
export interface PaymentPart { book_id: Id; book_name: string; funder: string | null; points_cents: number; points_back_cents: number }
export interface RefundLine { id: Id; points_cents: number; cash_cents: number; reason: string; at: Time }
export interface Receipt {
  id: Id;
  state: PaymentState;
  channel: Channel;
  shop_id: Id | null;
  shop_name: string | null;
  merchant_name: string | null;
  points_cents: number;
  cash_cents: number;
  points_back_cents: number;
  cash_back_cents: number;
  reference: string | null;
  code: string | null;
  message: string | null;
  at: Time;
  day: Day;
  refunds: RefundLine[];
  /** By book, for who paid alone; empty when all points were of the city's own book. */
  parts: PaymentPart[];
}
export type StepKind = 'paid' | 'closed' | 'reversed' | 'refunded';
export interface PaymentStep {
  seq: number;
  payment_id: Id;
  kind: StepKind;
  shop_id: Id;
  shop_name: string;
  merchant_name: string;
  refund_id: Id | null;
  points_cents: number;
  cash_cents: number;
  at: Time;
  day: Day;
}
export interface News { items: PaymentStep[]; after: number }

export interface ChargeBody { id: Id; code: string; points_cents: number; cash_cents?: number; reference?: string }
export interface RefundBody { id: Id; points_cents: number; cash_cents?: number; reason: string }
export interface ShopSum { times: number; points_cents: number; cash_cents: number }
export interface ShopDay {
  day: Day;
  paid: ShopSum;
  reversed: ShopSum;
  refunded: ShopSum;
  may_refund: boolean;
  items: PaymentStep[];
  next: string | null;
}
export interface ShopSign { shop_name: string; merchant_name: string; number: string; url: string; qr_svg: string }
export interface TillRow { id: Id; number: string; label: string; refunds: boolean; added_at: Time; revoked_at: Time | null }
/** The key is told once. */
export interface TillAdded { id: Id; number: string; key: string }

export type FlagKind = 'person_often' | 'shop_burst' | 'pair_often' | 'refunds_many';
export interface SpendFlag {
  id: Id;
  kind: FlagKind;
  person_id: Id | null;
  organization_name: string | null;
  shop_name: string | null;
  merchant_name: string | null;
  from_at: Time;
  to_at: Time;
  times: number;
  cents: number;
  note: string | null;
  seen_at: Time | null;
}
export interface WalletFreeze { reason: string; frozen_at: Time; end_reason: string | null; ended_at: Time | null }
export interface WalletState { frozen: boolean; items: WalletFreeze[] }
