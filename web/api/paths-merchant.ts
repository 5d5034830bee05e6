/** The routes of merchants, shops, cashiers, statements, settlements and disputes; `paths.ts` takes them up. */
import type * as m from './merchant';
import type { Get, Paged, Post } from './paths';
import { sendFile } from './send';
import type { Day, Empty, Id, Items, Page } from './types';

interface ByMerchant { merchant_id: Id }
interface ByShop { shop_id: Id }
interface BySettlement { settlement_id: Id }
interface ByDispute { dispute_id: Id }
type None = Record<string, never>;
interface Made { id: Id }
interface Versioned { version: number }

export interface MerchantPaths {
  '/api/shop/merchants': Get<Items<m.MyMerchant>> & Post<{ form: m.MerchantForm; licence_file_ids?: Id[] }, Made>;
  '/api/shop/merchants/{merchant_id}': Get<m.MerchantPage, None, ByMerchant>;
  '/api/shop/merchants/{merchant_id}/resubmit': Post<Versioned & { form: m.MerchantForm; licence_file_ids?: Id[] }, Made, ByMerchant>;
  '/api/shop/merchants/{merchant_id}/bank': Post<{ bank: m.BankInput }, Empty, ByMerchant>;
  '/api/merchants': Get<Page<m.MerchantRow>, Paged & { state?: m.MerchantState; text?: string }> & Post<m.MerchantEnter, Made>;
  '/api/merchants/{merchant_id}': Get<m.MerchantPage, None, ByMerchant>;
  '/api/merchants/{merchant_id}/approve': Post<m.MerchantApprove, Empty, ByMerchant>;
  '/api/merchants/{merchant_id}/return': Post<Versioned & { reason: string }, Empty, ByMerchant>;
  '/api/merchants/{merchant_id}/state': Post<Versioned & { step: 'suspend' | 'resume' | 'end'; reason: string }, Empty, ByMerchant>;
  '/api/merchants/{merchant_id}/extend': Post<Versioned & { contract_to: Day; reason: string }, Empty, ByMerchant>;
  '/api/merchants/{merchant_id}/bank': Post<{ bank: m.BankInput }, Empty, ByMerchant>;
  '/api/merchant-banks/{bank_id}/decide': Post<{ approved: boolean; reason: string }, Empty, { bank_id: Id }>;

  '/api/merchants/{merchant_id}/shops': Get<Page<m.ShopRow>, Paged & { state?: m.ShopStateName }, ByMerchant> & Post<{ form: m.ShopForm }, Made, ByMerchant>;
  '/api/shops/{shop_id}/change': Post<Versioned & { form: m.ShopForm }, Empty, ByShop>;
  '/api/shops/{shop_id}/state': Post<Versioned & { step: 'open' | 'pause' | 'close'; reason: string }, Empty, ByShop>;
  '/api/places/shops': Get<Page<m.NearShop>, Paged & { lon_e6?: number; lat_e6?: number; division_code?: string; category?: m.Category; text?: string }>;
  '/api/places/shops/{shop_id}': Get<m.ShopPage, None, ByShop>;
  '/api/shop-figures': Get<m.ShopFigures, { from?: Day; to?: Day }>;

  '/api/shop/merchants/{merchant_id}/cashiers': Get<m.Cashiers, None, ByMerchant>;
  '/api/shop/merchants/{merchant_id}/invitations': Post<m.CashierInvite, m.CashierInvited, ByMerchant>;
  '/api/shop/invitations/{invitation_id}/drop': Post<Empty, Empty, { invitation_id: Id }>;
  '/api/shop/join': Post<{ code: string }, m.CashierJoined>;
  '/api/shop/cashiers/{cashier_id}/end': Post<Empty, Empty, { cashier_id: Id }>;
  '/api/shop/cashiers/{cashier_id}/pin': Post<{ pin: string }, Empty, { cashier_id: Id }>;
  '/api/shop/shops/{shop_id}/shift': Get<m.ShiftPage, None, ByShop> & Post<{ cashier_id: Id; pin: string }, m.ShiftPage, ByShop>;
  '/api/shop/shops/{shop_id}/shift/end': Post<Empty, Empty, ByShop>;

  '/api/merchants/{merchant_id}/statements': Get<Page<m.StatementRow>, Paged & { book_id?: Id }, ByMerchant>;
  '/api/statements/{statement_id}': Get<m.StatementPage, None, { statement_id: Id }>;
  '/api/statements/{statement_id}/proof': Get<m.StatementProof, None, { statement_id: Id }>;
  '/api/settlement-owed': Get<m.Owed, { through?: Day; book_id?: Id }>;
  '/api/settlements': Get<Page<m.SettlementRow>, Paged & { state?: m.SettlementState }> & Post<{ through: Day; merchants?: Id[]; book_id?: Id }, m.SettlementMade>;
  '/api/settlements/{settlement_id}': Get<m.SettlementPage, None, BySettlement>;
  '/api/settlements/{settlement_id}/check': Post<Versioned, Empty, BySettlement>;
  '/api/settlements/{settlement_id}/approve': Post<Versioned, Empty, BySettlement>;
  '/api/settlements/{settlement_id}/drop': Post<Versioned & { reason: string }, Empty, BySettlement>;
  '/api/settlement-differences/{difference_id}/propose': Post<{ action: m.DifferenceAction; reason: string; reference: string }, Empty, { difference_id: Id }>;
  '/api/settlement-differences/{difference_id}/decide': Post<{ approved: boolean; reason?: string }, Empty, { difference_id: Id }>;

  '/api/disputes': Get<Page<m.DisputeRow>, Paged> & Post<{ payment_id: Id; ground: m.DisputeGround; said: string }, Made>;
  '/api/shop/merchants/{merchant_id}/disputes': Get<Page<m.DisputeRow>, Paged, ByMerchant>;
  '/api/desk-disputes': Get<Page<m.DisputeRow>, Paged & { which?: 'open' | 'over' | 'refund' }>;
  '/api/disputes/{dispute_id}': Get<m.DisputePage, None, ByDispute>;
  '/api/disputes/{dispute_id}/answer': Post<{ said: string }, Empty, ByDispute>;
  '/api/disputes/{dispute_id}/withdraw': Post<Empty, Empty, ByDispute>;
  '/api/disputes/{dispute_id}/settle': Post<Versioned & { outcome: m.DisputeOutcome; refund_cents?: number; said: string }, Empty, ByDispute>;
}

/** Takes a picture or PDF of a business licence to the server. */
export const sendLicence = (file: File): Promise<m.LicenceFile> => sendFile('/api/shop/licences', file);
/** A business licence, for who decides: a plain link. */
export const licenceFile = (file: Id): string => `/api/merchant-licences/${file}`;
/** A daily statement as a file: a plain link. */
export const statementFile = (id: Id): string => `/api/statements/${id}/file`;
/** The file to be filled with shops: a plain link. */
export const shopTemplate = (format: 'xlsx' | 'csv'): string => `/api/shop-template?format=${format}`;
/** Where a file of shops is looked at, or entered. */
export const shopFile = (merchant: Id, verb: 'check' | 'import', name: string): string => `/api/merchants/${merchant}/shops/${verb}?name=${encodeURIComponent(name)}`;
/** The bank file, logged with its reason: a plain link. */
export const bankFile = (settlement: Id, format: 'xlsx' | 'csv', reason: string): string => `/api/settlements/${settlement}/bank-file?format=${format}&reason=${encodeURIComponent(reason)}`;
/** Where what the bank says is sent to. */
export const bankStatement = (settlement: Id, name: string): string => `/api/settlements/${settlement}/bank-statement?name=${encodeURIComponent(name)}`;
