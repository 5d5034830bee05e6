/**
 * Points that pay, from a rule to the closed month: the rule is made by one person and approved by another, somebody joins
 * and gets its points, pays with them at a counter in two browser windows and gets a part back; two officers settle with
 * the shops and close the months that are over. At the end the figures on the pages are those that `zhigong verify ledger`
 * computes from every transfer. The demo city's time goes ahead by weeks.
 */
import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import type { BookProof, Wallet } from '../api/points';
import { yuanText } from '../shared/money';
import { charge, codeOn, firstShop, phoneWithCode } from './counter.walk';
import { binary } from './files';
import { apply, invent, signIn, type Invented } from './people';
import { get } from './rows';
import { bankPays } from './settlement.walk';
import { expect, sees, type Stage, type Walk } from './stage';
import { ahead, ownUnion, press, until } from './voting';

/** What whoever joins gets from the rule of this walk, in yuan; the demo's own rule gives 20 more. */
const GIVES = '15.00';
const ALL_CENTS = 3_500;

/** The chair makes the rule, the level above finds it in its list of things to do. */
async function ruled(stage: Stage, chair: Page, name: string): Promise<void> {
  await chair.goto(stage.url('/desk/points/rules'));
  await press(chair, '新建一条规则');
  const budget = chair.getByLabel('从哪本预算里出');
  await budget.selectOption(await budget.locator('option', { hasText: '节日慰问' }).first().getAttribute('value'));
  await chair.getByLabel('什么事').selectOption({ label: '入会成功' });
  await chair.getByLabel('名称（会员会看到）').fill(name);
  await chair.getByLabel('每次（元）').fill(GIVES);
  await chair.reload();
  await press(chair, '新建一条规则');
  expect(await chair.getByLabel('名称（会员会看到）').inputValue() === name, 'the draft of the rule is gone after a reload');
  await chair.getByLabel('全部人一共最多（元）').fill('300');
  await chair.getByLabel('每人每天最多（元）').fill('10');
  await press(chair, '提交审批');
  await sees(chair, '每日、每年上限不能少于一次的积分');
  await chair.getByLabel('每人每天最多（元）').fill(GIVES);
  await stage.look(chair, 'yuan-rule-new');
  await chair.getByRole('button', { name: '提交审批', exact: true }).dblclick();
  await chair.waitForURL(/\/points\/rules\/[0-9a-f-]{36}/);
  await sees(chair, '待审批');
  await chair.goto(stage.url('/desk/todo'));
  await sees(chair, '待我办理');
  await chair.waitForLoadState('networkidle');
  expect(await chair.getByRole('link', { name: new RegExp(name) }).count() === 0, 'who asked for a rule is asked to approve it');
  const above = await stage.desk();
  await stage.demo(above, 'county');
  for (const screen of [await stage.phone(), above]) {
    if (screen !== above) await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/todo'));
    await screen.getByRole('link', { name: new RegExp(name) }).waitFor();
    await stage.look(screen, 'yuan-todo');
    await screen.getByRole('link', { name: new RegExp(name) }).click();
    await sees(screen, '还没有人审批');
    await stage.look(screen, 'yuan-rule-waiting');
  }
  await press(above, '同意');
  await press(above, '确认同意');
  await above.getByText('已启用', { exact: true }).first().waitFor();
}

/** Somebody joins, the chair says yes on the phone, and both rules pay. */
async function joined(stage: Stage, rule: string): Promise<{ person: Invented; phone: Page }> {
  const [boss, phone, person] = [await stage.phone(), await stage.phone(), invent('虚构会员辛')];
  await stage.demo(boss, 'chair');
  await signIn(stage, phone, person);
  await apply(stage, phone, person, await ownUnion(stage, boss));
  await boss.goto(stage.url('/approvals'));
  await boss.getByLabel(`选中 ${person.name}`, { exact: true }).check();
  await press(boss, '通过');
  await sees(boss, '刚才办好 1 人');
  const held = async () => (await get<Wallet>(stage, phone, '/api/wallet')).available_cents;
  await until(phone, 'both rules pay for the join', async () => await held() === ALL_CENTS);
  await phone.goto(stage.url('/wallet'));
  for (const said of [rule, GIVES, '新会员见面礼', yuanText(ALL_CENTS)]) await sees(phone, said);
  await stage.look(phone, 'yuan-wallet');
  return { person, phone };
}

/** What the rule gave stands on its page; then it is ended, so that nobody else gets anything. */
async function told(stage: Stage, chair: Page, name: string): Promise<void> {
  for (const screen of [await stage.phone(), chair]) {
    if (screen !== chair) await stage.demo(screen, 'chair');
    await screen.goto(stage.url('/desk/points/rules'));
    await screen.getByRole('link', { name }).click();
    await screen.getByRole('table', { name: '每一次' }).getByText('已发').waitFor();
    await sees(screen, `${GIVES} 元，1 笔`);
    await stage.look(screen, 'yuan-rule');
  }
  await press(chair, '停用');
  await chair.getByRole('button', { name: '停用', exact: true }).click();
  await sees(chair, '规则已停用，已发的积分不变');
  await press(chair, '照这条新建');
  await chair.waitForURL(/\/points\/rules\?new=1/);
  expect(await chair.getByLabel('名称（会员会看到）').inputValue() === name, 'the rule is not typed again');
  expect(await chair.getByLabel('每次（元）').inputValue() === GIVES, 'the amount of the rule is not typed again');
}

/** Two windows: the member's phone and the till. */
async function paid(stage: Stage, phone: Page): Promise<void> {
  await phoneWithCode(stage, phone);
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  await till.goto(stage.url(`/till/${await firstShop(stage, till)}`));
  await charge(till, '12.50', await codeOn(phone));
  await sees(till, '已付');
  await sees(phone, '付款 12.50 元');
  await press(till, '撤销或退款');
  await press(till, '退款');
  await till.getByLabel('退多少积分（元）').fill('5');
  await till.getByLabel('退款原因').fill('少了一件');
  await till.getByRole('button', { name: '确定退款' }).dblclick();
  await sees(till, '已退 5.00 元');
  await sees(phone, '退款 5.00 元');
  const { available_cents: left } = await get<{ available_cents: number }>(stage, phone, '/api/pay');
  expect(left === ALL_CENTS - 750, `${left} is left`);
}

/** The second day of the next month. */
async function nextMonth(stage: Stage, page: Page): Promise<string> {
  const { today } = await get<{ today: string }>(stage, page, '/api/site');
  const [year = 0, month = 0] = today.split('-').map(Number);
  return ahead(stage, page, Math.round((Date.UTC(year, month, 2) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000));
}

/** Everything that shops took is stated, settled by two people, paid by the bank and reconciled. */
async function settled(stage: Stage, officer: Page, finance: Page): Promise<void> {
  const owed = async () => (await get<{ items: { owed_cents: number }[] }>(stage, officer, '/api/settlement-owed')).items.reduce((sum, one) => sum + one.owed_cents, 0);
  const due = async () => (await proofs(stage, officer)).reduce((sum, one) => sum + one.now.merchant_cents, 0);
  await until(officer, 'every day is stated', async () => { const cents = await owed(); return cents > 0 && cents === await due(); });
  await officer.goto(stage.url('/desk/settlements'));
  await press(officer, '锁定一批结算');
  await officer.getByRole('button', { name: '锁定', exact: true }).click();
  await officer.waitForURL(/\/desk\/settlements\/[0-9a-f-]{36}/);
  await press(officer, '核对');
  await press(officer, '和账本核对');
  await sees(officer, '制单或者核对过的人不能批准');
  await finance.goto(stage.url('/desk/todo'));
  await finance.getByRole('link', { name: /等另一位同志批准/ }).first().click();
  await press(finance, '批准付款');
  await press(finance, '批准');
  await sees(finance, '待付款');
  await bankPays(stage, officer);
  await sees(officer, '这批已经结清');
  expect(await due() === 0, 'something is owed to a merchant after everything was paid');
}

/** Every month that is over, one after the other. */
async function closed(stage: Stage, officer: Page): Promise<void> {
  for (let months = 0; months < 24; months += 1) {
    await officer.goto(stage.url('/desk/points/proof'));
    await officer.getByRole('button', { name: '结一个月的账' }).first().click();
    if (months === 0) await stage.look(officer, 'yuan-month');
    if (await officer.getByLabel('月份').first().inputValue() === '') break;
    await press(officer, '结账');
    await sees(officer, '已结账，这个月的数字从此不能改');
  }
  await sees(officer, '过完的月份都结过了');
  await officer.getByRole('button', { name: '重算一遍' }).first().click();
  await sees(officer, '重算的结果和结账时一样');
  await stage.look(officer, 'yuan-closed');
}

const proofs = async (stage: Stage, page: Page) => (await get<{ books: BookProof[] }>(stage, page, '/api/points/proof')).books;

/** The page says what the program computes from every transfer, beside the server that goes on. */
async function agrees(stage: Stage, officer: Page): Promise<void> {
  await officer.goto(stage.url('/desk/points/proof'));
  await sees(officer, '银行专户（已入账）');
  const shown = await officer.locator('main').innerText();
  const books = await proofs(stage, officer);
  for (const { now } of books) {
    expect(now.agrees, 'what is at the bank is not what is owed');
    for (const cents of [now.custody_cents, now.budget_cents, now.wallet_cents, now.merchant_cents]) expect(shown.includes(`${yuanText(cents)} 元`), `${yuanText(cents)} is not on the page`);
  }
  // A site that runs elsewhere shows its data to nobody.
  if (stage.place.length === 0) return;
  const said = execFileSync(binary, ['verify', 'ledger', ...stage.place], { encoding: 'utf8' });
  for (const { book_id, now } of books) {
    const line = said.split('\n').find((one) => one.includes(book_id)) ?? '';
    const found = [...line.matchAll(/(?:bank|budgets|members|merchants|other) (-?[\d.]+)/g)].map(([, yuan]) => Math.round(Number(yuan) * 100));
    const page = [now.custody_cents, now.budget_cents, now.wallet_cents, now.merchant_cents, now.other_cents];
    expect(found.join() === page.join(), `the page says ${page.join()}, verify says ${found.join()}: ${said}`);
  }
  const transfers = books.reduce((sum, one) => sum + one.now.transfers, 0);
  expect(said.includes(`transfers: ${transfers}，`) && said.includes('every balance is that of its transfers'), `${transfers} transfers: ${said}`);
}

async function yuan(stage: Stage): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const name = `入会礼${Date.now() % 100_000}`;
  await ruled(stage, chair, name);
  const { person, phone } = await joined(stage, name);
  await told(stage, chair, name);
  await paid(stage, phone);
  await nextMonth(stage, phone);
  // Whoever was signed in for weeks signs in again.
  const [officer, finance, member] = [await stage.desk(), await stage.desk(), await stage.phone()];
  await stage.demo(officer, 'city');
  await stage.demo(finance, 'finance');
  await settled(stage, officer, finance);
  await closed(stage, officer);
  await agrees(stage, officer);
  await signIn(stage, member, person);
  await member.goto(stage.url('/wallet'));
  await sees(member, yuanText(ALL_CENTS - 750));
  for (const said of ['支付', '退款', '收到积分']) await sees(member, said);
  await stage.look(member, 'yuan-wallet-after');
}

export const walks: Walk[] = [{ name: 'a rule pays who joins, she pays at a counter, and the month is settled, closed and verified', both: true, run: yuan }];
