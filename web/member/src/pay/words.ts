/** Words of paying that several pages share. */
import type { Channel, PaymentState, Receipt, StepKind } from '@api/counter';
import { yuanText } from '@shared/money';

export const stateWords: Record<PaymentState, { text: string; tone: '' | 'ok' | 'warn' | 'late' }> = {
  paid: { text: '已付', tone: 'ok' }, closed: { text: '没有付成', tone: 'late' }, reversed: { text: '已撤销', tone: 'warn' },
};
export const stepWords: Record<StepKind, string> = { paid: '付款', closed: '没有付成', reversed: '撤销，积分退回', refunded: '退款' };
export const channelWords: Record<Channel, string> = { code: '出示付款码', short: '四位数字码', shop: '扫门店收款码', none: '没有收到的一笔' };

/** `已付` · `已退 5.00 元` · `已全部退回`. */
export function standingText(receipt: Receipt): string {
  const back = receipt.points_back_cents + receipt.cash_back_cents;
  if (receipt.state !== 'paid' || back === 0) return stateWords[receipt.state].text;
  return back === receipt.points_cents + receipt.cash_cents ? '已全部退回' : `已退 ${yuanText(back)} 元`;
}

/** What may still go back. */
export const leftOf = (receipt: Receipt) => ({ points: receipt.points_cents - receipt.points_back_cents, cash: receipt.cash_cents - receipt.cash_back_cents });

/** The shop in what was scanned: the address of a sign, six digits, or an id; null when it is none. */
export function shopIn(text: string): string | null {
  const said = text.trim();
  const path = /\/pay\/([^/?#]+)/.exec(said)?.[1] ?? said;
  return /^\d{6}$/.test(path) || /^[0-9a-f-]{36}$/i.test(path) ? path : null;
}

/** Digits of a pay code in what was scanned or typed; null when it is none. */
export function codeIn(text: string): string | null {
  const digits = text.replace(/[\s-]/g, '');
  return /^66\d{16}$/.test(digits) || /^\d{4}$/.test(digits) ? digits : null;
}

/** `12.5` read aloud. */
export function spokenAmount(cents: number): string {
  const [yuan, fen] = [Math.trunc(cents / 100), cents % 100];
  return fen === 0 ? `${yuan}元` : `${yuan}点${String(fen).padStart(2, '0').replace(/0$/, '')}元`;
}
