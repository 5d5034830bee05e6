/** Points for who is named, and by a list; what a limit of a purpose does. */
import type { Page } from 'playwright-core';
import { workbook } from './files';
import { invent, type Invented } from './people';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, press, voters } from './voting';

/** The wizard up to the budget and the name. */
async function begun(stage: Stage, chair: Page, kind: RegExp, name: string, purpose = '节日慰问'): Promise<void> {
  await chair.goto(stage.url('/desk/points/batches/new'));
  await chair.getByLabel(kind).check();
  const budget = chair.getByLabel('从哪本预算里出');
  await budget.selectOption(await budget.locator('option', { hasText: purpose }).first().getAttribute('value'));
  await chair.getByLabel('名称（会员会看到）').fill(name);
}

/** Makes the batch, waits until who gets how much is known, and answers with the page as it stands. */
async function prepared(stage: Stage, chair: Page, look: string): Promise<void> {
  await press(chair, '建立并准备名单');
  await chair.waitForURL(/\/points\/batches\/[0-9a-f-]{36}/);
  await chair.getByText('待提交', { exact: true }).first().waitFor({ timeout: 60_000 });
  await chair.getByRole('table', { name: '名单' }).waitFor();
  await stage.look(chair, look);
}

async function withdrawn(chair: Page): Promise<void> {
  await press(chair, '撤回');
  await chair.getByRole('button', { name: '撤回', exact: true }).click();
  await sees(chair, '已撤回。');
}

/** Points for who is named, and for who stands in a list with a wrong row; neither is issued. */
async function named(stage: Stage): Promise<void> {
  const phone = await stage.phone();
  await stage.demo(phone, 'chair');
  const [voter] = await voters(stage, phone, await ownUnion(stage, phone), ['虚构会员庚']);
  const { person } = voter!;
  for (const chair of [await stage.desk(), phone]) {
    if (chair !== phone) await stage.demo(chair, 'chair');
    await begun(stage, chair, /点名发放/, '运动会奖励');
    await chair.getByLabel('每人（元）').fill('2');
    await chair.getByLabel('按姓名查找').fill('没有这个人');
    await sees(chair, '没有找到会员');
    await chair.getByLabel('按姓名查找').fill(person.name);
    await chair.getByLabel(person.name, { exact: true }).first().check();
    await sees(chair, '1 人，共 2.00 元');
    await chair.reload();
    await sees(chair, `已选 1 人：${person.name}`);
    await stage.look(chair, 'points-issue-named');
    await prepared(stage, chair, 'points-batch-named');
    await chair.getByRole('rowheader', { name: person.name }).waitFor();
    await withdrawn(chair);
  }
  await listed(stage, person);
}

/** More than a person may get in a year: one purpose warns who approves, the other issues nothing. */
async function limited(stage: Stage): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const [voter] = await voters(stage, chair, await ownUnion(stage, chair), ['虚构会员辛']);
  const { person } = voter!;
  const choose = async (name: string, yuan: string, purpose: string) => {
    await begun(stage, chair, /点名发放/, name, purpose);
    await chair.getByLabel('每人（元）').fill(yuan);
    await chair.getByLabel('按姓名查找').fill(person.name);
    await chair.getByLabel(person.name, { exact: true }).first().check();
  };
  await choose('超过限额要提醒', '1,001', '节日慰问');
  await prepared(stage, chair, 'points-limit-warns');
  await sees(chair, '1 人会超过这个用途的每人每年限额');
  await withdrawn(chair);
  await choose('超过限额不发', '501', '文体活动');
  await press(chair, '建立并准备名单');
  await chair.waitForURL(/\/points\/batches\/[0-9a-f-]{36}/);
  await chair.getByText('不能发放', { exact: true }).first().waitFor({ timeout: 60_000 });
  await chair.getByRole('table', { name: '名单' }).getByText('超过这个用途的每人每年限额').first().waitFor();
  await stage.look(chair, 'points-limit-blocks');
}

/** A list without its columns, then one with a wrong row and a wrong amount; the error file hands both back. */
async function listed(stage: Stage, person: Invented): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  await begun(stage, chair, /按名单发放/, '技能比武奖励');
  const send = (rows: string[][]) => chair.getByLabel('上传名单').setInputFiles({ name: '名单.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook(rows) });
  await send([['姓名', '备注'], [person.name, '没有积分一列']]);
  await sees(chair, '没有找到表头');
  const nobody = invent('没有这个人');
  await send([['姓名', '证件号码', '积分'], [person.name, person.id, '3.50'], [nobody.name, nobody.id, '3'], [person.name, person.id, '一点点']]);
  await sees(chair, '已上传 名单.xlsx，3 行');
  await stage.look(chair, 'points-issue-list');
  await prepared(stage, chair, 'points-batch-list');
  await sees(chair, '2 行没有列入');
  await sees(chair, '第 3 行：姓名和证件号码（或手机号）对不上本工会的会员');
  await sees(chair, '第 4 行：积分数额看不懂');
  await sees(chair, '1 人，共 3.50 元');
  const link = await chair.getByRole('link', { name: '没有列入的行 CSV' }).getAttribute('href') ?? '';
  const lines = (await (await chair.request.get(stage.url(link))).text()).replace(/^\uFEFF/, '').trim().split(/\r?\n/);
  expect(lines.length === 3 && lines[0]!.startsWith('行号,原因,姓名') && lines[1]!.startsWith('3,') && lines[1]!.includes(nobody.name), `the error file: ${lines.join(' | ')}`);
  await withdrawn(chair);
}

export const walks: Walk[] = [
  { name: 'points for who is named, and by a list with a wrong row', run: named },
  { name: 'a limit of a purpose warns, and another one blocks', run: limited },
];
