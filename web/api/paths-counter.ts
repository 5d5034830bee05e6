/** The routes of paying at the counter; `paths.ts` takes them up. What goes on (server-sent events) is no call and not here. */
import type * as c from './counter';
import type { Get, Paged, Post } from './paths';
import type { Day, Empty, Id, Items, Page } from './types';

type None = Record<string, never>;
interface ByShop { shop_id: Id }
interface ByPayment { payment_id: Id }

export interface CounterPaths {
  '/api/pay': Get<c.PayStanding>;
  '/api/pay/devices': Get<Items<c.PayDevice>> & Post<{ label: string; replaces?: Id }, c.Enrolled>;
  '/api/pay/devices/revoke': Post<{ device_id?: Id }, { revoked: number }>;
  '/api/pay/short-codes': Post<{ shop: string; amount_cents: number }, c.ShortCode>;
  '/api/pay/shops/{shop}': Get<c.PayShop, None, { shop: string }>;
  '/api/pay/shops/{shop}/pay': Post<{ id: Id; points_cents: number }, c.Receipt, { shop: string }>;
  '/api/payments': Get<Page<c.PaymentStep>, Paged>;
  '/api/payments/news': Get<c.News, { after?: number }>;
  '/api/payments/{payment_id}': Get<c.Receipt, None, ByPayment>;
  '/api/payments/{payment_id}/give-up': Post<Empty, c.Receipt, ByPayment>;

  '/api/shop/shops/{shop_id}/sign': Post<Empty, c.ShopSign, ByShop>;
  '/api/shop/shops/{shop_id}/charge': Post<c.ChargeBody, c.Receipt, ByShop>;
  '/api/shop/shops/{shop_id}/payments': Get<c.ShopDay, Paged & { day?: Day }, ByShop>;
  '/api/shop/shops/{shop_id}/news': Get<c.News, { after?: number }, ByShop>;
  '/api/shop/shops/{shop_id}/payments/{payment_id}': Get<c.Receipt, None, ByShop & ByPayment>;
  '/api/shop/shops/{shop_id}/payments/{payment_id}/reverse': Post<Empty, c.Receipt, ByShop & ByPayment>;
  '/api/shop/shops/{shop_id}/payments/{payment_id}/refund': Post<c.RefundBody, c.Receipt, ByShop & ByPayment>;
  '/api/shop/shops/{shop_id}/tills': Get<Items<c.TillRow>, None, ByShop> & Post<{ label: string; refunds: boolean }, c.TillAdded, ByShop>;
  '/api/shop/shops/{shop_id}/tills/{till_id}/revoke': Post<Empty, Empty, ByShop & { till_id: Id }>;

  '/api/spend-flags': Get<Page<c.SpendFlag>, Paged & { all?: boolean }>;
  '/api/spend-flags/{flag_id}/note': Post<{ note: string }, Empty, { flag_id: Id }>;
  '/api/wallets/{person_id}': Get<c.WalletState, None, { person_id: Id }>;
  '/api/wallets/{person_id}/freeze': Post<{ reason: string }, Empty, { person_id: Id }>;
  '/api/wallets/{person_id}/unfreeze': Post<{ reason: string }, Empty, { person_id: Id }>;
}
