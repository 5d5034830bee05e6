/** How many unions a campaign would go through: counted over the list that everybody at the desk can open. */
import { answer, api } from '@api/client';
import { BASE_KINDS, inCampaign, type CampaignFields } from './words';

/** Pages of a hundred that are read at most; a larger campaign is shown as "at least". */
const MOST_PAGES = 20;
export interface Preview { unions: number; more: boolean }

export async function previewOf(fields: CampaignFields): Promise<Preview> {
  let unions = 0;
  let pages = 0;
  for (const kind of fields.kind ? [fields.kind] : BASE_KINDS) {
    let after: string | undefined;
    do {
      if (pages === MOST_PAGES) return { unions, more: true };
      const page = await answer(api.GET('/api/organizations', { params: { query: { within: fields.organization_id, kind, state: 'established', limit: 100, after } } }));
      unions += page.items.filter((row) => inCampaign(fields, row)).length;
      pages += 1;
      after = page.next ?? undefined;
    } while (after);
  }
  return { unions, more: false };
}
