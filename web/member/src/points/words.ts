/** What entries of a wallet are called, and until when points are good. */
import type { TransferKind } from '@api/points';
import { dayText, daysBetween } from '@shared/format';

export const entryWords: Record<TransferKind, string> = {
  issue: '收到积分', pay: '支付', capture: '支付', refund: '退款', expire: '到期收回', reverse: '更正', top_up: '入账', allocate: '调剂', return: '退回', payout: '付款', payout_back: '付款退回', escrow: '暂存', adjust: '调整',
};

/** `用到 2026年12月31日（还有 38 天）`; the last day itself still counts. */
export function endsText(day: string, today: string): string {
  const left = daysBetween(today, day);
  const when = left > 0 ? `还有 ${left} 天` : left === 0 ? '今天是最后一天' : '已到期，夜里收回';
  return `用到 ${dayText(day, today)}（${when}）`;
}
