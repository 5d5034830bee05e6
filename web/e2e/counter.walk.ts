/** A demo member pays a demo shop at its counter, in two browser windows, and gets a part back; both phones show it at once. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { post, press, until } from './voting';

interface MyMerchants { items: { shops: { id: string; name: string }[] }[] }
interface Standing { available_cents: number }

const CLIENT = fileURLToPath(new URL('../../examples/pos.mjs', import.meta.url));
export const codeOn = async (page: Page) => (await page.locator('[data-code]').innerText()).replace(/\D/g, '');

export async function firstShop(stage: Stage, till: Page): Promise<string> {
  const mine = await get<MyMerchants>(stage, till, '/api/shop/merchants');
  return mine.items[0]!.shops[0]!.id;
}

/** The phone of the member, or of somebody who is signed in, with its pay code set up. */
export async function phoneWithCode(stage: Stage, whose?: Page): Promise<Page> {
  const phone = whose ?? await stage.phone();
  if (!whose) await stage.demo(phone, 'member');
  await phone.goto(stage.url('/home'));
  await phone.getByRole('link', { name: '付款码' }).click();
  await sees(phone, '开通付款码');
  await stage.look(phone, 'counter-code-new');
  await press(phone, '开通付款码');
  await phone.locator('[data-code]').waitFor();
  return phone;
}

export async function charge(till: Page, yuan: string, code: string): Promise<void> {
  await till.getByLabel('收多少积分（元）').fill(yuan);
  await till.getByLabel('付款码', { exact: true }).fill(code);
  await press(till, '收款');
}

/** A browser that writes down what it is told to say aloud. */
async function listens(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript({ content: 'window.heard = []; speechSynthesis.speak = (said) => { window.heard.push(said.lang + " " + said.text); };' });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

/** What happens at the shop reaches this till late, when she has long gone on to the next one: when the answer is called. */
async function withLateNews(till: Page): Promise<() => Promise<void>> {
  let onward = () => {};
  const late = new Promise<void>((resolve) => { onward = resolve; });
  await till.route('**/live*', async (route) => { await late; await route.continue(); });
  return async () => {
    const news = till.waitForResponse('**/live*');
    onward();
    expect((await news).status() === 200, 'the till hears nothing of the shop');
    await till.waitForTimeout(1000);
  };
}

async function pays(stage: Stage): Promise<void> {
  const phone = await phoneWithCode(stage);
  const till = await stage.phone();
  const heard = await listens(till);
  await stage.demo(till, 'cashier');
  const shop = await firstShop(stage, till);
  const newsArrives = await withLateNews(till);
  const before = (await get<Standing>(stage, phone, '/api/pay')).available_cents;
  await stage.look(phone, 'counter-code');

  await till.goto(stage.url(`/till/${shop}`));
  await sees(till, '收多少积分（元）');
  await press(till, '收款');
  await sees(till, '请输入要收的积分');
  await stage.look(till, 'counter-till');
  const code = await codeOn(phone);
  // Enter leads on: from the amount to the code, and from the receipt to the next one.
  await till.getByLabel('收多少积分（元）').fill('12.50');
  await till.getByLabel('收多少积分（元）').press('Enter');
  expect(await till.getByLabel('付款码', { exact: true }).evaluate((field) => field === document.activeElement), 'Enter does not lead to the code');
  await charge(till, '12.50', code);
  await sees(till, '已付');
  expect((await heard()).join() === 'zh-CN 收到积分12点5元', `said aloud: ${(await heard()).join()}`);
  await stage.look(till, 'counter-till-paid');
  // The member hears it without doing anything, and the code on her phone is another one.
  await sees(phone, '付款 12.50 元');
  expect(await phone.locator('[data-code]').count() === 0 || await codeOn(phone) !== code, 'a code that was used is shown again');
  await stage.look(phone, 'counter-code-paid');
  await till.keyboard.press('Enter');
  await sees(till, '语音播报已开');
  await press(till, '语音播报已开，点一下关闭');
  await charge(till, '1', code);
  await sees(till, '已经用过');
  expect((await heard()).length === 1, 'a refused payment, or a muted till, was spoken');
  await newsArrives();
  expect(await till.locator('.told').count() === 0, 'her own payment is told as that of somebody else');
  await stage.look(till, 'counter-till-used');

  await phone.getByRole('link', { name: '看小票' }).click();
  await sees(phone, '12.50 元');
  await till.getByRole('link', { name: '今天' }).click();
  await sees(till, '12.50 元积分');
  await stage.look(till, 'counter-day');
  await till.getByRole('link', { name: /^付款/ }).first().click();
  await press(till, '退款');
  await till.getByLabel('退多少积分（元）').fill('99');
  await press(till, '确定退款');
  await sees(till, '最多还能退 12.50 元积分');
  await till.getByLabel('退多少积分（元）').fill('5');
  await till.getByLabel('退款原因').fill('少了一件');
  await stage.look(till, 'counter-refund');
  await till.getByRole('button', { name: '确定退款' }).dblclick();
  await sees(till, '已退 5.00 元');
  await sees(phone, '已退 5.00 元');
  await sees(phone, '少了一件');
  await stage.look(phone, 'counter-receipt');
  const after = (await get<Standing>(stage, phone, '/api/pay')).available_cents;
  expect(before - after === 750, `${before} − ${after} is not 750`);
}

/** The other way round: the sign of the shop, and four digits for the elderly. */
async function scans(stage: Stage): Promise<void> {
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  const shop = await firstShop(stage, till);
  await till.goto(stage.url(`/till/${shop}/sign`));
  const number = (await till.locator('[data-number]').innerText()).trim();
  await stage.look(till, 'counter-sign');
  await stage.print(till, 'counter-sign-print');
  await till.goto(stage.url(`/till/${shop}`));
  await sees(till, '收多少积分（元）');

  const phone = await stage.phone();
  await stage.demo(phone, 'member');
  await phone.goto(stage.url('/pay/scan'));
  await sees(phone, '这个浏览器不能直接扫码');
  await press(phone, '下一步');
  await sees(phone, '6 位数字');
  await stage.look(phone, 'counter-scan');
  await phone.getByLabel('门店付款号').fill(number);
  await press(phone, '下一步');
  await phone.getByLabel('付多少（元）').fill('3');
  await stage.look(phone, 'counter-pay');
  await press(phone, '下一步');
  await stage.look(phone, 'counter-pay-check');
  await phone.getByRole('button', { name: '确认付款' }).dblclick();
  await sees(phone, '已付');
  await sees(till, '付款 3.00 元');

  await phone.goto(stage.url('/mine'));
  await phone.getByRole('switch', { name: '长辈版' }).click();
  await phone.goto(stage.url('/pay/short'));
  await phone.getByLabel('门店付款号').fill(number);
  await phone.getByLabel('付多少（元）').fill('8');
  await press(phone, '获取四位数字');
  const digits = (await phone.locator('[data-short]').innerText()).trim();
  expect(/^\d{4}$/.test(digits), `four digits: ${digits}`);
  await phone.reload();
  await sees(phone, '把这四位数字念给收银员');
  expect((await phone.locator('[data-short]').innerText()).trim() === digits, 'a reload took the four digits away');
  await stage.look(phone, 'counter-short-elder');
  await charge(till, '8', digits);
  await sees(till, '四位数字码');
  await sees(phone, '已付 8.00 元');
  await phone.goto(stage.url('/payments'));
  await sees(phone, '-8.00');
  await stage.look(phone, 'counter-payments-elder');
  await phone.goto(stage.url('/pay'));
  await sees(phone, '可用积分');
  await stage.look(phone, 'counter-code-elder');
  await phone.goto(stage.url('/pay/devices'));
  await sees(phone, '手机丢了');
  await stage.look(phone, 'counter-devices-elder');
}

/** No signal in the cellar: the code is made on the phone, also after the page was closed and opened again. */
async function offline(stage: Stage): Promise<void> {
  const phone = await phoneWithCode(stage);
  await phone.evaluate(async () => { await navigator.serviceWorker?.ready; });
  await phone.reload();
  await phone.locator('[data-code]').waitFor();
  await phone.waitForFunction(async () => (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0]!)).keys()).length > 3);
  await phone.context().setOffline(true);
  await phone.reload();
  await phone.locator('[data-code]').waitFor();
  await sees(phone, '没有网络');
  const code = await codeOn(phone);
  expect(/^66\d{16}$/.test(code), `no pay code: ${code}`);
  await phone.screenshot({ path: fileURLToPath(new URL('./out/counter-offline.png', import.meta.url)), fullPage: true });
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  await till.goto(stage.url(`/till/${await firstShop(stage, till)}`));
  await charge(till, '2', code);
  await sees(till, '已付');
  await phone.context().setOffline(false);
  stage.forgive(/ERR_INTERNET_DISCONNECTED|Failed to fetch|net::ERR/);
}

/** The till of a chain, with the client that is handed to whoever builds one. */
async function machine(stage: Stage): Promise<void> {
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  const shop = await firstShop(stage, till);
  await till.goto(stage.url(`/till/${shop}/machines`));
  await till.getByLabel('叫什么').fill('1 号收银台');
  await till.getByLabel('这台可以退款').check();
  await stage.look(till, 'counter-machines');
  await press(till, '开通');
  await sees(till, '密钥只显示这一次');
  const [number, key] = [await till.locator('[data-till]').innerText(), await till.locator('[data-key]').innerText()];
  await stage.look(till, 'counter-machine-key');

  const phone = await phoneWithCode(stage);
  const journal = join(mkdtempSync(join(tmpdir(), 'zhigong-pos-')), 'journal.ndjson');
  const env = { ...process.env, POS_URL: stage.url(''), POS_TILL: number.trim(), POS_KEY: key.trim(), POS_JOURNAL: journal };
  const call = (action: string, body: object) => execFileSync('node', [CLIENT, action, JSON.stringify(body)], { env, encoding: 'utf8' });
  const paid = JSON.parse(call('charge', { code: await codeOn(phone), points_cents: 600, reference: 'A-17' })) as { state: string; receipt: { id: string; day: string } };
  expect(paid.state === 'paid', `the client says ${paid.state}`);
  await sees(phone, '付款 6.00 元');
  call('refund', { payment_id: paid.receipt.id, points_cents: 200, reason: '示例退货' });
  await sees(phone, '退款 2.00 元');
  const found = JSON.parse(call('query', { id: paid.receipt.id })) as { receipt: { points_back_cents: number } };
  expect(found.receipt.points_back_cents === 200, 'the query does not know the refund');
  const file = call('daily', { day: paid.receipt.day });
  expect(file.includes(paid.receipt.id) && file.includes('"A-17"') && /^sum,/m.test(file), `the file of the day: ${file}`);
}

/** What the camera sees is decided by the walk: Chromium on Linux has no reader of codes, so one is put in its place. */
async function camera(stage: Stage): Promise<void> {
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  const shop = await firstShop(stage, till);
  const { number } = await post<{ number: string }>(stage, till, `/api/shop/shops/${shop}/sign`, {});
  const [phone, blind] = [await stage.phone(), await stage.phone()];
  for (const page of [phone, blind]) {
    await stage.demo(page, 'member');
    await page.context().grantPermissions(['camera']);
    await page.addInitScript({ content: 'window.BarcodeDetector = class { async detect() { return window.seen ? [{ rawValue: window.seen }] : []; } };' });
  }
  await blind.addInitScript({ content: 'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));' });
  await blind.goto(stage.url('/pay/scan'));
  await press(blind, '用相机扫');
  await sees(blind, '打不开相机。请在浏览器设置里允许使用相机，或者用手输入');
  await stage.look(blind, 'counter-no-camera');

  const point = (page: Page, at: string) => page.evaluate((seen) => { Object.assign(window, { seen }); }, at);
  await phone.goto(stage.url('/pay/scan'));
  await press(phone, '用相机扫');
  await phone.getByLabel('相机画面').waitFor();
  await sees(phone, '关闭相机');
  await stage.look(phone, 'counter-camera');
  await point(phone, 'https://example.com/一瓶水');
  await point(phone, stage.url(`/pay/${number}`));
  await phone.waitForURL((url) => url.pathname === `/pay/${number}`);
  await sees(phone, '付多少（元）');
  await stage.look(phone, 'counter-camera-found');
}

/** Payments that lie close together are a question to the auditor: she writes down what it was, and a wallet stands still until it is known. */
async function flags(stage: Stage): Promise<void> {
  const [till, phone, narrow, desk] = [await stage.phone(), await stage.phone(), await stage.phone(), await stage.desk()];
  await stage.demo(till, 'cashier');
  await stage.demo(phone, 'member');
  const shop = await firstShop(stage, till);
  const { number } = await post<{ number: string }>(stage, till, `/api/shop/shops/${shop}/sign`, {});
  for (let times = 0; times < 6; times += 1) await post(stage, phone, `/api/pay/shops/${number}/pay`, { id: randomUUID(), points_cents: 100 });
  // They are looked at every ten minutes.
  await post(stage, till, '/api/demo/clock', { hours: 1 });
  await stage.demo(desk, 'city');
  await until(desk, 'six payments in a row raise a flag', async () => (await get<{ items: unknown[] }>(stage, desk, '/api/spend-flags')).items.length > 0);
  await stage.demo(narrow, 'city');
  const { person } = await get<{ person: { name: string } }>(stage, phone, '/api/me');
  for (const screen of [narrow, desk]) {
    await screen.goto(stage.url('/desk/spend-flags'));
    await sees(screen, /会员短时间多次付款|同一会员在同一门店反复付款/);
    await sees(screen, '的一位会员');
    expect(!(await screen.content()).includes(person.name), 'a flag names the member');
    await screen.getByRole('button', { name: '办理', exact: true }).first().click();
    await press(screen, '暂停积分付款');
    await stage.look(screen, 'counter-flag-freeze');
    await screen.getByRole('button', { name: '付款情况需要核实。' }).click();
    await press(screen, '暂停');
    await sees(screen, '已暂停这位会员的积分付款，并告知本人原因。');
    await phone.goto(stage.url('/pay'));
    await sees(phone, '积分付款已暂停');
    await sees(phone, '付款情况需要核实');
    await stage.look(phone, 'counter-frozen');
    await press(screen, '恢复积分付款');
    await screen.getByRole('button', { name: '已核实，属正常使用。' }).click();
    await press(screen, '恢复');
    await sees(screen, '已恢复这位会员的积分付款，并告知本人。');
  }
  await press(desk, '写查看结果');
  await stage.look(desk, 'counter-flag-note');
  await desk.getByRole('button', { name: '已核对小票，属正常消费。' }).click();
  await press(desk, '写下');
  await sees(desk, '已写下查看结果。');
  await press(desk, '全部');
  await sees(desk, '已核对小票，属正常消费。');
  await stage.look(desk, 'counter-flags');
  await phone.goto(stage.url('/pay'));
  await phone.getByText('给收银员扫一扫').waitFor();
}

/** A member calls because her phone was stolen: whoever keeps the roster of her county lets her wallet stand still, and frees it. */
async function stolen(stage: Stage): Promise<void> {
  const [phone, narrow, desk] = [await stage.phone(), await stage.phone(), await stage.desk()];
  await stage.demo(phone, 'member');
  const { membership } = await get<{ membership: { id: string } }>(stage, phone, '/api/me');
  await stage.demo(narrow, 'county');
  await stage.demo(desk, 'county');
  for (const screen of [narrow, desk]) {
    await screen.goto(stage.url(`/desk/members/${membership.id}`));
    await press(screen, '暂停积分付款');
    await stage.look(screen, 'counter-member-freeze');
    await screen.getByRole('button', { name: '本人反映手机丢失。' }).click();
    await press(screen, '暂停');
    await sees(screen, '已暂停这位会员的积分付款，并告知本人原因。');
    await phone.goto(stage.url('/pay'));
    await sees(phone, '本人反映手机丢失');
    await press(screen, '恢复积分付款');
    await screen.getByRole('button', { name: '本人已换手机。' }).click();
    await press(screen, '恢复');
    await sees(screen, '恢复：本人已换手机。');
    await stage.look(screen, 'counter-member-freed');
  }
  // A chair keeps her roster, and nobody's wallet.
  await stage.demo(desk, 'chair');
  await desk.goto(stage.url(`/desk/members/${membership.id}`));
  await sees(desk, '会员资料');
  expect(await desk.getByRole('heading', { name: '积分付款' }).count() === 0, 'a chair is offered what she may not do');
}

export const walks: Walk[] = [
  { name: 'a member pays at the counter and gets a part back', run: pays },
  { name: 'a member pays by the sign of a shop and by four digits', run: scans },
  { name: 'a camera reads the sign of a shop, and says so when there is none', run: camera },
  { name: 'a pay code works without a network', run: offline },
  { name: 'a till of a chain charges and refunds', run: machine },
  { name: 'an auditor looks at payments that lie close together', run: flags },
  { name: 'a wallet stands still because a member calls', run: stolen },
];
