/**
 * A whole year of a union's evaluation: a county starts it over its unions, the chair reports, members rate and
 * some write, the result is published, the chair answers, and a text is hidden by the level above. The plan comes too late,
 * and the levels above hear of it; of one item the members say that it was not put right, so that it runs again until it is.
 * The demo city's time goes ahead: a walk after this one would live next year.
 */
import type { Page } from 'playwright-core';
import { signIn } from './people';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ahead, answerScreen, ownUnion, press, recounted, until, vote, voters, type Voter } from './voting';

/** Thirty with ZHIGONG_TEST_LONG; six walk the same way in a quarter of the time. */
const MEMBERS = process.env.ZHIGONG_TEST_LONG ? 30 : 6;
/** So many are not content: more than the fifth from which a plan is due, and the three in ten from which an item runs again. */
const UNHAPPY = Math.ceil(MEMBERS / 3);
/** So many come back a second time: as many as a box needs. */
const FEWEST = 5;
const OPINIONS = ['食堂的菜太贵，一顿要 15 元', '食堂涨价了，希望谈一谈', '夜班没有热饭', '洗手间的灯坏了两个月', '谢谢主席帮我要回加班费', '三班的示例某某总是插队打饭'];

interface Evaluation { id: string; state: string; electorate: number | null; organization_id: string }
interface Item { state: string }
interface Case { closed_on: string | null; problems: { items: Item[] }[]; plan_duties: { due_on: string; standing: string }[]; rounds: { poll_id: string; state: string; ballots: number | null }[]; history: { kind: string }[] }
const rectification = (stage: Stage, page: Page, id: string) => get<Case>(stage, page, `/api/evaluations/${id}/rectification`);
const evaluation = (stage: Stage, page: Page, id: string) => get<{ evaluation: Evaluation }>(stage, page, `/api/evaluations/${id}`).then((one) => one.evaluation);

/** The county starts the duty reports of the coming year over its unions. */
async function campaign(stage: Stage): Promise<string> {
  const desk = await stage.desk();
  await stage.demo(desk, 'county');
  await desk.goto(stage.url('/desk/campaigns/new'));
  await desk.getByLabel('方案').selectOption('chair_report');
  const { today } = await get<{ today: string }>(stage, desk, '/api/site');
  await desk.getByLabel('年度').fill(String(Number(today.slice(0, 4)) + 1));
  await press(desk, '先数一数');
  await sees(desk, /家工会符合条件/);
  await desk.getByLabel('开始日期').fill(today);
  await desk.getByRole('button', { name: '发起', exact: true }).click();
  await desk.waitForURL(/\/desk\/campaigns\/[0-9a-f-]{36}/);
  await desk.getByText('已建好').waitFor({ timeout: 60_000 });
  return desk.url().split('/').pop()!;
}

/** The chair writes the report at lunch: two sentences in each section, no video. */
async function report(stage: Stage, chair: Page, id: string): Promise<void> {
  await chair.goto(stage.url(`/chair/evaluations/${id}`));
  await sees(chair, '等主席提交述职报告');
  await chair.getByRole('link', { name: '写述职报告' }).click();
  await sees(chair, '数字已按会籍记录填好');
  for (const field of await chair.locator('textarea').all()) {
    if ((await field.inputValue()).trim() === '') await field.fill('今年谈下了食堂补贴，夜班有了休息室。明年继续谈工资。');
  }
  await stage.look(chair, 'year-report');
  await press(chair, '提交述职报告');
  await sees(chair, '现在提交？');
  await press(chair, '提交');
  await chair.getByText('已提交', { exact: true }).waitFor();
  await until(chair, 'the evaluation opens by itself', async () => (await evaluation(stage, chair, id)).state === 'open');
}

/** Everybody reads, rates and says something or nothing; answers the words of those who wrote. */
async function rate(stage: Stage, people: Voter[], id: string): Promise<string[]> {
  const words: string[] = [];
  for (const [at, { phone }] of people.entries()) {
    if (at === 0) {
      await phone.goto(stage.url(`/evaluations/${id}`));
      await phone.getByRole('link', { name: '看述职报告' }).click();
      await sees(phone, '今年谈下了食堂补贴');
      await stage.look(phone, 'year-report-read');
    }
    await vote(stage, phone, id, at < UNHAPPY);
    await sees(phone, '还想说点什么吗');
    const opinion = OPINIONS[at];
    if (opinion === undefined) {
      await press(phone, '没有意见');
      await phone.getByText('意见表已交').waitFor({ timeout: 30_000 });
      continue;
    }
    await phone.getByLabel('我的意见').fill(opinion);
    if (at === 0) await phone.getByLabel(/有人要求或盯着我/).check();
    await press(phone, '提交意见');
    await phone.getByText('请抄下这四个词').waitFor({ timeout: 30_000 });
    words.push((await phone.locator('.words').textContent())?.trim() ?? '');
    await press(phone, '我抄好了');
  }
  return words;
}

/** The result, for everybody: figures, receipt, and a recount, on the phone and by the command. */
async function published(stage: Stage, voter: Voter, id: string): Promise<void> {
  const anybody = await stage.phone();
  await anybody.goto(stage.url(`/results/${id}`));
  await sees(anybody, `${MEMBERS} 票`);
  await sees(anybody, /规定的 \d+%/);
  await stage.look(anybody, 'year-result');
  const { public_key } = await get<{ public_key: string }>(stage, anybody, `/api/evaluations/${id}/result`);
  await recounted(stage, anybody, MEMBERS, public_key);
  await anybody.goto(stage.url(`/results/${id}/recount`));
  await press(anybody, '开始重算');
  await sees(anybody, '全部对上');
  await stage.look(anybody, 'year-recount');
  await voter.phone.goto(stage.url('/receipts'));
  await stage.look(voter.phone, 'year-receipts');
}

/** The county above, at a desk and on a phone: what is to be done by when, what was found, what members wrote. */
async function above(stage: Stage, id: string): Promise<void> {
  const pages = [
    ['duties', '应办事项', 'year-desk-duties'],
    ['rectifications', '整改', 'year-desk-rectifications'],
    ['opinions', '意见和答复', 'year-desk-opinions'],
    [`evaluations/${id}/rectification`, '整改方案', 'year-desk-case'],
    [`evaluations/${id}/opinions`, OPINIONS[0]!, 'year-desk-opinions-of-one'],
    [`evaluations/${id}`, '已公布', 'year-desk'],
  ] as const;
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    for (const [path, words, name] of pages) {
      await screen.goto(stage.url(`/desk/${path}`));
      // The menu has some of these words too, and a narrow screen folds it away.
      const shown = screen.locator('main').getByText(words).first();
      await shown.waitFor();
      await screen.reload();
      await shown.waitFor();
      await stage.look(screen, name);
    }
  }
}

/** The county has the ballots opened: what came of it, and that it looked, stays to be seen; a chair cannot even ask. */
async function opened(stage: Stage, chair: Page, id: string): Promise<void> {
  for (const [screen, name] of [[await stage.desk(), 'year-desk-audit'], [await stage.phone(), 'year-desk-audit-narrow']] as const) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url(`/desk/evaluations/${id}`));
    await press(screen, '开封复核选票');
    expect(await screen.getByRole('button', { name: '开封核对' }).isDisabled(), 'ballots are opened without a reason');
    await screen.getByLabel('开封的原因').fill('有会员反映结果与实际不符');
    await screen.getByRole('button', { name: '开封核对' }).dblclick();
    await screen.getByText(`共打开 ${MEMBERS} 张票`).waitFor({ timeout: 60_000 });
    await sees(screen, '原因：有会员反映结果与实际不符');
    await stage.look(screen, name);
  }
  const asked = await chair.request.get(stage.url(`/api/evaluations/${id}/audits`));
  expect(asked.status() === 403, `a chair is told who looked: ${asked.status()}`);
}

/** The chair answers three, puts the second about prices to the first, and refuses one. */
async function answers(stage: Stage, chair: Page, id: string): Promise<void> {
  await chair.goto(stage.url(`/chair/evaluations/${id}/opinions`));
  await sees(chair, `还有 ${OPINIONS.length} 条要答复`);
  await stage.look(chair, 'year-opinions');
  const card = (text: string) => chair.locator('section.card').filter({ hasText: text });
  for (const [text, said] of [[OPINIONS[0]!, '已和食堂谈好，下月起一顿 12 元。'], [OPINIONS[2]!, '夜班从下周起有热饭。'], [OPINIONS[4]!, '这是工会该做的。']] as const) {
    await card(text).getByRole('button', { name: '答复', exact: true }).click();
    await chair.getByLabel('答复', { exact: true }).fill(said);
    await press(chair, '提交答复');
    await sees(chair, said);
  }
  await card(OPINIONS[1]!).getByRole('button', { name: '合并' }).click();
  await chair.getByRole('radio', { name: OPINIONS[0]! }).check();
  // Opinions stand in no order: another one that can be merged may come last.
  await card(OPINIONS[1]!).getByRole('button', { name: '合并', exact: true }).click();
  await sees(chair, '已合并到');
  await card(OPINIONS[3]!).getByRole('button', { name: '不采纳' }).click();
  await chair.getByLabel('不采纳的理由').fill('灯属于物业维修，已经转给物业，工会跟进。');
  await press(chair, '确认不采纳');
  await sees(chair, '灯属于物业维修');
  // Somebody is named: the text is the level above's to hide, and is answered all the same.
  const named = card(OPINIONS[5]!);
  await named.getByRole('button', { name: '提请不公开' }).click();
  await named.getByRole('radio', { name: '点名到普通职工' }).check();
  await named.getByLabel('为什么不该公开').fill('点名到普通职工');
  await named.getByRole('button', { name: '提请不公开' }).click();
  await sees(chair, '已提请不公开，等上级决定。');
  await named.getByRole('button', { name: '答复', exact: true }).click();
  await chair.getByLabel('答复', { exact: true }).fill('好');
  await press(chair, '提交答复');
  await sees(chair, '至少两个字');
  await chair.getByLabel('答复', { exact: true }).fill('已请三班的班长排好打饭次序。');
  await press(chair, '提交答复');
  await sees(chair, '都办完了');
  await stage.look(chair, 'year-opinions-done');
}

/** The county decides that the text is not shown, and members read the others and every answer. */
async function hides(stage: Stage, { person, phone }: Voter, id: string): Promise<void> {
  const desk = await stage.desk();
  await stage.demo(desk, 'county');
  await desk.goto(stage.url('/desk/opinions'));
  await sees(desk, '点名到普通职工');
  await stage.look(desk, 'year-desk-hiding');
  await press(desk, '同意不公开');
  await desk.getByLabel('决定的理由').fill('点名到普通职工。');
  await press(desk, '不公开文字');
  await sees(desk, '没有等待决定的');
  await stage.look(desk, 'year-desk-hidden');
  await desk.goto(stage.url(`/desk/evaluations/${id}/opinions`));
  await sees(desk, '1 人勾了“有人要求或盯着我怎么打分”');
  await signIn(stage, phone, person);
  await phone.goto(stage.url(`/evaluations/${id}/opinions`));
  await sees(phone, '这条意见的文字经上级工会审核，不公开。');
  await sees(phone, '已请三班的班长排好打饭次序。');
  await sees(phone, /条说的是同一件事/);
  expect(!(await phone.content()).includes('示例某某'), 'members read what was hidden');
  await stage.look(phone, 'year-opinions-read');
}

/** The author comes back with four words, on a phone that nobody knows. */
async function comesBack(stage: Stage, words: string, answer: string): Promise<void> {
  const phone = await stage.phone();
  await phone.goto(stage.url('/opinions/code'));
  await phone.getByLabel('四个词').fill(words);
  await press(phone, '看答复');
  await phone.getByText(answer).first().waitFor({ timeout: 30_000 });
  await press(phone, '满意');
  await sees(phone, '您对这条答复：满意');
  await phone.getByLabel(/再说一句/).fill('谢谢，下月我再看看。');
  await press(phone, '提交');
  await sees(phone, '明天起工会看得到');
  await stage.look(phone, 'year-author');
  await press(phone, '看完了，清掉这一页');
  await sees(phone, '我写过意见');
}

/** Nobody files the plan by its last day: everybody sees so at once, and the county, which is next above, hears of it. */
async function overdue(stage: Stage, chair: Page, id: string): Promise<void> {
  const [plan] = (await rectification(stage, chair, id)).plan_duties;
  const { today } = await get<{ today: string }>(stage, chair, '/api/site');
  await ahead(stage, chair, Math.round((Date.parse(plan!.due_on) - Date.parse(today)) / 86_400_000) + 1);
  const anybody = await stage.phone();
  await anybody.goto(stage.url(`/evaluations/${id}/rectification`));
  await sees(anybody, '逾期 1 天');
  await stage.look(anybody, 'year-overdue');
  const county = await stage.desk();
  await stage.demo(county, 'county');
  const told = () => get<{ items: { evaluation_id: string; told_level: number }[] }>(stage, county, '/api/duties?standing=overdue&kind=plan');
  await until(county, 'the county is told', async () => (await told()).items.some((row) => row.evaluation_id === id && row.told_level === 1));
  await county.goto(stage.url('/desk/duties?standing=overdue&kind=plan'));
  await sees(county, '逾期 1 天');
  await sees(county, '已告知上 1 级');
  await stage.look(county, 'year-desk-overdue');
  await stage.demo(chair, 'chair');
}

/** The plan, a day late. */
async function promises(stage: Stage, chair: Page, id: string): Promise<void> {
  await chair.goto(stage.url(`/chair/evaluations/${id}/rectification`));
  await sees(chair, '整改方案');
  await stage.look(chair, 'year-plan');
  const { today } = await get<{ today: string }>(stage, chair, '/api/site');
  const day = new Date(Date.parse(`${today}T00:00:00Z`) + 20 * 86_400_000).toISOString().slice(0, 10);
  for (const field of await chair.getByLabel('整改措施').all()) await field.fill('每月同厂方谈一次，结果贴在食堂。');
  for (const field of await chair.getByLabel('负责人').all()) await field.fill('陈示例');
  for (const field of await chair.getByLabel('完成期限').all()) await field.fill(day);
  await press(chair, '提交方案并公布');
  await chair.getByRole('button', { name: '记进展，或报告整改完成' }).first().waitFor();
  const page = await rectification(stage, chair, id);
  expect(page.plan_duties[0]!.standing === 'done_late', `a plan that came late is ${page.plan_duties[0]!.standing}`);
  expect(page.history.some((line) => line.kind === 'overdue'), 'the history does not say that the plan was overdue');
}

/** What was done about every item that runs, the report that it is done, and the question to the members. */
async function putRight(stage: Stage, chair: Page, id: string, name: string): Promise<void> {
  await chair.goto(stage.url(`/chair/evaluations/${id}/rectification`));
  const items = chair.getByRole('button', { name: '记进展，或报告整改完成' });
  await items.first().waitFor();
  for (let left = await items.count(); left > 0; left -= 1) {
    await items.first().click();
    await chair.getByLabel('做了什么').fill('已经谈妥并公布。');
    await press(chair, '报告整改完成');
    await chair.getByLabel('做了什么').waitFor({ state: 'detached' });
    await until(chair, 'one item fewer', async () => (await items.count()) < left);
  }
  await stage.look(chair, name);
  const ask = chair.getByRole('button', { name: '现在请会员回访' });
  if (await ask.isVisible()) await ask.click();
  await until(chair, 'the members are asked again', async () => (await rectification(stage, chair, id)).rounds.some((round) => round.state === 'open'));
}

/** Those who rated say whether it was put right; so many of them that the first item was not. */
async function saysFixed(stage: Stage, people: Voter[], id: string, against: number): Promise<void> {
  for (const [at, { person, phone }] of people.entries()) {
    await signIn(stage, phone, person);
    await phone.goto(stage.url(`/evaluations/${id}/closure`));
    await press(phone, '领票，开始填写');
    await phone.getByRole('button', { name: '投进票箱' }).waitFor();
    await answerScreen(phone);
    if (at < against) await phone.locator('fieldset.question').first().locator('input[type=radio]').last().check();
    if (at === 0) await stage.look(phone, 'year-closure');
    await press(phone, '投进票箱');
    await sees(phone, '已投进票箱');
  }
}

/** The round is over, and its file is recounted as well. */
async function counted(stage: Stage, chair: Page, id: string, rounds: number, ballots: number): Promise<Page> {
  await ahead(stage, chair, 9);
  await stage.demo(chair, 'chair');
  await until(chair, 'the round is counted', async () => (await rectification(stage, chair, id)).rounds.filter((round) => round.ballots === ballots).length === 1);
  const anybody = await stage.phone();
  const { public_key } = await get<{ public_key: string }>(stage, anybody, `/api/evaluations/${id}/result`);
  await anybody.goto(stage.url(`/evaluations/${id}/rectification`));
  await sees(anybody, `第 ${rounds} 次回访结束，计入 ${ballots} 票`);
  await recounted(stage, anybody, ballots, public_key);
  return anybody;
}

async function year(stage: Stage): Promise<void> {
  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  const union = await ownUnion(stage, chair);
  const people = await voters(stage, chair, union, Array.from({ length: MEMBERS }, (_, at) => `虚构会员${String.fromCodePoint(0x4e00 + at)}`));
  const started = await campaign(stage);
  const rows = await get<{ items: Evaluation[] }>(stage, chair, `/api/evaluations?campaign_id=${started}`);
  const { id } = rows.items[0]!;
  await report(stage, chair, id);
  const electors = (await evaluation(stage, chair, id)).electorate ?? 0;
  expect(electors >= MEMBERS, `only ${electors} may vote`);
  const words = await rate(stage, people, id);
  await ahead(stage, chair, 9);
  await stage.demo(chair, 'chair');
  await until(chair, 'the result is published', async () => (await evaluation(stage, chair, id)).state === 'published');
  await published(stage, people[0]!, id);
  // Their box is opened a moment after the result is out; until then there is nothing to be found.
  const opinions = () => get<{ items: unknown[] }>(stage, chair, `/api/evaluations/${id}/opinions/all`).catch(() => ({ items: [] }));
  await until(chair, 'the opinions are taken out', async () => (await opinions()).items.length === OPINIONS.length);
  await opened(stage, chair, id);
  await answers(stage, chair, id);
  await hides(stage, people[0]!, id);
  await comesBack(stage, words[1]!, '下月起一顿 12 元');
  await overdue(stage, chair, id);
  await above(stage, id);
  await promises(stage, chair, id);
  await putRight(stage, chair, id, 'year-claimed');
  await saysFixed(stage, people, id, UNHAPPY);
  const reopened = await counted(stage, chair, id, 1, MEMBERS);
  await sees(reopened, '第 1 次整改 · 没有整改到位');
  await stage.look(reopened, 'year-reopened');
  const running = (await rectification(stage, chair, id)).problems.filter(({ items }) => items[items.length - 1]!.state === 'open');
  expect(running.length === 1 && running[0]!.items.length === 2, `${running.length} items run again`);
  await putRight(stage, chair, id, 'year-claimed-again');
  await saysFixed(stage, people.slice(0, FEWEST), id, 0);
  const closed = await counted(stage, chair, id, 2, FEWEST);
  await until(chair, 'the rectification is closed', async () => (await rectification(stage, chair, id)).closed_on !== null);
  await closed.reload();
  await sees(closed, '整改办结');
  await stage.look(closed, 'year-closed');
}

export const walks: Walk[] = [{ name: `a union reports, is rated by ${MEMBERS}, answers and puts right`, both: true, run: year }];
