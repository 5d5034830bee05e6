/** Points from the bank to the member: two people for every step; for everybody, for who is named, and by a list. */
import type { Locator, Page } from 'playwright-core';
import { evidenced } from './evidence';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, post, press } from './voting';

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
  await finance.goto(stage.url('/desk/todo'));
  await finance.getByRole('link', { name: /经费入账：与付款通知一致/ }).first().click();
  await sees(finance, '钱在哪里');
  await sees(finance, number);
  await stage.look(finance, 'points-budget-decide');
  await press(finance, '同意');
  await press(finance, '确认同意');
  await sees(finance, '已同意，已办结。');
  await finance.getByRole('row', { name: new RegExp(number) }).getByText('已办结').waitFor();
}

/** What is left is asked back; the level above wants a better reason, and nothing moves. */
async function askedBack(stage: Stage, chair: Page): Promise<void> {
  await chair.goto(stage.url('/desk/points/budgets'));
  await chair.getByRole('table', { name: '积分预算' }).getByRole('link', { name: '节日慰问' }).first().click();
  await sees(chair, '快到期的积分');
  await press(chair, '余款退回');
  await chair.getByLabel('金额（元）').fill('9,999,999');
  await chair.getByLabel('原因').fill('年度结余退回');
  await press(chair, '提交审批');
  await sees(chair, '预算余额不够');
  await chair.reload();
  await press(chair, '余款退回');
  expect(await chair.getByLabel('原因').inputValue() === '年度结余退回', 'the draft of what goes back is gone after a reload');
  await chair.getByLabel('金额（元）').fill('10');
  await press(chair, '提交审批');
  await sees(chair, '已提交，由另一位同志审批；这笔钱先留着');
  await stage.look(chair, 'points-budget');
  const above = await stage.phone();
  await stage.demo(above, 'county');
  await above.goto(chair.url());
  await sees(above, '年度结余退回');
  await stage.look(above, 'points-budget');
  await press(above, '退回');
  await above.getByLabel('退回原因').fill('年度还没有结束，请先留着。');
  await above.getByRole('button', { name: '退回', exact: true }).click();
  await sees(above, '已退回，原因已告诉经办人');
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

/** The officer chooses the book on the page of the bank. */
async function atBank(stage: Stage, officer: Page, book: string): Promise<void> {
  await officer.goto(stage.url('/desk/points/bank'));
  await officer.getByLabel('账套').selectOption({ label: book });
}

/** The other one finds a balance in the list of things to do and looks at it; answers with the table that compares. */
async function lookedAt(stage: Stage, finance: Page, book: string): Promise<Locator> {
  await finance.goto(stage.url('/desk/todo'));
  await finance.getByRole('link', { name: new RegExp(`${book}.*的银行余额等复核`) }).click();
  const table = finance.getByRole('table', { name: `${book}和银行核对` });
  await table.getByRole('button', { name: '复核余额' }).click();
  await table.getByRole('button', { name: '和银行对账单一致' }).click();
  await sees(finance, '已复核，按这个余额核对。');
  return table;
}

/**
 * A top-up from a line of the bank, and what was at the bank in the end: typed by one, looked at by another. A wrong balance
 * is red by exactly as much, waits for somebody, and is put right by a new one.
 */
async function balanced(stage: Stage, chair: Page): Promise<void> {
  const union = await ownUnion(stage, chair);
  const [officer, finance] = [await stage.desk(), await stage.desk()];
  await stage.demo(officer, 'city');
  await stage.demo(finance, 'finance');
  const { today } = await get<{ today: string }>(stage, officer, '/api/site');
  const name = `示例专项资金 ${Date.now() % 100_000}`;
  const book = await post<{ id: string }>(stage, officer, '/api/points/books', { name, funder: '示例市财政局' });
  const budget = await post<{ id: string }>(stage, officer, '/api/points/budgets', { organization_id: union, purpose: 'entrusted', book_id: book.id });
  const line = await post<{ id: string }>(stage, officer, '/api/points/bank-lines', { book_id: book.id, number: `ZXYE${Date.now()}`, day: today, amount_cents: 6_000_000, payer: '示例市财政局' });
  const asked = await post<{ id: string }>(stage, officer, `/api/points/bank-lines/${line.id}/match`, { budget_id: budget.id, reason: '专项资金到账' });
  await post(stage, finance, `/api/points/approvals/points_funding/${asked.id}/approve`, {});

  await atBank(stage, officer, name);
  await press(officer, '登记一天的余额');
  await officer.getByLabel('当天终了余额（元）').fill('59,990');
  await officer.reload();
  await officer.getByLabel('账套').selectOption({ label: name });
  await press(officer, '登记一天的余额');
  expect(await officer.getByLabel('当天终了余额（元）').inputValue() === '59,990', 'the draft of a balance is gone after a reload');
  await stage.look(officer, 'points-balance');
  await officer.getByRole('button', { name: '登记余额' }).dblclick();
  await sees(officer, '余额已登记');
  await officer.goto(stage.url('/desk/points/proof'));
  await officer.getByRole('table', { name: `${name}和银行核对` }).getByText('等另一位同志复核').waitFor();
  const table = await lookedAt(stage, finance, name);
  await table.getByText('银行比账上应有的少 10.00 元').waitFor();
  await table.getByRole('button', { name: `${today} 怎么算的` }).click();
  await table.getByText('60,000.00 元').first().waitFor();
  await stage.look(finance, 'points-bank-differs');
  await officer.goto(stage.url('/desk/todo'));
  await officer.getByRole('link', { name: new RegExp(`${name}.*银行余额和账不符`) }).waitFor();

  await atBank(stage, officer, name);
  await press(officer, `更正 ${today} 的余额`);
  await officer.getByLabel('正确的余额（元）').fill('60,000');
  await officer.getByLabel('更正原因').fill('抄错了一行');
  await stage.look(officer, 'points-balance-correct');
  await press(officer, '登记更正');
  await sees(officer, '更正已登记');
  await (await lookedAt(stage, finance, name)).getByText('相符', { exact: true }).first().waitFor();
  await stage.look(finance, 'points-bank-agrees');
  const back = await post<{ id: string }>(stage, officer, `/api/points/budgets/${budget.id}/give-back`, { amount_cents: 100_000, reason: '余款退回委托单位' });
  await post(stage, chair, `/api/points/approvals/points_funding/${back.id}/approve`, {});
  await givenBack(stage, officer, name);
}

/** The bank pays what went back; the report to the funder says so, on the page and in the file. */
async function givenBack(stage: Stage, officer: Page, book: string): Promise<void> {
  const number = `TH${Date.now()}`;
  await atBank(stage, officer, book);
  await press(officer, '登记一笔支出');
  await officer.getByLabel('支出流水号').fill(number);
  await officer.getByLabel('支出金额（元）').fill('1,000');
  await officer.getByLabel('收款人').fill('示例市财政局');
  await officer.getByRole('button', { name: '登记支出' }).dblclick();
  await officer.getByRole('button', { name: `对应到退回：${number}` }).click();
  const choice = officer.getByLabel('哪一次退回');
  await choice.selectOption(await choice.locator('option', { hasText: '余款退回委托单位' }).first().getAttribute('value'));
  await stage.look(officer, 'points-outgoing-match');
  await press(officer, '对应');
  await sees(officer, '这笔退回记为银行已付');
  for (const screen of [officer, await stage.phone()]) {
    if (screen !== officer) await stage.demo(screen, 'city');
    await screen.goto(stage.url('/desk/points/books'));
    await screen.getByLabel('账套', { exact: true }).selectOption({ label: `${book}（示例市财政局）` });
    await screen.getByText('其中银行已付 1,000.00 元').waitFor();
    await screen.getByRole('table', { name: '退回委托单位' }).getByText(number).waitFor();
    await stage.look(screen, 'points-book-report');
  }
  const code = await officer.locator('.mono').first().innerText();
  const link = await officer.getByRole('link', { name: '下载报告（CSV）' }).getAttribute('href') ?? '';
  const file = await (await officer.request.get(stage.url(link))).text();
  expect(file.includes(code) && file.includes(number), `the file of the report: ${file}`);
}

async function money(stage: Stage): Promise<void> {
  await funded(stage, '节日慰问');
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  await askedBack(stage, chair);
  await balanced(stage, chair);
  const name = `趣味运动会${Date.now() % 100_000}`;
  await evidenced(stage, chair, await issued(stage, chair, name));
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

/** What was issued wrongly is asked back, approved by the level above, and gone from the wallet with a reason. */
async function corrected(stage: Stage): Promise<void> {
  const reason = '原因（会员会看到）';
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const name = `发错的一批${Date.now() % 100_000}`;
  await issued(stage, chair, name);
  await press(chair, '申请收回');
  await chair.getByLabel(reason).fill('金额填错了');
  await chair.reload();
  await press(chair, '申请收回');
  expect(await chair.getByLabel(reason).inputValue() === '金额填错了', 'the draft of what is asked back is gone after a reload');
  await chair.getByLabel('收回哪些').selectOption('named');
  await sees(chair, '选好以后，这里显示现在能收回多少。');
  await stage.look(chair, 'points-correction-named');
  await chair.getByLabel('收回哪些').selectOption('whole');
  await sees(chair, '现在能收回');
  await stage.look(chair, 'points-correction');
  await chair.getByRole('button', { name: '提交审批', exact: true }).dblclick();
  await sees(chair, '已提交，由另一位同志审批后收回。');
  const above = await stage.phone();
  await stage.demo(above, 'county');
  await above.goto(chair.url());
  await sees(above, '整批收回');
  await stage.look(above, 'points-correction-decide');
  await press(above, '同意');
  await press(above, '确认同意');
  await sees(above, '已同意，已办结。');
  await chair.reload();
  await chair.getByText('已办完', { exact: true }).first().waitFor({ timeout: 60_000 });
  await sees(chair, '冲正收回');
  await press(chair, '看每个人的结果');
  await chair.getByRole('table', { name: '收回的名单' }).waitFor();
  await stage.look(chair, 'points-correction-done');
  const member = await stage.phone();
  await stage.demo(member, 'member');
  await member.goto(stage.url('/wallet'));
  await sees(member, `更正“${name}”：金额填错了`);
  await stage.look(member, 'points-wallet-corrected');
  for (const screen of [chair, above]) {
    await screen.goto(stage.url('/desk/points/batches'));
    await press(screen, '看使用情况');
    await screen.getByRole('table', { name: '各项活动的使用情况' }).getByText(name).first().waitFor();
    await stage.look(screen, 'points-batch-uses');
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

/** A rule says what it may cost altogether; who decides sees it, and wants it smaller. */
async function ruled(stage: Stage): Promise<void> {
  const officer = await stage.desk();
  await stage.demo(officer, 'city');
  await officer.goto(stage.url('/desk/points/rules?new=1'));
  const budget = officer.getByLabel('从哪本预算里出');
  await budget.selectOption(await budget.locator('option', { hasText: '入会服务' }).first().getAttribute('value'));
  await officer.getByLabel('什么事').selectOption('membership.imported');
  await officer.getByLabel('名称（会员会看到）').fill('老会员见面礼');
  await officer.getByLabel('每次（元）').fill('10');
  const send = officer.getByRole('button', { name: '提交审批', exact: true });
  expect(await send.isDisabled(), 'a rule without a total can be sent');
  await officer.getByLabel('全部人一共最多（元）').fill('5');
  await send.click();
  await sees(officer, '总额不能少于一次的积分');
  await officer.getByLabel('全部人一共最多（元）').fill('1000');
  await stage.look(officer, 'points-rule-new');
  await send.click();
  await officer.waitForURL(/\/points\/rules\/[0-9a-f-]{36}/);
  await sees(officer, '最多 1,000.00 元，已发 0.00 元');
  const finance = await stage.phone();
  await stage.demo(finance, 'finance');
  await finance.goto(officer.url());
  await sees(finance, '最多 1,000.00 元，已发 0.00 元');
  await stage.look(finance, 'points-rule-decide');
  await press(finance, '退回');
  await finance.getByLabel('退回原因').fill('总额请先定小一些。');
  await finance.getByRole('button', { name: '退回', exact: true }).click();
  await sees(finance, '已退回，原因已告诉经办人');
}

/** The director of the audit committee begins with the daily proof, and goes from a cent to its approval. */
async function audit(stage: Stage): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'audit_director');
    await screen.goto(stage.url('/desk/'));
    await screen.waitForURL(/\/desk\/points\/proof/);
    await sees(screen, '银行专户（已入账）');
    expect(await screen.getByRole('button', { name: '结一个月的账' }).count() === 0, 'who audits the books closes them');
    await stage.look(screen, 'points-audit-home');
    await screen.goto(stage.url('/desk/points/budgets'));
    await screen.getByRole('table', { name: '积分预算' }).waitFor();
    await stage.look(screen, 'points-audit-budgets');
    await screen.goto(stage.url('/desk/points/ledger'));
    await screen.getByRole('link', { name: /玩具厂工会.*节日慰问/ }).first().click();
    await press(screen, '验证这个账户');
    await sees(screen, '相符：');
    await stage.look(screen, 'points-account');
    await screen.getByRole('table', { name: '每一笔' }).getByRole('link').first().click();
    await sees(screen, '办理依据');
    await stage.look(screen, 'points-transfer');
  }
}

export const walks: Walk[] = [
  { name: 'points go from the bank to a member', run: money },
  { name: 'points that were issued wrongly come back', run: corrected },
  { name: 'a point rule is decided by all that it may cost', run: ruled },
  { name: 'money goes from one budget to another', run: allocated },
  { name: 'an auditor follows points to their approval', run: audit },
];
