/** Budgets to choose from: all of them, since a city has more than one page of a list holds. */
import { answer, api } from '@api/client';
import type { BudgetRow } from '@api/points';

/** More than anybody chooses from; whoever has more picks a union first. */
const MOST = 2_000;

export async function everyBudget(union = ''): Promise<BudgetRow[]> {
  const rows: BudgetRow[] = [];
  let after: string | undefined;
  do {
    const page = await answer(api.GET('/api/points/budgets', { params: { query: { limit: 100, after, ...(union ? { organization_id: union } : {}) } } }));
    rows.push(...page.items);
    after = page.next ?? undefined;
  } while (after && rows.length < MOST);
  return rows;
}
