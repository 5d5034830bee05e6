/** The form of a point rule, kept as a draft: begun on the list, or from a rule that was returned or has ended. */
import type { PointRuleRow } from '@api/points';
import { useDraft, type FormDraft } from './draft';
import { today } from './session';

export interface RuleFields { budget_id: string; name: string; event_kind: string; amount: string; daily: string; yearly: string; total: string; from_on: string; to_on: string; valid: string }

const blank = (): RuleFields => ({ budget_id: '', name: '', event_kind: '', amount: '', daily: '', yearly: '', total: '', from_on: today(), to_on: `${today().slice(0, 4)}-12-31`, valid: '' });
export const useRuleDraft = (): FormDraft<RuleFields> => useDraft('point-rule', blank);

const typed = (cents: number | null): string => (cents === null ? '' : (cents / 100).toFixed(2));

/** A rule as it would be typed again; its days are not before today. */
export function retyped(rule: PointRuleRow, day: string): RuleFields {
  return {
    budget_id: rule.budget_id, name: rule.name, event_kind: rule.event_kind, amount: typed(rule.amount_cents), daily: typed(rule.daily_cents), yearly: typed(rule.yearly_cents), total: typed(rule.total_cents),
    from_on: rule.from_on < day ? day : rule.from_on, to_on: rule.to_on < day ? `${day.slice(0, 4)}-12-31` : rule.to_on, valid: String(rule.valid_days),
  };
}
