/** The Chinese words of consultations and budget items on the phone. */
import type { FundEntry, FundRow, Verdict } from '@api/consult';
import { countText } from '@shared/format';

export const verdictWords: Record<Verdict, { text: string; tone: 'ok' | 'warn' | '' }> = {
  adopted: { text: '采纳', tone: 'ok' }, partly: { text: '部分采纳', tone: 'warn' }, not_adopted: { text: '未采纳', tone: '' },
};
export const entryWords: Record<FundEntry['kind'], string> = { spent: '支出', correction: '更正', note: '说明' };

/** `210 / 200 人次`: what was reached of what was planned. */
export function reachedText(fund: FundRow): string | null {
  if (fund.target_number === null || !fund.unit) return null;
  const target = `${countText(fund.target_number)} ${fund.unit}`;
  return fund.outcome_number === null ? `目标 ${target}` : `完成 ${countText(fund.outcome_number)}，目标 ${target}`;
}

/** Of the budget, in whole per cent; over a hundred when more was spent. */
export const spentPercent = (fund: FundRow): number => Math.round((fund.spent_cents * 100) / fund.budget_cents);
