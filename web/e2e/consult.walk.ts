/** Money and drafts of law before members are asked: entered, closed, read on the phone, and still afterwards. */
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, post, press, voters } from './voting';

/** A member of the chair's union, on a phone of her own. */
async function member(stage: Stage, chair: Page, name: string): Promise<Page> {
  const [voter] = await voters(stage, chair, await ownUnion(stage, chair), [name]);
  return voter!.phone;
}

/** The chair plans, spends and closes on the phone. */
async function planned(stage: Stage, chair: Page, name: string): Promise<string> {
  await chair.goto(stage.url('/home'));
  await chair.getByRole('link', { name: '工会的钱' }).click();
  await chair.getByRole('button', { name: '登记一个项目' }).click();
  await press(chair, '登记');
  await sees(chair, '请写项目名称');
  await chair.getByLabel('项目名称').fill(name);
  await chair.getByLabel('用来做什么').fill('给一线班组送防暑降温用品。');
  await chair.getByLabel('要达到什么目标').fill('走访全部一线班组');
  await chair.reload();
  await sees(chair, '要达到什么目标');
  expect(await chair.getByLabel('项目名称').inputValue() === name, 'the draft of the item is gone after a reload');
  await chair.getByLabel('目标数量（可以不填）').fill('200');
  await chair.getByLabel('数量的单位（可以不填）').fill('人次');
  await chair.getByLabel('预算（元）').fill('20,000');
  await stage.look(chair, 'consult-fund-new');
  await chair.getByRole('button', { name: '登记', exact: true }).dblclick();
  await chair.waitForURL(/\/funds\/[0-9a-f-]{36}/);
  await sees(chair, '20,000.00 元');
  await press(chair, '登记一笔支出');
  await chair.getByLabel('金额（元）').fill('8000.50');
  await chair.getByLabel('买了什么、用在哪里').fill('毛巾、凉茶、藿香正气水');
  await stage.look(chair, 'consult-fund-spend');
  await press(chair, '登记');
  await sees(chair, '8,000.50 元（40%）');
  await press(chair, '结项');
  await chair.getByLabel('办成了什么').fill('走访 12 个班组，全部送到。');
  await chair.getByLabel('实际完成（人次）').fill('213');
  await press(chair, '结项');
  await sees(chair, '完成 213，目标 200 人次');
  await stage.look(chair, 'consult-fund-closed');
  return chair.url().split('/').pop()!;
}

async function money(stage: Stage): Promise<void> {
  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  const fund = await planned(stage, chair, `高温送清凉${Date.now() % 100_000}`);
  const phone = await member(stage, chair, '虚构会员戊');
  await phone.goto(stage.url('/funds'));
  await phone.getByRole('link', { name: /高温送清凉/ }).first().click();
  await sees(phone, '毛巾、凉茶、藿香正气水');
  expect(!(await phone.content()).includes('补充说明'), 'a member may keep the item');
  await stage.look(phone, 'consult-fund-member');
  await chair.goto(stage.url('/chair/evaluations'));
  await chair.getByLabel(/资金使用绩效评价/).check();
  await chair.getByLabel(/高温送清凉/).first().check();
  await stage.look(chair, 'consult-fund-start');
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/funds'));
    await sees(screen, '高温送清凉');
    await stage.look(screen, 'consult-desk-funds');
    await screen.goto(stage.url(`/desk/funds/${fund}`));
    await sees(screen, '走访 12 个班组');
    await stage.look(screen, 'consult-desk-fund');
  }
}

/** A county puts a draft of law before its members. */
async function law(stage: Stage): Promise<void> {
  const desk = await stage.desk();
  await stage.demo(desk, 'county');
  const me = await get<{ roles: { node_id: string }[] }>(stage, desk, '/api/me');
  const { id } = await post<{ id: string }>(stage, desk, '/api/evaluations', { scheme: 'legislation', organization_id: me.roles[0]!.node_id });
  await desk.goto(stage.url(`/desk/evaluations/${id}`));
  await sees(desk, '还没有放上草案');
  await press(desk, '写上正文');
  await desk.getByLabel('标题').fill('示例县职工权益保护办法（征求意见稿）');
  await desk.getByLabel('来源').fill('示例县司法局起草');
  await desk.getByLabel(/^正文/).fill('第一条　为了保护职工权益，制定本办法。\n第二条　用人单位应当按时足额支付工资。');
  await sees(desk, '现在分成 2 条');
  await stage.look(desk, 'consult-desk-document');
  await press(desk, '保存');
  await sees(desk, '示例县司法局起草');
  await desk.getByLabel(/加附件/).setInputFiles({ name: '草案.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nsynthetic') });
  await sees(desk, '草案.pdf');
  await press(desk, '开启投票');
  await press(desk, '开启');
  await desk.getByText('投票中', { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(!(await desk.content()).includes('修改正文'), 'the document can still be changed');
  await stage.look(desk, 'consult-desk-open');

  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  await chair.goto(stage.url(`/evaluations/${id}`));
  await sees(chair, '先读一读');
  await stage.look(chair, 'consult-evaluation');
  await chair.getByRole('link', { name: /职工权益保护办法/ }).click();
  await sees(chair, '用人单位应当按时足额支付工资');
  await sees(chair, '和测评表里写下的一致');
  await stage.look(chair, 'consult-document');
  const file = await chair.request.get(stage.url(await chair.getByRole('link', { name: '草案.pdf' }).getAttribute('href') ?? ''));
  expect(file.ok() && file.headers()['content-type'] === 'application/pdf', `the file answered ${file.status()}`);
}

/** Results of departments: side by side on the desk, for anybody on the phone. */
async function departments(stage: Stage): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/department-results'));
    await sees(screen, '不排名次');
    await stage.look(screen, 'consult-desk-departments');
    await screen.goto(stage.url('/results?kind=department'));
    await sees(screen, '看哪一类');
    await stage.look(screen, 'consult-results');
  }
}

export const walks: Walk[] = [
  { name: 'a chair shows what money was spent on and members read it', run: money },
  { name: 'a county puts a draft of law before its members', run: law },
  { name: 'results of departments are looked for before there are any', run: departments },
];
