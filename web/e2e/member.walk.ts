/** The member pages walked by a stranger, a rider and a chair. */
import type { Page } from 'playwright-core';
import { apply, invent, signIn, type Invented } from './people';
import { expect, sees, type Stage, type Walk } from './stage';

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();

async function stranger(stage: Stage): Promise<void> {
  const phone = await stage.phone();
  await phone.goto(stage.url('/'));
  await sees(phone, '我要入会');
  await stage.look(phone, 'front');
  await phone.goto(stage.url('/rights'));
  await stage.look(phone, 'rights');
  await phone.goto(stage.url('/find'));
  await phone.getByLabel('单位名或工会名').fill('示例');
  await phone.getByRole('status').filter({ hasText: /找到|没有找到/ }).waitFor();
  await stage.look(phone, 'find');
  for (const path of ['/home', '/union', '/messages', '/mine/data', '/approvals']) {
    await phone.goto(stage.url(path));
    await phone.waitForURL(/\/sign-in\?to=/);
  }
  await stage.look(phone, 'sign-in');
  for (const path of ['/api/me', '/api/applications', '/api/members', '/api/me/data', '/api/todo', '/api/notices', '/api/my-union', '/api/tree', '/api/events']) {
    const answer = await phone.request.get(stage.url(path));
    expect(answer.status() === 401, `${path} answers a stranger with ${answer.status()}`);
  }
  const screen = await stage.desk();
  await screen.goto(stage.url('/'));
  await stage.look(screen, 'front');
}

/** Through the second door up to the check, on the screen, with a reload and a wrong number on the way. */
async function fillOpenDoor(stage: Stage, phone: Page, person: Invented): Promise<void> {
  await phone.goto(stage.url('/'));
  await phone.getByRole('link', { name: /单位没有工会/ }).click();
  await phone.getByLabel('外卖骑手').check();
  await press(phone, '下一步');
  await phone.getByLabel('蓬江区').check();
  await phone.getByLabel('棠下镇').check();
  await stage.look(phone, 'join-town');
  await press(phone, '下一步');
  await sees(phone, '前答复您');
  await stage.look(phone, 'join-destination');
  await press(phone, '下一步');
  await phone.waitForURL(/sign-in/);
  await phone.getByLabel('手机号').fill(person.phone);
  await press(phone, '获取验证码');
  const said = await phone.getByText(/验证码是 \d{6}/).textContent();
  await phone.getByLabel('短信验证码').fill(/\d{6}/.exec(said ?? '')?.[0] ?? '');
  await phone.getByRole('button', { name: '登录', exact: true }).click();
  await phone.getByLabel('姓名').fill(person.name);
  await press(phone, '下一步');
  await phone.getByLabel('证件号码').fill(person.id.slice(0, 17) + (person.id.endsWith('0') ? '1' : '0'));
  await press(phone, '下一步');
  await sees(phone, '最后一位对不上');
  await phone.getByLabel('证件号码').fill(person.id);
  await press(phone, '下一步');
  await phone.getByLabel(/我读过了/).check();
  await stage.look(phone, 'join-consent');
  await press(phone, '下一步');
  await sees(phone, '核对一遍再提交');
  await phone.reload();
  await sees(phone, person.id);
  await stage.look(phone, 'join-check');
}

/** Submits while the network is dead, then retries: one key, one application. */
async function submitOverDeadNetwork(phone: Page): Promise<void> {
  const keys: (string | undefined)[] = [];
  await phone.route('**/api/join/submit', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    await (keys.length === 1 ? route.abort('connectionreset') : route.continue());
  });
  await press(phone, '提交申请');
  await sees(phone, '网络没有连上');
  await press(phone, '重试');
  await phone.waitForURL(/\/apply\/status/);
  expect(keys.length === 2 && keys[0] !== undefined && keys[0] === keys[1], `the retry used ${keys.join(' then ')}`);
}

/** The demo account that may answer this application, on a phone of its own. */
async function whoDecides(stage: Stage, id: string): Promise<Page> {
  const phone = await stage.phone();
  const site = await (await phone.request.get(stage.url('/api/site'))).json() as { demo_accounts: { key: string }[] };
  for (const account of site.demo_accounts) {
    await phone.context().clearCookies();
    await stage.demo(phone, account.key);
    const answer = await phone.request.get(stage.url(`/api/applications/${id}`));
    if (answer.ok() && ((await answer.json()) as { permissions: string[] }).permissions.includes('application.decide')) return phone;
  }
  throw new Error('no demo account may answer the application');
}

async function rider(stage: Stage): Promise<void> {
  const person = invent('虚构骑手');
  const phone = await stage.phone();
  await fillOpenDoor(stage, phone, person);
  await submitOverDeadNetwork(phone);
  stage.forgive(/ERR_CONNECTION_RESET/);
  await sees(phone, /预计 .*前答复/);
  await stage.look(phone, 'status');
  const own = await (await phone.request.get(stage.url('/api/join/application'))).json() as { application: { id: string } };
  const officer = await whoDecides(stage, own.application.id);
  await officer.goto(stage.url(`/approvals/${own.application.id}`));
  await sees(officer, person.name);
  expect(!(await officer.content()).includes(person.id), 'the approver sees the whole ID number');
  await stage.look(officer, 'approval');
  await press(officer, '通过');
  await sees(officer, '已通过');
  await phone.goto(stage.url('/home'));
  await sees(phone, '我的会籍');
  await stage.look(phone, 'home-member');
  await phone.goto(stage.url('/union'));
  await sees(phone, '上级工会');
  await stage.look(phone, 'union');
}

async function chair(stage: Stage): Promise<void> {
  const boss = await stage.phone();
  await stage.demo(boss, 'chair');
  const me = await (await boss.request.get(stage.url('/api/me'))).json() as { roles: { role: string; node_id: string }[] };
  const union = me.roles.find((one) => one.role === 'chair')?.node_id;
  expect(Boolean(union), 'the demo chair has no union');
  const people = ['虚构甲某', '虚构乙某', '虚构丙某', '虚构丁某'].map(invent);
  const phones: Page[] = [];
  for (const person of people) {
    const phone = await stage.phone();
    await signIn(stage, phone, person);
    await apply(stage, phone, person, union!);
    phones.push(phone);
  }
  await boss.goto(stage.url('/home'));
  await sees(boss, /人申请入会，等您审核/);
  await stage.look(boss, 'home-chair');
  await boss.goto(stage.url('/approvals'));
  for (const person of people.slice(0, 3)) await boss.getByLabel(`选中 ${person.name}`, { exact: true }).check();
  await stage.look(boss, 'approvals');
  await press(boss, '通过 3 人');
  await sees(boss, '刚才办好 3 人');
  await boss.getByRole('link', { name: people[3]!.name }).click();
  await press(boss, '退回');
  await press(boss, '退回'); // without a reason
  await sees(boss, '请写明退回的原因');
  await boss.getByLabel('退回的原因').fill('单位名称不对，请照工资条上的写。');
  await stage.look(boss, 'return');
  await press(boss, '退回');
  await sees(boss, '退回，请修改');
  for (const phone of phones.slice(0, 3)) {
    const own = await (await phone.request.get(stage.url('/api/me'))).json() as { membership: { organization_id: string } | null };
    expect(own.membership?.organization_id === union, 'an approved person is not a member');
  }
  await mend(stage, phones[3]!, people[3]!);
}

/** The returned person reads why, mends it, and sends it again. */
async function mend(stage: Stage, phone: Page, person: Invented): Promise<void> {
  await phone.goto(stage.url('/home'));
  await sees(phone, '您的入会申请要改一改');
  await phone.goto(stage.url('/apply/status'));
  await sees(phone, '请照工资条上的写');
  await stage.look(phone, 'returned');
  await phone.getByRole('link', { name: '去修改' }).click();
  await sees(phone, '工会退回了您的申请');
  await phone.getByLabel('证件号码').fill(person.id);
  await press(phone, '下一步');
  while (!(await phone.getByRole('button', { name: '提交申请' }).isVisible())) {
    const consent = phone.getByLabel(/我读过了/);
    if (await consent.isVisible()) await consent.check();
    await press(phone, '下一步');
    await phone.waitForTimeout(150);
  }
  await press(phone, '提交申请');
  await phone.waitForURL(/\/apply\/status/);
  await sees(phone, /预计 .*前答复/);
}

async function member(stage: Stage): Promise<void> {
  const phone = await stage.phone();
  await stage.demo(phone, 'member');
  for (const [path, text, name] of [['/home', '等您办的', 'home'], ['/union', '上级工会', 'my-union'], ['/messages', '消息', 'messages'], ['/mine', '退出登录', 'mine'], ['/mine/data', '我们存了什么', 'data'], ['/mine/sessions', '这台', 'sessions'], ['/mine/phone', '新手机号', 'phone']] as const) {
    await phone.goto(stage.url(path));
    await sees(phone, text);
    await stage.look(phone, name);
  }
  await phone.goto(stage.url('/home'));
  await press(phone, '长辈版');
  for (const path of ['/home', '/union', '/mine']) {
    await phone.goto(stage.url(path));
    await stage.look(phone, `elder${path.replace('/', '-')}`);
    const small = await phone.evaluate(() => [...document.querySelectorAll('a, button')].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && !one.closest('.skip') && (box.height < 59.5 || box.width < 59.5);
    }).map((one) => one.textContent?.trim()));
    expect(small.length === 0, `${path}: targets under 60 px in elder mode: ${small.join(', ')}`);
  }
  await phone.goto(stage.url('/mine'));
  await press(phone, '退出登录');
  await sees(phone, '我要入会');
  expect((await phone.request.get(stage.url('/api/me'))).status() === 401, 'still signed in after signing out');
}

/** The chunk for engines at the floor runs, too: same site, asked for by address. */
async function floor(stage: Stage): Promise<void> {
  const phone = await stage.phone();
  await phone.goto(stage.url('/?legacy=1'));
  await sees(phone, '我要入会');
  const scripts = await phone.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js')));
  expect(scripts.some((name) => name.includes('index-legacy-')), `no legacy chunk among ${scripts.join(', ')}`);
  const old = await stage.phone();
  await old.addInitScript(() => { delete (window as unknown as Record<string, unknown>).Proxy; });
  await old.goto(stage.url('/'));
  await sees(old, '这个浏览器太旧了');
  await sees(old, '12351');
}

export const walks: Walk[] = [
  { name: 'a stranger sees how to join and nothing of anybody', run: stranger },
  { name: 'a rider joins through the second door and is approved on another phone', run: rider },
  { name: 'a chair approves three and returns one with a reason', run: chair },
  { name: 'a member sees his union, his data and his devices', run: member },
  { name: 'an engine at the floor runs, an older one is told what to do', run: floor },
];
