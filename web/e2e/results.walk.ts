/**
 * What comes of results beyond the union: a county has two departments rated, one of them under a scheme with SM2 receipts,
 * and a union has its members judge what money was spent on. The demo city's time goes ahead; then the departments stand side
 * by side, one of them replies through its link, and members see what they said about the money.
 */
import type { Page } from 'playwright-core';
import { signIn } from './people';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ahead, ownUnion, post, press, recounted, until, vote, voters, type Voter } from './voting';

const NAMES = ['示例区甲执法局', '示例区乙执法局'] as const;
const SAID = '感谢职工的评价，窗口已经增设。';

interface Row { id: string; state: string; year: number }
interface Shown { title: string; public_key: string; figures: { ballots: number; score: number | null } }
const stateOf = async (stage: Stage, page: Page, id: string) => (await get<{ evaluation: Row }>(stage, page, `/api/evaluations/${id}`)).evaluation.state;

/** A department is put on the county's list. */
async function listed(stage: Stage, desk: Page, name: string): Promise<string> {
  await desk.goto(stage.url('/desk/departments'));
  await press(desk, '加一个部门');
  await desk.getByLabel('部门全称').fill(name);
  await press(desk, '加入名单');
  await desk.locator('main').getByText(name).first().waitFor();
  const { items } = await get<{ items: { id: string; name: string }[] }>(stage, desk, '/api/departments');
  return items.find((one) => one.name === name)!.id;
}

async function opened(stage: Stage, desk: Page, body: object): Promise<Row> {
  const row = await post<Row>(stage, desk, '/api/evaluations', body);
  await post(stage, desk, `/api/evaluations/${row.id}/open`, {});
  await until(desk, 'the evaluation is open', async () => (await stateOf(stage, desk, row.id)) === 'open');
  return row;
}

/** From the list of departments to two open evaluations; the second follows a version of the scheme with SM2 receipts. */
async function departments(stage: Stage, desk: Page): Promise<Row[]> {
  const me = await get<{ roles: { node_id: string }[] }>(stage, desk, '/api/me');
  const body = { scheme: 'enforcement', organization_id: me.roles[0]!.node_id };
  const [one, other] = [await listed(stage, desk, NAMES[0]), await listed(stage, desk, NAMES[1])];
  await stage.look(desk, 'results-departments');
  const first = await opened(stage, desk, { ...body, department_id: one });
  const city = await stage.desk();
  await stage.demo(city, 'city');
  const { document } = await get<{ document: object }>(stage, city, '/api/schemes/enforcement');
  await post(stage, city, '/api/schemes', { code: 'enforcement', document: { ...document, issuer: 'separated' } });
  await city.goto(stage.url('/desk/schemes/enforcement'));
  await sees(city, '分表加国密回执');
  return [first, await opened(stage, desk, { ...body, department_id: other })];
}

/** Money that was planned, spent and accounted for; the chair asks the members about it. */
async function money(stage: Stage, chair: Page, union: string): Promise<{ fund: string; review: string }> {
  const { today } = await get<{ today: string }>(stage, chair, '/api/site');
  const name = `冬日送温暖${Date.now() % 100_000}`;
  const { id: fund } = await post<{ id: string }>(stage, chair, '/api/funds', {
    organization_id: union, year: Number(today.slice(0, 4)), name, purpose: '给夜班职工送棉衣。', target: '全部夜班班组', target_number: 120, unit: '件', budget_cents: 1_200_000,
  });
  await post(stage, chair, `/api/funds/${fund}/entries`, { kind: 'spent', cents: 1_150_050, what: '棉衣 118 件' });
  const { fund: row } = await get<{ fund: { version: number } }>(stage, chair, `/api/funds/${fund}`);
  await post(stage, chair, `/api/funds/${fund}/close`, { version: row.version, outcome: '全部送到班组。', outcome_number: 118 });
  await chair.goto(stage.url('/chair/evaluations'));
  await chair.getByLabel(/资金使用绩效评价/).check();
  await chair.getByLabel(new RegExp(name)).check();
  await press(chair, '建草稿');
  await chair.waitForURL(/\/chair\/evaluations\/[0-9a-f-]{36}/);
  await press(chair, '开启投票');
  await press(chair, '开启');
  await chair.getByText('进行中', { exact: true }).waitFor({ timeout: 60_000 });
  return { fund, review: chair.url().split('/').pop()! };
}

/** Everybody is content with the first department and the money, and nobody with the second department. */
async function rate(stage: Stage, people: Voter[], [good, bad]: Row[], review: string): Promise<void> {
  const { phone } = people[0]!;
  for (const [id, words] of [[good!.id, '看不见票上的号码'], [bad!.id, '系统盖章时看得见票上的号码']] as const) {
    await phone.goto(stage.url(`/evaluations/${id}`));
    await sees(phone, words);
  }
  await stage.look(phone, 'results-receipts');
  for (const voter of people) {
    await vote(stage, voter.phone, good!.id);
    await vote(stage, voter.phone, bad!.id, true);
    await vote(stage, voter.phone, review);
  }
}

/** The result of a department for everybody: on the page, on paper with room for a seal, and recounted. */
async function published(stage: Stage, { id }: Row, name: string, score: number): Promise<void> {
  const anybody = await stage.phone();
  await anybody.goto(stage.url('/results?kind=department'));
  await anybody.getByRole('link', { name: new RegExp(name) }).click();
  await sees(anybody, '打印结果');
  const shown = await get<Shown>(stage, anybody, `/api/evaluations/${id}/result`);
  expect(shown.figures.ballots === 5 && shown.figures.score === score, `${name}: ${JSON.stringify(shown.figures)}`);
  await stage.look(anybody, 'results-department');
  await stage.print(anybody, 'results-department-print');
  await anybody.emulateMedia({ media: 'print' });
  await sees(anybody, '（盖章处）');
  await sees(anybody, `评议对象：${name}`);
  await sees(anybody, /^怎样核对：/);
  await anybody.emulateMedia({ media: 'screen' });
  await recounted(stage, anybody, 5, shown.public_key);
  await anybody.goto(stage.url(`/results/${id}/recount`));
  await press(anybody, '开始重算');
  await sees(anybody, '全部对上');
  expect((await anybody.getByText('5 个，全部有效').count()) === 1, 'not every token was checked');
}

/** Side by side, by name, with who has replied. */
async function compared(stage: Stage, [first]: Row[], replied: readonly boolean[]): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url(`/desk/department-results?year=${first!.year}`));
    await sees(screen, '不排名次');
    const rows = screen.locator('main').getByRole('row');
    for (const [at, name] of NAMES.entries()) {
      const row = rows.filter({ hasText: name });
      await row.waitFor();
      const text = await row.innerText();
      expect(text.includes(replied[at] ? '已回应' : '未回应'), `${name}: ${text}`);
    }
    await stage.look(screen, 'results-compared');
  }
}

/** A link is made at the desk and shown once; answers it. */
async function linked(stage: Stage, screen: Page, id: string): Promise<string> {
  await stage.demo(screen, 'county');
  await screen.goto(stage.url(`/desk/evaluations/${id}`));
  await sees(screen, '还没有给部门发过链接');
  await press(screen, '生成链接');
  await press(screen, '生成');
  await sees(screen, '只显示这一次');
  const address = (await screen.locator('.address').textContent())!.trim();
  expect(address.startsWith(stage.url('/department#')), `the link is ${address}`);
  await stage.look(screen, 'results-link');
  await press(screen, '复制链接');
  await sees(screen, /已复制|浏览器不让复制/);
  await press(screen, '已经发出，关闭');
  return address;
}

/** The first department replies without an account; the link of the second one is taken back. */
async function replies(stage: Stage, [first, second]: Row[]): Promise<void> {
  const [desk, narrow] = [await stage.desk(), await stage.phone()];
  const [address, revoked] = [await linked(stage, desk, first!.id), await linked(stage, narrow, second!.id)];
  await press(narrow, /^收回.*生成的链接$/);
  await sees(narrow, '链接已收回，部门打开时会提示联系您');
  await sees(narrow, '已收回');
  await stage.look(narrow, 'results-link-revoked');
  const wide = await stage.desk();
  await wide.goto(revoked);
  await sees(wide, '这个链接已经收回');
  await wide.goto(stage.url('/department'));
  await wide.reload();
  await sees(wide, '请从收到的链接打开');
  await filed(stage, await stage.desk(), await stage.phone(), address);
  await desk.reload();
  await sees(desk, '部门自己提交');
  await sees(desk, '已回应');
  const anybody = await stage.phone();
  await anybody.goto(stage.url(`/results/${first!.id}`));
  await sees(anybody, SAID);
  await sees(anybody, '部门自己提交');
  await stage.look(anybody, 'results-replied');
}

/** Opened at a desk, filed from a phone; and then the link is used up. */
async function filed(stage: Stage, wide: Page, phone: Page, address: string): Promise<void> {
  const asked: string[] = [];
  for (const screen of [wide, phone]) {
    screen.on('request', (request) => asked.push(request.url()));
    await screen.goto(address);
    await sees(screen, '依法办事');
    await stage.look(screen, 'results-department-link');
  }
  await press(phone, '核对后提交');
  await sees(phone, '请填写回应内容');
  await phone.getByLabel('回应内容').fill(SAID);
  await phone.getByLabel('签署单位或负责人').fill(NAMES[0]);
  await phone.reload();
  await sees(phone, '依法办事');
  expect(await phone.getByLabel('回应内容').inputValue() === SAID, 'what was begun is gone after a reload');
  await press(phone, '核对后提交');
  await sees(phone, '不能修改，也不能删除');
  await press(phone, '提交并公布');
  await sees(phone, '回应已经收到并公布');
  await stage.look(phone, 'results-department-filed');
  await wide.reload();
  await sees(wide, '部门的回应已经收到，这个链接不能再用');
  const token = address.split('#')[1]!;
  expect(!asked.some((url) => new URL(url).pathname.includes(token) || new URL(url).search.includes(token)), 'the link stands in an address');
}

/** What members said about the money, on the item's own page and as a result. */
async function judged(stage: Stage, { person, phone }: Voter, fund: string, review: string): Promise<void> {
  await signIn(stage, phone, person);
  await phone.goto(stage.url(`/funds/${fund}`));
  await sees(phone, '棉衣 118 件');
  await sees(phone, /5 人评价，参评率 .*，得 100 分/);
  await stage.look(phone, 'results-fund');
  await phone.getByRole('link', { name: '看每一题的结果' }).click();
  await sees(phone, '打印结果');
  const { public_key } = await get<Shown>(stage, await stage.phone(), `/api/evaluations/${review}/result`);
  await recounted(stage, phone, 5, public_key);
  await phone.getByRole('link', { name: /看这个资金项目/ }).click();
  await phone.waitForURL(new RegExp(`/funds/${fund}$`));
}

async function results(stage: Stage): Promise<void> {
  const [desk, chair] = [await stage.desk(), await stage.phone()];
  await stage.demo(desk, 'county');
  await stage.demo(chair, 'chair');
  const union = await ownUnion(stage, chair);
  const people = await voters(stage, chair, union, ['虚构评议甲', '虚构评议乙', '虚构评议丙', '虚构评议丁', '虚构评议戊']);
  const rated = await departments(stage, desk);
  const { fund, review } = await money(stage, chair, union);
  await rate(stage, people, rated, review);
  await ahead(stage, desk, 20);
  await stage.demo(desk, 'county');
  for (const id of [rated[0]!.id, rated[1]!.id, review]) await until(desk, 'the result is published', async () => (await stateOf(stage, desk, id)) === 'published');
  await published(stage, rated[0]!, NAMES[0], 10_000);
  await published(stage, rated[1]!, NAMES[1], 0);
  await compared(stage, rated, [false, false]);
  await replies(stage, rated);
  await compared(stage, rated, [true, false]);
  await judged(stage, people[0]!, fund, review);
}

export const walks: Walk[] = [{ name: 'departments are rated, compared and reply, and members judge what money was spent on', run: results }];
