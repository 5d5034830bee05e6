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

/** Signs in as people do: the number, then the code that comes by SMS, which the demo shows. The page asks for both. */
export async function signInBySms(page: Page, phone: string): Promise<void> {
  await page.getByLabel('手机号').fill(phone);
  await page.getByRole('button', { name: '获取验证码', exact: true }).click();
  const said = await page.getByText(/验证码是 \d{6}/).textContent();
  await page.getByLabel('短信验证码').fill(/\d{6}/.exec(said ?? '')?.[0] ?? '');
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

/** A number of a member in full, as an officer sees it with a reason. */
export async function reveal(stage: Stage, officer: Page, membership: string, field: 'id_number' | 'phone'): Promise<string> {
  const { value } = await post<{ value: string }>(officer.request, stage.url(`/api/members/${membership}/reveal`), { field, reason: '走查演示' });
  return value;
}

/** Fills the form with which a member takes over his record. */
export async function fillTakeover(page: Page, name: string, tail: string, code?: string): Promise<void> {
  if (code) await page.getByLabel('认领码').fill(code);
  await page.getByLabel('姓名').fill(name);
  await page.getByLabel('证件号码后六位').fill(tail);
  const agreed = page.getByLabel(/我读过了/);
  if (!(await agreed.isChecked())) await agreed.check();
}
