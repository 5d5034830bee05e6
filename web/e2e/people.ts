/** Invented people for the walks: valid check digits, numbers that nobody holds twice within a run. */
import type { APIRequestContext, Page } from 'playwright-core';
import { checkCharacter } from '../member/src/member/id-number';
import { expect, type Stage } from './stage';

let count = Math.floor(Math.random() * 9_000);

export interface Invented { name: string; phone: string; id: string }

export function invent(name: string): Invented {
  count += 1;
  const born = `19${70 + (count % 30)}${String(1 + (count % 12)).padStart(2, '0')}${String(1 + (count % 28)).padStart(2, '0')}`;
  const digits = `440703${born}${String(count % 1000).padStart(3, '0')}`;
  return { name, phone: `139${String(10_000_000 + ((count * 7919) % 89_999_999))}`, id: digits + checkCharacter(digits) };
}

const headers = { 'X-Zhigong': '1' };

async function post<T>(request: APIRequestContext, url: string, data: unknown): Promise<T> {
  const answer = await request.post(url, { headers, data: data as object });
  expect(answer.ok(), `${url}: ${answer.status()} ${await answer.text()}`);
  return answer.json() as Promise<T>;
}

/** Signs in on this page's device with the code the demo shows. */
export async function signIn(stage: Stage, page: Page, person: Invented): Promise<void> {
  const { demo_code: code } = await post<{ demo_code?: string }>(page.request, stage.url('/api/sign-in/code'), { phone: person.phone });
  await post(page.request, stage.url('/api/sign-in/phone'), { phone: person.phone, code });
}

/** Applies to a union that the person's employer has. */
export async function apply(stage: Stage, page: Page, person: Invented, organization_id: string): Promise<{ id: string }> {
  const site = await (await page.request.get(stage.url('/api/site'))).json() as { consent: { version: string } };
  return post(page.request, stage.url('/api/join/submit'), {
    door: 'employer', organization_id, employer_name: '示例玩具有限公司', name: person.name, id_kind: 'resident_id', id_number: person.id,
    employment_form: 'labour_contract', consent_version: site.consent.version,
  });
}
