/** The ways to vote without a phone of one's own: the poster on the wall, a sheet of paper, the machine at a service site. */
import type { Page } from 'playwright-core';
import type { Invented } from './people';
import { everyRow, get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { post, press, voters, type Voter } from './voting';

interface Union { id: string; name: string; state: string; kind: string; members: number }
interface Opened { id: string; town: Page; voters: Voter[] }

/** A union of the town (not the one whose chair has a walk of his own) in which an evaluation is open, with new members. */
async function opened(stage: Stage, names: string[]): Promise<Opened> {
  const town = await stage.desk();
  await stage.demo(town, 'town');
  const me = await get<{ roles: { node_id: string }[] }>(stage, town, '/api/me');
  const unions = await everyRow<Union>(stage, town, `/api/organizations?within=${me.roles[0]!.node_id}&state=established`);
  const union = unions.find((one) => one.kind === 'grassroots' && one.members >= 6 && !one.name.includes('玩具'));
  expect(union !== undefined, 'no union of the town has six members');
  const people = await voters(stage, town, union.id, names);
  const draft = await post<{ id: string }>(stage, town, '/api/evaluations', { scheme: 'members_home', organization_id: union.id });
  await post(stage, town, `/api/evaluations/${draft.id}/open`, {});
  await town.goto(stage.url(`/desk/evaluations/${draft.id}`));
  await town.getByText('投票中', { exact: true }).waitFor({ timeout: 60_000 });
  return { id: draft.id, town, voters: people };
}

async function poster(stage: Stage, { id, town }: Opened): Promise<void> {
  await sees(town, '线下参加');
  await town.getByText('能收到提醒').waitFor();
  await stage.look(town, 'channels-evaluation');
  await town.getByRole('link', { name: '评议海报' }).click();
  await sees(town, '扫一扫，来评一评');
  await stage.look(town, 'channels-poster');
  await stage.print(town, 'channels-poster-print');
  const phone = await stage.phone();
  await phone.context().addCookies(await town.context().cookies());
  await phone.goto(stage.url(`/chair/evaluations/${id}/poster`));
  await sees(phone, '扫一扫，来评一评');
  await stage.look(phone, 'channels-poster');
}

/** Types a sheet at the desk: the code, then the first answer of every question that must be answered. */
async function typeSheet(page: Page, code: string, first: string): Promise<void> {
  await page.getByLabel('票号（扫条码，或输入 12 位）', { exact: true }).fill(code);
  const form = page.locator('form.form').first();
  const fields = form.locator('input');
  for (let at = 1; at < await fields.count(); at += 1) {
    const label = await form.locator('.field label').nth(at).textContent();
    if (label?.includes('选填')) continue;
    await fields.nth(at).fill(at === 1 ? first : '1');
  }
  await press(page, '录入这张票');
}

async function paper(stage: Stage, { id, town, voters }: Opened): Promise<void> {
  await town.goto(stage.url(`/desk/evaluations/${id}/paper`));
  await sees(town, '办理情况');
  await press(town, '打印纸质票');
  await town.getByLabel('打印张数').fill('2');
  await press(town, '生成');
  await sees(town, '打印 2 张');
  await stage.look(town, 'channels-sheets');
  await stage.print(town, 'channels-sheets-print');
  const codes = (await town.locator('.sheet .typed').allTextContents()).map((text) => text.replace('票号', '').trim());
  expect(codes.length === 2 && codes.every((code) => /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/.test(code)), `codes: ${codes.join(', ')}`);
  await press(town, '打印好了，关闭');

  const [taker] = voters;
  await town.getByLabel('会员姓名').fill(taker!.person.name);
  await press(town, '查找');
  await press(town, '发纸质票');
  await stage.look(town, 'channels-hand-out');
  await press(town, '确认是本人，登记');
  await sees(town, `已登记${taker!.person.name}领纸质票`);
  await taker!.phone.goto(stage.url(`/evaluations/${id}`));
  await sees(taker!.phone, '您领了纸质票');
  await stage.look(taker!.phone, 'channels-took-paper');

  await press(town, '录入这张票');
  await sees(town, '这一题必填');
  await stage.look(town, 'channels-entry-lacks');
  await typeSheet(town, codes[0]!, '1');
  await sees(town, '第一遍已录');
  await typeSheet(town, codes[0]!, '1');
  await sees(town, '这张票您已经录过');
  const second = await stage.desk();
  await stage.demo(second, 'county');
  await second.goto(stage.url(`/desk/evaluations/${id}/paper`));
  await sees(second, '录入这张票');
  await typeSheet(second, codes[0]!, '2');
  await sees(second, '两人不一致');
  await sees(second, '有异议的票');
  await stage.look(second, 'channels-disputed');
  await second.goto(stage.url(`/desk/evaluations/${id}`));
  await sees(second, '诚信提示（仅上级可见）');
  await sees(second, '没有需要留意的情况');
  await stage.look(second, 'channels-honesty');
  const third = await stage.desk();
  await stage.demo(third, 'city');
  await third.goto(stage.url(`/desk/evaluations/${id}/paper`));
  await sees(third, '您可以录');
  await typeSheet(third, codes[0]!, '1');
  await sees(third, '两人一致，已投进票箱');
  await stage.look(third, 'channels-entered');
  const figures = await get<{ handed_out: number; entered: number }>(stage, third, `/api/evaluations/${id}/paper`);
  expect(figures.handed_out === 1 && figures.entered === 1, `paper: ${JSON.stringify(figures)}`);
}

/** The sheet for opinions: a pile of its own, typed by one and read beside the sheet by another. */
async function paperOpinion(stage: Stage, { id, town }: Opened): Promise<void> {
  await town.goto(stage.url(`/desk/evaluations/${id}/paper`));
  await press(town, '打印意见表');
  await town.getByLabel('打印张数').fill('1');
  await press(town, '生成');
  await sees(town, '打印 1 张');
  await stage.look(town, 'channels-opinion-sheet');
  await stage.print(town, 'channels-opinion-sheet-print');
  const code = ((await town.locator('.sheet .typed').first().textContent()) ?? '').replace('票号', '').trim();
  await press(town, '打印好了，关闭');
  await town.getByLabel('意见表票号').fill(code);
  await press(town, '打开这张表');
  await sees(town, '还没有人录过');
  await town.getByLabel('表上写的').fill('示例：车间太热');
  await stage.look(town, 'channels-opinion-entry');
  await press(town, '录入这张表');
  await sees(town, '请把表放到“待核对”一叠');
  const second = await stage.desk();
  await stage.demo(second, 'county');
  await second.goto(stage.url(`/desk/evaluations/${id}/paper`));
  await second.getByLabel('意见表票号').fill(code);
  await press(second, '打开这张表');
  await sees(second, '别人录过一遍');
  expect(await second.getByLabel('表上写的').inputValue() === '示例：车间太热', 'the second person does not see what the first one typed');
  await stage.look(second, 'channels-opinion-check');
  await press(second, '核对好了');
  await sees(second, '已投进意见箱');
}

async function kioskSignIn(page: Page, person: Invented): Promise<void> {
  await page.getByLabel('手机号').fill(person.phone);
  // A code was asked for a moment ago, on her phone: the next one has to wait for a minute.
  const end = Date.now() + 75_000;
  while (!(await page.getByText('验证码是').isVisible())) {
    expect(Date.now() < end, 'no code came');
    await press(page, '获取验证码');
    await page.waitForTimeout(4_000);
  }
  const said = await page.getByText('验证码是').textContent();
  await page.getByLabel('短信验证码').fill(/\d{6}/.exec(said ?? '')![0]);
  await press(page, '登录');
}

async function leftBehind(page: Page): Promise<string[]> {
  return page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => /zhigong\.(ballot|receipt|draft|key|opinion)/.test(name)));
}

async function fillIn(page: Page): Promise<void> {
  for (let screen = 0; screen < 4; screen += 1) {
    for (const field of await page.locator('fieldset.question').all()) {
      // A ranking has buttons, and may be left out.
      const choices = field.locator('input');
      if (await choices.count() > 0) await choices.first().check();
    }
    const last = await page.getByRole('button', { name: '去核对' }).isVisible();
    await press(page, last ? '去核对' : '下一页');
    if (last) break;
  }
  await sees(page, '投出去以后不能改');
}

async function kiosk(stage: Stage, { id, voters }: Opened): Promise<void> {
  const [, voter, idler] = voters;
  const machine = await stage.desk();
  await machine.goto(stage.url(`/kiosk/${id}`));
  await sees(machine, '请先登录');
  await stage.look(machine, 'channels-kiosk');
  await machine.context().addCookies(await voter!.phone.context().cookies());
  // Somebody was signed in there and left: the machine forgets him first.
  await machine.reload();
  await sees(machine, '请先登录');
  expect((await machine.request.get(stage.url('/api/me'))).status() === 401, 'a session was left at the machine');
  await kioskSignIn(machine, voter!.person);
  await sees(machine, '第 1 页，共');
  await sees(machine, '秒没有操作就自动退出');
  await stage.look(machine, 'channels-kiosk-ballot');
  await fillIn(machine);
  await stage.look(machine, 'channels-kiosk-check');
  const sheets: string[] = [];
  machine.on('request', (request) => { if (request.url().endsWith('/api/ballots')) sheets.push(request.postData() ?? ''); });
  await press(machine, '投进票箱');
  await sees(machine, '还想说点什么吗');
  await stage.look(machine, 'channels-kiosk-opinion');
  await press(machine, '提交意见');
  await sees(machine, '还没有写');
  await machine.getByLabel('我的意见').fill('示例：站点的机器太高，够不着');
  await press(machine, '提交意见');
  await machine.getByText('请打印或抄下这四个词').waitFor({ timeout: 30_000 });
  await stage.look(machine, 'channels-kiosk-words');
  await stage.print(machine, 'channels-kiosk-words-print');
  expect(sheets.length === 2 && sheets[1]!.includes('够不着'), `${sheets.length} sheets went out of the machine`);
  await press(machine, /^我拿好了/);
  await sees(machine, '已投进票箱');
  await stage.look(machine, 'channels-kiosk-done');
  await stage.print(machine, 'channels-kiosk-print');
  expect((await leftBehind(machine)).length > 0, 'no receipt is held until the member goes');
  await press(machine, /^完成，退出/);
  await sees(machine, '请先登录');
  expect((await leftBehind(machine)).length === 0, `left behind: ${(await leftBehind(machine)).join(', ')}`);
  expect((await machine.request.get(stage.url('/api/me'))).status() === 401, 'the member is still signed in');

  // Whoever walks away is forgotten after a minute, and her ballot is not used up.
  const other = await stage.phone();
  await other.clock.install();
  await other.goto(stage.url(`/kiosk/${id}`));
  await kioskSignIn(other, idler!.person);
  await sees(other, '第 1 页，共');
  await sees(other, '秒没有操作就自动退出');
  await other.locator('fieldset.question').first().locator('input').first().check();
  await stage.look(other, 'channels-kiosk-ballot');
  await other.clock.fastForward(61_000);
  await sees(other, '请先登录');
  expect((await leftBehind(other)).length === 0, 'something of the one who walked away is left');
  const drawn = await get<{ drawn: number | null }>(stage, voters[0]!.phone, `/api/evaluations/${id}`);
  expect(drawn.drawn === null, 'a member sees how many drew');
}

/** The result on paper, with a seal area; what came out is made up here. */
async function resultOnPaper(stage: Stage, { id, town }: Opened): Promise<void> {
  const own = await get<{ questions: { id: string; kind: string }[] }>(stage, town, `/api/evaluations/${id}`);
  const cells = [6, 2, 0].map((count) => ({ count, share: count * 1250, low: 100, high: 9000 }));
  const scales = own.questions.filter((question) => question.kind === 'scale');
  const by = { id: 'q90', text: '过去一年打过交道吗？', weight: 0, required: true, kind: 'single', options: ['办过事', '投诉举报过', '没有打过交道'] };
  const counts = scales.map(({ id: question }) => ({ question, answered: 12, counts: [7, 5, 0] }));
  const breakdown = { question: by.id, groups: [{ option: 0, people: 17, scales: counts }], withheld: [1, 2] };
  const result = {
    evaluation_id: id, title: '示例工会职工之家评议', year: 2026, subject_name: '示例工会', organization_id: id, organization_name: '示例工会', questions: [...scales, by],
    figures: { ballots: 8, electorate: 10, turnout: 8000, quorum_reached: true, advisory: false, score: 9000, rectify: [], questions: scales.map(({ id: question }) => ({ question, answered: 8, kind: 'scale', cells, score: 9000 })), breakdown },
    hash: 'ab'.repeat(32), merkle_root: 'cd'.repeat(32), public_key: '04', published_at: new Date().toISOString(),
  };
  const page = await stage.phone();
  await page.route(`**/api/evaluations/${id}/result`, (route) => route.fulfill({ json: result }));
  await page.goto(stage.url(`/results/${id}`));
  await sees(page, '打印结果');
  await sees(page, '人数太少，合并不显示');
  await stage.look(page, 'channels-result');
  await stage.print(page, 'channels-result-print');
  await page.emulateMedia({ media: 'print' });
  await sees(page, '（盖章处）');
  await sees(page, /^怎样核对：/);
  await page.locator('.paper').getByText('人数太少，合并不显示').waitFor({ state: 'visible' });
}

async function channels(stage: Stage): Promise<void> {
  const at = await opened(stage, ['虚构纸票甲', '虚构站点乙', '虚构离开丙']);
  await poster(stage, at);
  await paper(stage, at);
  await paperOpinion(stage, at);
  await kiosk(stage, at);
  await resultOnPaper(stage, at);
}

export const walks: Walk[] = [{ name: 'members vote on paper and at a kiosk', run: channels }];
