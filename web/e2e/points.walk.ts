/** Points from the bank to the member: two people for every step, and a welcome for whoever joins. */
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, press, until, voters } from './voting';

/** One officer enters a line of the bank and matches it, another one says yes. */
async function funded(stage: Stage, budget: string): Promise<void> {
  const officer = await stage.desk();
  await stage.demo(officer, 'city');
  await officer.goto(stage.url('/desk/points/bank'));
  await press(officer, '登记一笔');
  const number = `E2E${Date.now()}`;
  await officer.getByLabel('流水号').fill(number);
  await officer.getByLabel('金额（元）').fill('3,000');
  await officer.getByLabel('付款人').fill('示例玩具厂工会');
  await officer.reload();
  await press(officer, '登记一笔');
  expect(await officer.getByLabel('流水号').inputValue() === number, 'the draft of a bank line is gone after a reload');
  await stage.look(officer, 'points-bank-add');
  await officer.getByRole('button', { name: '登记', exact: true }).dblclick();
  await sees(officer, number);
  await officer.getByRole('button', { name: `对应到预算：${number}` }).click();
  const choice = await officer.getByLabel('预算', { exact: true }).locator('option', { hasText: budget }).first().getAttribute('value');
  await officer.getByLabel('预算', { exact: true }).selectOption(choice);
  await officer.getByLabel('依据').fill('与付款通知一致');
  await stage.look(officer, 'points-bank-match');
  await press(officer, '提交审批');
  await sees(officer, '已提交，由另一位同志审批后入账。');
  await officer.goto(stage.url('/desk/points/approvals'));
  await sees(officer, '这是您自己提交的');
  const finance = await stage.desk();
  await stage.demo(finance, 'finance');
  await finance.goto(stage.url('/desk/points/approvals'));
  await sees(finance, '经费入账：与付款通知一致');
  await stage.look(finance, 'points-approvals');
  await press(finance, '同意');
  await press(finance, '确认同意');
  await sees(finance, '现在没有等您审批的积分经费');
}

/** The chair is the only officer of her union: she makes a batch, the level above approves, and the job issues. */
async function issued(stage: Stage, chair: Page, name: string): Promise<string> {
  await chair.goto(stage.url('/desk/points/batches'));
  await chair.getByRole('button', { name: '发放积分' }).click();
  await chair.getByLabel(/按条件发放/).check();
  const budget = chair.getByLabel('从哪本预算里出');
  await budget.selectOption(await budget.locator('option', { hasText: '节日慰问' }).first().getAttribute('value'));
  await chair.getByLabel('名称（会员会看到）').fill(name);
  await chair.getByLabel('每人（元）').fill('5');
  await chair.getByRole('textbox', { name: '条件' }).fill('true');
  await press(chair, '看看这条规则说的是谁');
  await stage.look(chair, 'points-issue');
  await chair.getByRole('button', { name: '建立并准备名单' }).dblclick();
  await chair.waitForURL(/\/points\/batches\/[0-9a-f-]{36}/);
  await chair.getByText('待提交', { exact: true }).first().waitFor({ timeout: 60_000 });
  await stage.look(chair, 'points-batch-prepared');
  await press(chair, '提交审批');
  await press(chair, '提交');
  await sees(chair, '待审批');
  const above = await stage.desk();
  await stage.demo(above, 'county');
  await above.goto(stage.url('/desk/points/approvals'));
  await sees(above, name);
  await press(above, '同意');
  await press(above, '确认同意');
  await sees(above, '已同意，已办结。');
  await chair.reload();
  await chair.getByText('已发完', { exact: true }).first().waitFor({ timeout: 60_000 });
  await sees(chair, '会员手里');
  await stage.look(chair, 'points-batch-done');
  return chair.url().split('/').pop()!;
}

async function money(stage: Stage): Promise<void> {
  await funded(stage, '节日慰问');
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const name = `趣味运动会${Date.now() % 100_000}`;
  await issued(stage, chair, name);
  const member = await stage.phone();
  await stage.demo(member, 'member');
  await member.goto(stage.url('/home'));
  await member.getByRole('link', { name: '我的积分' }).click();
  await sees(member, name);
  await sees(member, '节日慰问（演示）');
  await sees(member, '用到');
  await stage.look(member, 'points-wallet');
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'city');
    for (const [path, words] of [['budgets', '节日慰问'], ['batches', '趣味运动会'], ['rules', '新会员见面礼'], ['bank', '银行流水'], ['books', '资金使用报告'], ['proof', '银行专户（已入账）'], ['ledger', '银行专户']] as const) {
      await screen.goto(stage.url(`/desk/points/${path}`));
      // The menu has some of these words too, and a narrow screen folds it away.
      await screen.locator('main').getByText(words).first().waitFor();
      await stage.look(screen, `points-desk-${path}`);
    }
  }
}

/** An officer moves money to another budget, another one says yes, and both budgets show it. */
async function allocated(stage: Stage): Promise<void> {
  const officer = await stage.desk();
  await stage.demo(officer, 'city');
  const budgets = await get<{ items: { id: string; purpose: string }[] }>(stage, officer, '/api/points/budgets?limit=100');
  const of = (purpose: string) => budgets.items.find((one) => one.purpose === purpose)!.id;
  await officer.goto(stage.url(`/desk/points/budgets/${of('join')}`));
  await press(officer, '调剂到另一本预算');
  const to = officer.getByLabel('调到哪一本预算');
  await to.selectOption(of('festival'));
  await officer.getByLabel('调剂金额（元）').fill('1');
  await officer.getByLabel('调剂原因').fill('按年度计划调整用途');
  await stage.look(officer, 'points-allocate');
  await press(officer, '提交审批');
  await sees(officer, '已提交，由另一位同志审批');
  await sees(officer, '预算之间的调剂');
  const finance = await stage.desk();
  await stage.demo(finance, 'finance');
  await finance.goto(stage.url('/desk/points/approvals'));
  await sees(finance, '预算调剂：从');
  await press(finance, '同意');
  await press(finance, '确认同意');
  await sees(finance, '已同意，已办结。');
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'city');
    await screen.goto(stage.url(`/desk/points/budgets/${of('festival')}`));
    await sees(screen, '从其他预算调入');
    await stage.look(screen, 'points-allocated');
  }
}

/** An auditor goes from a cent to its approval. */
async function audit(stage: Stage): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'city');
    await screen.goto(stage.url('/desk/points/ledger'));
    await screen.getByRole('link', { name: /玩具厂工会.*节日慰问/ }).first().click();
    await press(screen, '验证这个账户');
    await sees(screen, '相符：');
    await stage.look(screen, 'points-account');
    await screen.getByRole('table', { name: '每一笔' }).getByRole('link').first().click();
    await sees(screen, '凭什么');
    await stage.look(screen, 'points-transfer');
  }
}

/** Somebody joins, and the rule welcomes her. */
async function welcome(stage: Stage): Promise<void> {
  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  const [voter] = await voters(stage, chair, await ownUnion(stage, chair), ['虚构会员己']);
  const phone = voter!.phone;
  await until(phone, 'the welcome of who joined', async () => (await get<{ available_cents: number }>(stage, phone, '/api/wallet')).available_cents === 2_000);
  await phone.goto(stage.url('/wallet'));
  await sees(phone, '新会员见面礼');
  await sees(phone, '20.00');
  await stage.look(phone, 'points-welcome');
}

export const walks: Walk[] = [
  { name: 'points go from the bank to a member', run: money },
  { name: 'money goes from one budget to another', run: allocated },
  { name: 'an auditor follows points to their approval', run: audit },
  { name: 'a rule gives points to who joins', run: welcome },
];
