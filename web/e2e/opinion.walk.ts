/** Members write after they voted: with words, without, on a lost network; and what those who answer see of it. */
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

const evaluation = '01990000-0000-7000-8000-000000000001';
const answers = [
  { id: 'a1', number: 1, kind: 'refused', text: '今年没有预算。', answered_on: '2026-11-20' },
  { id: 'a2', number: 2, kind: 'answered', text: '下月起降到 12 元，请大家监督。', answered_on: '2026-11-23' },
];
const box = {
  evaluation_id: evaluation, title: '示例制造有限公司工会2026年度职工之家评议', organization_id: evaluation, organization_name: '示例制造有限公司工会', ballots: 46, destroyed: 0, opinions: 3,
  open: 1, hidings: 1, pressed: 2, due_on: '2026-12-14', derivation: ['自2026年11月23日（周一）的次日起算，共15个工作日', '到期日为2026年12月14日（周一）'], done_on: null, standing: 'on_time',
};
const none = { satisfied: 0, mostly: 0, dissatisfied: 0 };
const items = [
  { id: 'o1', text: '食堂太贵，一餐要 15 元，能不能便宜点？', state: 'answered', merged_into: null, answers, grades: { ...none, satisfied: 1 }, replies: ['谢谢，已经便宜了。'], hiding: null },
  { id: 'o2', text: '食堂价格高', state: 'merged', merged_into: 'o1', answers: [{ ...answers[0]!, id: 'a3', kind: 'merged', text: null }], grades: none, replies: [], hiding: null },
  { id: 'o3', text: '夜班没有热水，\n已经三个月了。', state: 'open', merged_into: null, answers: [], grades: none, replies: [], hiding: { fault: 'person', reason: '点名到普通职工', state: 'proposed', decision: null } },
];

/** Pages over what takes weeks to come about, with answers as the server gives them. */
async function pages(stage: Stage): Promise<void> {
  const tell = (page: Page, path: string, body: object) => page.route((url) => url.pathname === path, (route) => route.fulfill({ json: body }));
  const desk = { of: box, answers: true, moderates: true, items, next: null };
  const phone = await stage.phone();
  await stage.demo(phone, 'chair');
  await tell(phone, `/api/evaluations/${evaluation}/opinions/all`, desk);
  await phone.goto(stage.url(`/chair/evaluations/${evaluation}/opinions`));
  await sees(phone, '还有 1 条要答复');
  await stage.look(phone, 'opinion-chair');
  await press(phone, '补充答复');
  await phone.getByRole('textbox', { name: '答复' }).fill('好');
  await press(phone, '提交答复');
  await sees(phone, '至少两个字');
  await stage.look(phone, 'opinion-chair-answer');
  const shown = items.map(({ id, text, state, merged_into, answers: said }) => ({ id, text: id === 'o3' ? null : text, hidden: id === 'o3' ? 'hidden' : null, state, merged_into, answers: said }));
  await tell(phone, `/api/evaluations/${evaluation}/opinions`, { ...box, items: shown, next: null });
  await phone.goto(stage.url(`/evaluations/${evaluation}/opinions`));
  await sees(phone, '和第 1 条说的是同一件事');
  await stage.look(phone, 'opinion-members');
  const mine = { ...box, text: items[0]!.text, state: 'answered', merged: false, hidden: null, answers: answers.map((one) => ({ answer: one, grade: null })), replies: [{ text: '什么时候开始？', waits: true }], replies_left: 2 };
  await tell(phone, '/api/opinions/mine', mine);
  await phone.goto(stage.url('/opinions/code'));
  await phone.getByLabel('四个词').fill('上午、上学、汁水、龙门');
  await press(phone, '看答复');
  await phone.getByText('这条答复您满意吗').waitFor({ timeout: 30_000 });
  await sees(phone, '夜里和别人的一起打乱');
  await stage.look(phone, 'opinion-author');
  await press(phone, '提交');
  await sees(phone, '请先写上要说的话');
  await press(phone, '看完了，清掉这一页');
  await sees(phone, '我写过意见');
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/opinions'));
    await sees(screen, '没有等待决定的');
    await stage.look(screen, 'opinion-desk-none');
    await tell(screen, '/api/opinion-boxes', { items: [box, { ...box, evaluation_id: 'e2', standing: 'overdue', pressed: null }], next: null });
    await tell(screen, '/api/opinion-boxes/figures', { boxes: 2, opinions: 6, open: 2, due_soon: 0, overdue: 1, hidings: 1 });
    await tell(screen, '/api/opinion-hidings', { items: [{ opinion_id: 'o3', evaluation_id: evaluation, title: box.title, organization_name: box.organization_name, text: items[2]!.text, fault: 'person', reason: '点名到普通职工', proposed_on: '2026-11-23', may_decide: true }], next: null });
    await screen.goto(stage.url('/desk/opinions'));
    await sees(screen, '点名到普通职工');
    await press(screen, '同意不公开');
    await stage.look(screen, 'opinion-desk');
    await tell(screen, `/api/evaluations/${evaluation}/opinions/all`, desk);
    await screen.goto(stage.url(`/desk/evaluations/${evaluation}/opinions`));
    await sees(screen, '打分受干预');
    await stage.look(screen, 'opinion-desk-evaluation');
  }
}

export const walks: Walk[] = [
  { name: 'members write an opinion after the vote, or nothing', run: members },
  { name: 'opinions are answered and moderated', run: pages },
];
