/** A secret vote, from the chair who opens it to the receipts: on phones that lose the network, reload, and are pressed twice. */
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { answerScreen, ownUnion, press, voters, type Voter } from './voting';

interface Row { id: string; state: string; electorate: number | null }

/** The short report without which a chair is not rated; the figures are filled in. */
async function reported(chair: Page): Promise<void> {
  await sees(chair, '等主席提交述职报告');
  await chair.getByRole('link', { name: '写述职报告' }).click();
  await chair.getByLabel('维护权益').fill('陪 3 名工友做了工伤认定，补签了劳动合同。');
  await chair.getByRole('button', { name: '提交述职报告', exact: true }).click();
  await press(chair, '提交');
  await chair.getByText('已提交', { exact: true }).waitFor();
  await chair.getByRole('link', { name: '回到评议' }).click();
  await sees(chair, '开启投票');
}

/** The chair starts the year's duty report on the phone, moves its end, and opens it. */
async function opened(stage: Stage, chair: Page): Promise<string> {
  await chair.goto(stage.url('/home'));
  await sees(chair, '等我参加的评议');
  await chair.getByRole('link', { name: '发起评议' }).click();
  await sees(chair, '已经发起的');
  await press(chair, '建草稿');
  await sees(chair, '请选择要发起哪一种');
  await chair.getByLabel(/主席述职测评/).check();
  await stage.look(chair, 'voice-chair-start');
  await chair.getByRole('button', { name: '建草稿' }).dblclick();
  await chair.waitForURL(/\/chair\/evaluations\/[0-9a-f-]{36}/);
  await sees(chair, '草稿');
  const id = chair.url().split('/').pop()!;
  await stage.look(chair, 'voice-chair-draft');
  await reported(chair);
  const last = chair.getByLabel('最后一天');
  await last.fill((await last.getAttribute('max'))!);
  await press(chair, '保存修改');
  await sees(chair, '开启投票');
  await press(chair, '开启投票');
  await sees(chair, '现在开启？');
  await stage.look(chair, 'voice-chair-open');
  await press(chair, '开启');
  await chair.getByText('进行中', { exact: true }).waitFor({ timeout: 60_000 });
  await stage.look(chair, 'voice-chair-running');
  expect(await chair.locator('dt', { hasText: '已领票' }).count() === 0, 'a chair sees how many drew in the evaluation of himself');
  return id;
}

/** From the home page to the first screen of questions, the ballot drawn on the way. */
async function draw(stage: Stage, phone: Page, id: string, name?: string): Promise<void> {
  await phone.goto(stage.url('/home'));
  await sees(phone, '还没领票');
  if (name) await stage.look(phone, `${name}-home`);
  await phone.getByRole('link', { name: /去参加/ }).click();
  await sees(phone, '第一步：领票');
  if (name) await stage.look(phone, `${name}-evaluation`);
  await press(phone, '领票，开始填写');
  await phone.waitForURL(new RegExp(`/evaluations/${id}/fill`));
  await sees(phone, '第 1 页');
}

/** All screens up to the check. */
async function fill(stage: Stage, phone: Page, name?: string): Promise<void> {
  for (let screen = 1; screen <= 3; screen += 1) {
    await answerScreen(phone);
    if (name) await stage.look(phone, `${name}-screen-${screen}`);
    const last = await phone.getByRole('button', { name: '去核对' }).isVisible();
    await press(phone, last ? '去核对' : '下一页');
    if (last) break;
    await sees(phone, `第 ${screen + 1} 页`);
  }
  await sees(phone, '投出去以后不能改');
  if (name) await stage.look(phone, `${name}-check`);
}

/** Every ballot that leaves a phone, with what went along. */
function bodies(phone: Page): { body: string; headers: Record<string, string> }[] {
  const sent: { body: string; headers: Record<string, string> }[] = [];
  phone.on('request', (request) => {
    if (!request.url().endsWith('/api/ballots')) return;
    // A sheet may leave as the page closes; nobody looks at it any more then.
    request.allHeaders().then((all) => sent.push({ body: request.postData() ?? '', headers: all })).catch(() => undefined);
  });
  return sent;
}

async function inBox(phone: Page): Promise<string> {
  await sees(phone, '已投进票箱');
  const tracker = (await phone.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).textContent())?.trim() ?? '';
  // The sheet for opinions is another ballot, which still waits here.
  const kept = await phone.evaluate(() => JSON.stringify([localStorage, sessionStorage].map((storage) => Object.entries(storage).filter(([place]) => !place.startsWith('zhigong.opinion.')))));
  expect(kept.includes(tracker), 'the receipt is not kept');
  for (const secret of ['"salt"', '"sent"', '"token"', '"answers"']) expect(!kept.includes(secret), `the phone still keeps ${secret}`);
  return tracker;
}

/** One who does all in order, and looks at every page. */
async function careful(stage: Stage, { phone }: Voter, id: string): Promise<void> {
  const sent = bodies(phone);
  await draw(stage, phone, id, 'voice');
  await press(phone, '下一页');
  await sees(phone, '这一题要填');
  await stage.look(phone, 'voice-lacks');
  await fill(stage, phone, 'voice');
  await phone.goBack();
  await sees(phone, /第 \d 页/);
  await phone.goForward();
  await press(phone, '投进票箱');
  const tracker = await inBox(phone);
  await stage.look(phone, 'voice-in-box');
  const went = Object.keys(sent[0]?.headers ?? {});
  expect(sent.length === 1 && !went.includes('cookie') && !went.includes('authorization') && !went.includes('idempotency-key') && !went.includes('referer'), `a ballot went out with ${went.join(', ')}`);
  await phone.goto(stage.url('/receipts'));
  await sees(phone, tracker);
  await sees(phone, '截止后公布');
  await stage.look(phone, 'voice-receipts');
  await phone.goto(stage.url('/home'));
  await sees(phone, '已投进票箱');
  await stage.look(phone, 'voice-home-done');
}

/** One whose reply is lost: the ballot goes out again by itself, the very same. */
async function cutOff(stage: Stage, { phone }: Voter, id: string): Promise<void> {
  const sent = bodies(phone);
  await draw(stage, phone, id);
  await fill(stage, phone);
  let lost = 0;
  await phone.route('**/api/ballots', async (route) => {
    lost += 1;
    if (lost > 1) return route.continue();
    await route.fetch(); // the server has it; only the answer is lost
    return route.abort('connectionreset');
  });
  await press(phone, '投进票箱');
  await sees(phone, '正在等待网络，恢复后自动提交一次');
  await stage.look(phone, 'voice-waiting');
  await inBox(phone);
  stage.forgive(/ERR_CONNECTION_RESET/);
  expect(sent.length === 2 && sent[0]!.body === sent[1]!.body, `${sent.length} ballots went out, or not the same`);
}

/** One who reloads in the middle and when all is filled in; and presses twice. */
async function restless(stage: Stage, { phone }: Voter, id: string): Promise<void> {
  const sent = bodies(phone);
  await draw(stage, phone, id);
  await answerScreen(phone);
  await phone.reload();
  await sees(phone, '第 1 页');
  expect(await phone.locator('fieldset.question input:checked').count() > 0, 'the draft is gone after a reload');
  await fill(stage, phone);
  await phone.reload();
  await sees(phone, '投出去以后不能改');
  await phone.getByRole('button', { name: '投进票箱' }).dblclick();
  await inBox(phone);
  expect(sent.length === 1, `pressing twice sent ${sent.length} ballots`);
  await phone.reload();
  await sees(phone, '已投进票箱');
}

/** One who drew on one phone and comes with another. */
async function twoPhones(stage: Stage, { phone }: Voter, id: string): Promise<void> {
  await draw(stage, phone, id);
  // Another device of hers with the same sign-in: a second code would have to wait for a minute.
  const other = await stage.phone();
  await other.context().addCookies(await phone.context().cookies());
  await other.goto(stage.url('/home'));
  await sees(other, '已在别的设备领票');
  await other.goto(stage.url(`/evaluations/${id}`));
  await sees(other, '您已在别的设备领过票');
  await stage.look(other, 'voice-other-phone');
  await other.goto(stage.url(`/evaluations/${id}/fill`));
  await other.waitForURL(new RegExp(`/evaluations/${id}$`));
  await fill(stage, phone);
  await press(phone, '投进票箱');
  await inBox(phone);
}

async function vote(stage: Stage): Promise<void> {
  const chair = await stage.phone();
  await stage.demo(chair, 'chair');
  const union = await ownUnion(stage, chair);
  const people = await voters(stage, chair, union, ['虚构选民甲', '虚构选民乙', '虚构选民丙', '虚构选民丁']);
  const id = await opened(stage, chair);
  await careful(stage, people[0]!, id);
  await cutOff(stage, people[1]!, id);
  await restless(stage, people[2]!, id);
  await twoPhones(stage, people[3]!, id);
  await chair.goto(stage.url(`/evaluations/${id}`));
  await sees(chair, '您不在参评名单里');
  await desk(stage, id);
}

/** The county above sees how many may vote and how many drew; nobody who. */
async function desk(stage: Stage, id: string): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/evaluations?state=open'));
    await screen.getByRole('link', { name: /述职/ }).first().waitFor();
    await stage.look(screen, 'voice-desk-evaluations');
    await screen.goto(stage.url(`/desk/evaluations/${id}`));
    await sees(screen, '已领票');
    const own = await get<{ evaluation: Row; drawn: number | null }>(stage, screen, `/api/evaluations/${id}`);
    expect(own.drawn === 4 && (own.evaluation.electorate ?? 0) >= 5, `the county sees ${own.drawn} drawn of ${own.evaluation.electorate}`);
    await sees(screen, `${own.evaluation.electorate} 人`);
    await stage.look(screen, 'voice-desk-evaluation');
    for (const [path, words, name] of [['coverage', '应覆盖', 'voice-desk-coverage'], ['schemes', '都写在方案里', 'voice-desk-schemes'], ['schemes/chair_report', '依据', 'voice-desk-scheme'], ['departments', '各级工会维护自己的名单', 'voice-desk-departments']] as const) {
      await screen.goto(stage.url(`/desk/${path}`));
      await sees(screen, words);
      await stage.look(screen, name);
    }
  }
}

/** A county starts a campaign, sees what became of each union, and gives it up. */
async function campaign(stage: Stage): Promise<void> {
  const screen = await stage.desk();
  await stage.demo(screen, 'county');
  await screen.goto(stage.url('/desk/campaigns/new'));
  await press(screen, '发起');
  await sees(screen, '请选择方案');
  await screen.getByLabel('方案').selectOption('members_home');
  await press(screen, '先数一数');
  await sees(screen, /家工会符合条件/);
  const tomorrow = await get<{ today: string }>(stage, screen, '/api/site').then(({ today }) => new Date(Date.parse(`${today}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10));
  await screen.getByLabel('开始日期').fill(tomorrow);
  await stage.look(screen, 'voice-desk-campaign-new');
  await screen.getByRole('button', { name: '发起', exact: true }).dblclick();
  await screen.waitForURL(/\/desk\/campaigns\/[0-9a-f-]{36}/);
  await screen.getByText('已建好').waitFor({ timeout: 60_000 });
  await stage.look(screen, 'voice-desk-campaign');
  const id = screen.url().split('/').pop()!;
  const { outcomes } = await get<{ outcomes: Record<string, number> }>(stage, screen, `/api/campaigns/${id}`);
  expect(Object.values(outcomes).reduce((sum, one) => sum + one, 0) > 0, 'no union is in the campaign');
  await screen.getByRole('link', { name: /^单独评议/ }).click();
  await sees(screen, '名单');
  await press(screen, '撤回没有开启的');
  await press(screen, '确认撤回');
  await screen.getByText('已撤回', { exact: true }).first().waitFor();
  await screen.goto(stage.url('/desk/campaigns'));
  await sees(screen, '已撤回');
  await stage.look(screen, 'voice-desk-campaigns');
  await screen.goto(stage.url('/desk/evaluations/new'));
  await screen.getByLabel('方案').selectOption('enforcement');
  await sees(screen, '被评议的部门');
  await stage.look(screen, 'voice-desk-start');
}

/** Anybody reads how the secret is kept, and where results will be. */
async function anybody(stage: Stage): Promise<void> {
  for (const page of [await stage.phone(), await stage.desk()]) {
    await page.goto(stage.url('/evaluations/secret'));
    await sees(page, '做不到的，也说清楚');
    await stage.look(page, 'voice-secret');
    await page.goto(stage.url('/results'));
    await stage.look(page, 'voice-results');
  }
}

export const walks: Walk[] = [
  { name: 'a chair opens a vote and members cast it in secret', run: vote },
  { name: 'a county starts a vote over many unions and gives it up', run: campaign },
  { name: 'anybody reads how a vote stays secret', run: anybody },
];
