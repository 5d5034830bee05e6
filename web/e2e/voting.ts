/** What walks about votes share: members with phones of their own, ballots filled in, results recounted, and a demo city's time. */
import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { binary } from './files';
import { apply, invent, signIn, type Invented } from './people';
import { get } from './rows';
import { expect, sees, type Stage } from './stage';

export interface Voter { person: Invented; phone: Page }

const headers = { 'X-Zhigong': '1' };
export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();

export async function post<T>(stage: Stage, page: Page, path: string, data: object): Promise<T> {
  const answer = await page.request.post(stage.url(path), { headers, data });
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return await answer.json() as T;
}

/** The union of which the one who is signed in is chair. */
export async function ownUnion(stage: Stage, chair: Page): Promise<string> {
  const me = await get<{ roles: { role: string; node_id: string }[] }>(stage, chair, '/api/me');
  return me.roles.find((one) => one.role === 'chair')!.node_id;
}

/** People who join the chair's union, each with a phone of his own. */
export async function voters(stage: Stage, chair: Page, union: string, names: string[]): Promise<Voter[]> {
  const found: Voter[] = [];
  const ids: string[] = [];
  for (const name of names) {
    const [person, phone] = [invent(name), await stage.phone()];
    await signIn(stage, phone, person);
    ids.push((await apply(stage, phone, person, union)).id);
    found.push({ person, phone });
  }
  const decided = await post<{ results: { ok: boolean; message?: string }[] }>(stage, chair, '/api/applications/approve', { ids });
  expect(decided.results.every((one) => one.ok), `not everybody was let in: ${JSON.stringify(decided.results)}`);
  return found;
}

/** Answers the questions of the screen that is shown: the best choice, or the last one where `bad`. */
export async function answerScreen(phone: Page, bad = false): Promise<void> {
  for (const field of await phone.locator('fieldset.question').all()) {
    const radios = field.locator('input[type=radio]');
    const boxes = field.locator('input[type=checkbox]');
    if (await radios.count() > 0) await (bad ? radios.last() : radios.first()).check();
    else if (await boxes.count() > 0) await boxes.first().check();
  }
}

/** From the evaluation's page into the box of the ratings. */
export async function vote(stage: Stage, phone: Page, id: string, bad = false): Promise<void> {
  await phone.goto(stage.url(`/evaluations/${id}`));
  await press(phone, '领票，开始填写');
  await phone.waitForURL(/\/fill/);
  for (let screen = 1; screen <= 3; screen += 1) {
    await sees(phone, `第 ${screen} 页`);
    await answerScreen(phone, bad);
    const last = await phone.getByRole('button', { name: '去核对' }).isVisible();
    await press(phone, last ? '去核对' : '下一页');
    if (last) break;
  }
  await press(phone, '投进票箱');
  await sees(phone, '已投进票箱');
}

/** Downloads the published file that the page offers last, as anybody does, and has the command recount it. */
export async function recounted(stage: Stage, page: Page, ballots: number, signer: string): Promise<void> {
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载公布的文件' }).last().click();
  const file = await (await coming).path();
  // Where the site runs elsewhere the program need not be here.
  if (stage.place.length === 0) return;
  const said = execFileSync(binary, ['verify', 'appraisal', file, '--signer', signer], { encoding: 'utf8' });
  expect(said.includes(`ballots: ${ballots} / `) && said.includes('everything fits'), `${ballots} ballots: ${said}`);
}

/** Lets the time of the demo city go ahead. Nobody can go back, so such walks come last in their file. */
export async function ahead(stage: Stage, page: Page, days: number): Promise<string> {
  const { today } = await post<{ today: string }>(stage, page, '/api/demo/clock', { hours: days * 24 });
  return today;
}

/** Asks until it holds; what runs every minute takes a while. */
export async function until(page: Page, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 300; times += 1) {
    if (await holds()) return;
    await page.waitForTimeout(500);
  }
  throw new Error(`not within 150 s: ${what}`);
}
