/** What entries of a wallet are called, and until when points are good. */
import type { TransferKind, WalletBook, WalletLot } from '@api/points';
import { dayText, daysBetween } from '@shared/format';

export const entryWords: Record<TransferKind, string> = {
  issue: '收到积分', pay: '支付', capture: '支付', refund: '退款', expire: '到期收回', reverse: '更正', top_up: '入账', allocate: '调剂', return: '退回', payout: '付款', payout_back: '付款退回', escrow: '暂存', adjust: '调整',
};

/** Lots of all books in the order in which they are spent: of one last day those of the city's own book, which stands first, then the others by their ids. */
export function inTurn(books: readonly WalletBook[]): (WalletLot & { book_name: string })[] {
  const lots = books.flatMap((book, at) => book.lots.map((lot) => ({ ...lot, book_name: book.book_name, turn: `${lot.expires_on} ${at === 0 ? '' : book.book_id}` })));
  return lots.sort((one, other) => (one.turn < other.turn ? -1 : one.turn > other.turn ? 1 : 0));
}

/** `用到 2026年12月31日（还有 38 天）`; the last day itself still counts. */
export function endsText(day: string, today: string): string {
  const left = daysBetween(today, day);
  const when = left > 0 ? `还有 ${left} 天` : left === 0 ? '今天是最后一天' : '已到期，夜里收回';
  return `用到 ${dayText(day, today)}（${when}）`;
}
