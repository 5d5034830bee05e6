/** An imported member takes over her record: with a code from the chair, by her phone, and not by guessing. */
import type { Page } from 'playwright-core';
import { apply, fillTakeover as fill, invent, reveal, signIn, signInBySms } from './people';
import { expect, sees, type Stage, type Walk } from './stage';

interface Row { membership_id: string; name: string; taken_over: boolean }
interface Imported { membership: string; name: string; id: string; phone: string }

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();

async function get<T>(stage: Stage, page: Page, path: string): Promise<T> {
  const answer = await page.request.get(stage.url(path));
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return await answer.json() as T;
}

/** A member of the chair's union whom no account holds yet, with the numbers on her ID card and in the roster. */
async function imported(stage: Stage, chair: Page, which: number): Promise<Imported> {
  const rows = (await get<{ items: Row[] }>(stage, chair, '/api/members?limit=60')).items.filter((row) => !row.taken_over);
  const row = rows[which];
  expect(row !== undefined, `the chair's union has no member ${which} without an account`);
  const [id, phone] = [await reveal(stage, chair, row.membership_id, 'id_number'), await reveal(stage, chair, row.membership_id, 'phone')];
  return { membership: row.membership_id, name: row.name, id, phone };
}

/** The chair sees the ID card, ticks so, and prints the slip; answers the code on it. */
async function handOver(stage: Stage, chair: Page, member: Imported): Promise<string> {
  await chair.goto(stage.url(`/desk/members/${member.membership}`));
  await sees(chair, '还没有认领');
  await stage.look(chair, 'takeover-member');
  await press(chair, '发认领码');
  const issue = chair.getByRole('form', { name: '发认领码' }).getByRole('button', { name: '发认领码' });
  expect(await issue.isDisabled(), 'a code can be had without having seen the ID card');
  await chair.getByLabel(/我已当面核对/).check();
  await stage.look(chair, 'takeover-issue');
  await issue.click();
  await sees(chair, '只显示这一次');
  const code = (await chair.getByText(/^[3-9A-Y]{4}-[3-9A-Y]{4}$/).textContent())?.trim() ?? '';
  await stage.look(chair, 'takeover-slip');
  await chair.emulateMedia({ media: 'print' });
  expect(await chair.getByText(code).isVisible() && !(await chair.getByRole('heading', { name: '会员资料' }).isVisible()), 'the print is not the slip alone');
  await chair.emulateMedia({ media: 'screen' });
  await press(chair, '已经交给本人，关闭');
  await sees(chair, /（含）。码只显示一次/);
  expect(!(await chair.content()).includes(code), 'the code stays on the page');
  return code;
}

/** Submits while the network is dead, then retries under the same key. */
async function takeOverDeadNetwork(phone: Page, button: string): Promise<void> {
  const keys: (string | undefined)[] = [];
  await phone.route('**/api/takeover/code', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    // The server did it; only the answer is lost.
    await route.fetch();
    await route.abort('connectionreset');
  });
  await press(phone, button);
  await sees(phone, '网络没有连上');
  await press(phone, '重试');
  await sees(phone, '认领好了');
  expect(keys.length === 2 && keys[0] !== undefined && keys[0] === keys[1], `the retry used ${keys.join(' then ')}`);
}

async function byCode(stage: Stage): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const member = await imported(stage, chair, 12);
  const code = await handOver(stage, chair, member);
  const phone = await stage.phone();
  const own = invent('虚构新号');
  await signIn(stage, phone, own);
  const began = Date.now();
  await phone.goto(stage.url('/home'));
  await phone.getByRole('link', { name: '认领会籍' }).click();
  await sees(phone, `尾号是 ${own.phone.slice(-4)}`);
  await stage.look(phone, 'takeover-phone');
  await press(phone, '核对并认领');
  await sees(phone, '请填写证件号码的最后六位');
  await stage.look(phone, 'takeover-lacks');
  await fill(phone, member.name, member.id.slice(-6));
  await press(phone, '核对并认领');
  await sees(phone, 'takeover.no_match');
  expect(await phone.getByLabel('姓名').inputValue() === member.name, 'what was typed is gone');
  await stage.look(phone, 'takeover-no-match');
  await press(phone, /我有认领码/);
  await fill(phone, member.name, member.id.slice(-6).toLowerCase(), code.toLowerCase().replace('-', ' '));
  await stage.look(phone, 'takeover-code');
  await takeOverDeadNetwork(phone, '用认领码认领');
  stage.forgive(/ERR_CONNECTION_RESET/);
  expect(Date.now() - began < 90_000, 'taking over takes longer than 90 s');
  await stage.look(phone, 'takeover-done');
  const kept = await phone.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(!kept.includes(member.id.slice(-6)) && !kept.includes(member.name), 'the device keeps what was typed');
  await phone.getByRole('link', { name: '看我的工会' }).click();
  await sees(phone, '上级工会');
  const me = await get<{ membership: { id: string } | null }>(stage, phone, '/api/me');
  expect(me.membership?.id === member.membership, 'another membership was taken over');
  await chair.reload();
  await sees(chair, '已由本人认领');
  await sees(chair, '本人认领会籍');
  await stage.look(chair, 'takeover-taken');
}

async function byPhone(stage: Stage): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const member = await imported(stage, chair, 20);
  const phone = await stage.phone();
  await phone.goto(stage.url('/'));
  await press(phone, '长辈版');
  await phone.getByRole('link', { name: /认领会籍/ }).click();
  await phone.waitForURL(/\/sign-in\?to=/);
  await signInBySms(phone, member.phone);
  await phone.waitForURL(/\/takeover/);
  await fill(phone, member.name, member.id.slice(-6));
  await stage.look(phone, 'takeover-elder');
  const small = await phone.evaluate(() => [...document.querySelectorAll('a, button, .agree')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && !one.closest('.skip') && box.height < 59.5;
  }).map((one) => one.textContent?.trim()));
  expect(small.length === 0, `targets under 60 px in elder mode: ${small.join(', ')}`);
  await press(phone, '核对并认领');
  await sees(phone, '认领好了');
  await stage.look(phone, 'takeover-elder-done');
  await phone.goto(stage.url('/mine'));
  await sees(phone, member.name);
  expect(await phone.getByText('认领会籍').count() === 0, 'who has her record is asked to take it over');
  await phone.goto(stage.url('/takeover'));
  await sees(phone, '这个账号已经认领过');
}

async function guesses(stage: Stage): Promise<void> {
  const [phone, screen] = [await stage.phone(), await stage.desk()];
  const stranger = invent('虚构路人');
  await signIn(stage, phone, stranger);
  await phone.goto(stage.url('/takeover'));
  await sees(phone, '认领会籍');
  for (let guess = 0; guess < 5; guess += 1) {
    await fill(phone, stranger.name, `00000${guess}`);
    const answered = phone.waitForResponse(/\/api\/takeover\/phone/);
    await press(phone, '核对并认领');
    expect((await answered).status() === 422, `guess ${guess} is answered otherwise`);
    await phone.locator('form[aria-busy="false"]').waitFor();
  }
  await press(phone, '核对并认领');
  await sees(phone, '今天先不能再核对了');
  await stage.look(phone, 'takeover-locked');
  // The same page on a screen, for somebody who is nobody's member yet.
  await stage.demo(screen, 'rider');
  await screen.goto(stage.url('/takeover'));
  await sees(screen, '认领会籍');
  await stage.look(screen, 'takeover-phone');
  const narrow = await stage.phone();
  await stage.demo(narrow, 'chair');
  const member = await imported(stage, narrow, 25);
  await narrow.goto(stage.url(`/desk/members/${member.membership}`));
  await press(narrow, '发认领码');
  await stage.look(narrow, 'takeover-issue');
  await narrow.getByLabel(/我已当面核对/).check();
  await narrow.getByRole('form', { name: '发认领码' }).getByRole('button', { name: '发认领码' }).click();
  await sees(narrow, '只显示这一次');
  await stage.look(narrow, 'takeover-slip');
  await press(narrow, '作废');
  await press(narrow, '作废这个码');
  await sees(narrow, '认领码失效');
  expect(await narrow.getByText('只显示这一次').count() === 0, 'the ended code is still shown');
}

/** Who is on the roster and applies to join is told nothing of it; the chair is, and hands the record over by approving. */
async function applies(stage: Stage): Promise<void> {
  const [chair, phone] = [await stage.desk(), await stage.phone()];
  await stage.demo(chair, 'chair');
  const member = await imported(stage, chair, 30);
  const union = (await get<{ organization_id: string }>(stage, chair, `/api/members/${member.membership}`)).organization_id;
  const own = { ...invent(member.name), id: member.id };
  await signIn(stage, phone, own);
  const { id } = await apply(stage, phone, own, union);
  const told = await phone.request.get(stage.url('/api/join/application'));
  expect(!/same_union|elsewhere|not_member/.test(await told.text()), 'the applicant is told what the roster knows');
  await chair.goto(stage.url('/desk/applications?state=submitted'));
  await sees(chair, '在本工会名册上');
  await stage.look(chair, 'takeover-applications');
  await chair.goto(stage.url(`/desk/applications/${id}`));
  await sees(chair, '通过前请当面核对身份证');
  await stage.look(chair, 'takeover-application');
  const narrow = await stage.phone();
  await stage.demo(narrow, 'chair');
  await narrow.goto(stage.url(`/approvals/${id}`));
  await sees(narrow, '在本工会名册上');
  await stage.look(narrow, 'takeover-application');
  await press(narrow, '通过');
  await sees(narrow, '已通过');
  const me = await get<{ membership: { id: string } | null }>(stage, phone, '/api/me');
  expect(me.membership?.id === member.membership, 'approving made a second membership');
}

export const walks: Walk[] = [
  { name: 'a member takes over with a code from the chair', run: byCode },
  { name: 'a member takes over with the phone of the roster', run: byPhone },
  { name: 'who is on the roster and applies to take part learns nothing', run: applies },
  { name: 'five wrong guesses lock whoever tries to take over', run: guesses },
];
