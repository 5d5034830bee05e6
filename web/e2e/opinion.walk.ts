/** Members write after they voted: with words, without, on a lost network. What becomes of it: the walk of a year. */
import type { Page, Request } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, post, press, until, vote, voters } from './voting';

/** An open evaluation of the chair's union, and phones of new members who may vote in it. */
async function opened(stage: Stage, names: string[]): Promise<{ id: string; phones: Page[]; chair: Page }> {
  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  const union = await ownUnion(stage, chair);
  const phones = (await voters(stage, chair, union, names)).map((voter) => voter.phone);
  const { id } = await post<{ id: string }>(stage, chair, '/api/evaluations', { scheme: 'members_home', organization_id: union });
  await post(stage, chair, `/api/evaluations/${id}/open`, {});
  await until(chair, 'the evaluation is open', async () => (await get<{ evaluation: { state: string } }>(stage, chair, `/api/evaluations/${id}`)).evaluation.state === 'open');
  return { id, phones, chair };
}

/** Into the box of the ratings, up to the sheet for opinions. */
async function rate(stage: Stage, phone: Page, id: string): Promise<void> {
  await vote(stage, phone, id);
  await sees(phone, '还想说点什么吗');
}

/** What goes into the boxes from a phone, the sheet for opinions last. */
function bodies(phone: Page): { body: string; names: string[] }[] {
  const sent: { body: string; names: string[] }[] = [];
  phone.on('request', (request: Request) => {
    if (request.url().endsWith('/api/ballots')) void request.allHeaders().then((all) => sent.push({ body: request.postData() ?? '', names: Object.keys(all) }));
  });
  return sent;
}
const bytes = (text: string) => new TextEncoder().encode(text).length;
const kept = (phone: Page) => phone.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

/** One who writes, reloads in the middle, presses twice, and notes the four words. */
async function writes(stage: Stage, phone: Page, id: string): Promise<{ words: string; length: number }> {
  const sent = bodies(phone);
  await rate(stage, phone, id);
  await stage.look(phone, 'opinion-form');
  await press(phone, '提交意见');
  await sees(phone, '还没有写');
  await phone.getByLabel('我的意见').fill('食堂太贵，一餐要 15 元');
  await phone.reload();
  await sees(phone, '还想说点什么吗');
  expect(await phone.getByLabel('我的意见').inputValue() === '食堂太贵，一餐要 15 元', 'what was begun is gone after a reload');
  await phone.getByLabel(/有人要求或盯着我/).check();
  await phone.getByRole('button', { name: '提交意见' }).dblclick();
  await phone.getByText('请抄下这四个词').waitFor({ timeout: 30_000 });
  const words = (await phone.locator('.words').textContent())?.trim() ?? '';
  expect(/^\p{Script=Han}{2}( \p{Script=Han}{2}){3}$/u.test(words), `no four words: ${words}`);
  await stage.look(phone, 'opinion-words');
  await phone.reload();
  await sees(phone, words);
  await press(phone, '我抄好了');
  await sees(phone, '意见表已交');
  await stage.look(phone, 'opinion-done');
  expect(!(await kept(phone)).includes(words) && !(await kept(phone)).includes('食堂'), 'the phone still keeps words');
  const own = sent[1];
  expect(sent.length === 2 && own !== undefined, `pressing twice sent ${sent.length} ballots`);
  for (const name of ['cookie', 'authorization', 'idempotency-key', 'referer']) expect(!own!.names.includes(name), `a sheet went out with ${name}`);
  expect(!own!.body.includes(words) && own!.body.includes('食堂'), 'the words went out, or the opinion did not');
  return { words, length: bytes(own!.body) };
}

/** One with nothing to say, whose reply is lost. */
async function blank(stage: Stage, phone: Page, id: string): Promise<number> {
  const sent = bodies(phone);
  await rate(stage, phone, id);
  let lost = 0;
  await phone.route('**/api/ballots', async (route) => {
    lost += 1;
    if (lost > 1) return route.continue();
    await route.fetch(); // the server has it; only the answer is lost
    return route.abort('connectionreset');
  });
  await press(phone, '没有意见');
  await sees(phone, '正在等待网络');
  await phone.getByText('意见表已交').waitFor({ timeout: 30_000 });
  stage.forgive(/ERR_CONNECTION_RESET/);
  expect(sent.length === 3 && sent[1]!.body === sent[2]!.body, `${sent.length} ballots went out, or not the same`);
  expect(!(await phone.content()).includes('四个词，在任何手机上'), 'a blank sheet has a code');
  return bytes(sent[1]!.body);
}

/** One who goes home: the blank sheet goes along. */
async function leaves(stage: Stage, phone: Page, id: string): Promise<number> {
  const sent = bodies(phone);
  await rate(stage, phone, id);
  await press(phone, '回首页');
  await phone.waitForURL(/\/home$/);
  await sees(phone, '已投进票箱');
  expect(sent.length === 2, `${sent.length} ballots went out on the way home`);
  await phone.goto(stage.url(`/evaluations/${id}/fill`));
  await sees(phone, '意见表已交');
  return bytes(sent[1]!.body);
}

/** Whoever has four words, and nobody in particular. */
async function comesBack(stage: Stage, words: string): Promise<void> {
  const phone = await stage.phone();
  const asked: string[] = [];
  phone.on('request', (request) => { if (request.url().includes('/api/')) asked.push(new URL(request.url()).pathname); });
  await phone.goto(stage.url('/opinions/code'));
  await phone.getByLabel('四个词').fill(words.replace(/.$/, '甲'));
  await press(phone, '看答复');
  await sees(phone, '不是四词码里的词');
  await phone.getByLabel('四个词').fill(words);
  await press(phone, '看答复');
  await phone.getByText('没有查到这条意见').waitFor({ timeout: 30_000 });
  await stage.look(phone, 'opinion-code');
  expect(!asked.includes('/api/me') && !phone.url().includes('%'), `the page asked ${asked.join(', ')}`);
}

async function members(stage: Stage): Promise<void> {
  const { id, phones } = await opened(stage, ['虚构作者甲', '虚构作者乙', '虚构作者丙']);
  const first = await writes(stage, phones[0]!, id);
  const lengths = [first.length, await blank(stage, phones[1]!, id), await leaves(stage, phones[2]!, id)];
  expect(new Set(lengths).size === 1, `sheets are ${lengths.join(', ')} bytes long`);
  await comesBack(stage, first.words);
}

export const walks: Walk[] = [{ name: 'members write an opinion after the vote, or nothing', run: members }];
