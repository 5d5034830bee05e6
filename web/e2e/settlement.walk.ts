/** A day of a merchant: paid, disputed, stated the next morning, settled by two people and reconciled with what the bank says. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { MyMerchant, SettlementPage, ShopPage } from '../api/merchant';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ahead, post, press, until } from './voting';

/** Pays at the sign of a shop. */
async function pay(stage: Stage, member: Page, sign: string, cents: number): Promise<string> {
  const id = randomUUID();
  await post(stage, member, `/api/pay/shops/${sign}/pay`, { id, points_cents: cents });
  return id;
}

/** Looks for shops by distance, without and with leave to know the place, and in other cities. */
async function found(stage: Stage, member: Page, shop: string): Promise<void> {
  // Leave for something else is no for everything that was not asked for.
  await member.context().grantPermissions(['notifications'], { origin: stage.base });
  await press(member, '看看离我近的');
  await sees(member, '没有得到位置');
  const { lon_e6: lon, lat_e6: lat } = await get<ShopPage>(stage, member, `/api/places/shops/${shop}`);
  expect(lon !== null && lat !== null, 'the shop of the demo has a place');
  await member.context().grantPermissions(['geolocation'], { origin: stage.base });
  await member.context().setGeolocation({ longitude: lon / 1e6, latitude: lat / 1e6 + 0.009 });
  await press(member, '看看离我近的');
  await sees(member, '按离您的远近排列');
  await sees(member, /^1\.0 公里$/);
  await stage.look(member, 'settlement-places-near');
  await press(member, '改为按区划查看');
  await member.getByLabel('县区').selectOption({ label: '省内其他市' });
  await member.getByLabel('城市').selectOption({ label: '广州市' });
  await member.getByLabel('区县').selectOption({ label: '天河区' });
  await sees(member, '这里还没有能用积分的店');
  await stage.look(member, 'settlement-places-elsewhere');
}

/** A member disputes what she paid, the shop answers, the county decides. */
async function disputed(stage: Stage, member: Page, till: Page, merchant: MyMerchant, payment: string): Promise<void> {
  await member.goto(stage.url(`/disputes/new?payment=${payment}`));
  await press(member, '提出争议');
  await sees(member, '请选一项');
  await member.getByLabel('金额不对').check();
  await member.getByLabel('说说情况').fill('价签是三元，收了五元。');
  await member.reload();
  expect(await member.getByLabel('说说情况').inputValue() !== '', 'what was said is gone after a reload');
  await stage.look(member, 'settlement-dispute-new');
  await member.getByRole('button', { name: '提出争议' }).dblclick();
  await member.waitForURL(/\/disputes\/[0-9a-f-]{36}/);
  await sees(member, '等对方说明');
  await stage.look(member, 'settlement-dispute');
  const id = member.url().split('/').pop()!;
  await till.goto(stage.url(`/shop/merchants/${merchant.merchant.id}/disputes`));
  await till.getByRole('link', { name: /金额不对/ }).first().click();
  await till.getByLabel('补充说明').fill('录入时多按了，愿意退款。');
  await stage.look(till, 'settlement-dispute-shop');
  await press(till, '提交');
  await sees(till, '等工会处理');
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'county');
    await screen.goto(stage.url('/desk/disputes'));
    await screen.getByLabel('看哪些').waitFor();
    await stage.look(screen, 'settlement-disputes');
    await screen.goto(stage.url(`/desk/disputes/${id}`));
    await sees(screen, '愿意退款');
    await stage.look(screen, 'settlement-dispute-desk');
  }
  const desk = await stage.desk();
  await stage.demo(desk, 'county');
  await desk.goto(stage.url('/desk/todo'));
  await desk.getByRole('link', { name: /支付争议.*的一笔支付有争议/ }).first().click();
  await sees(desk, '愿意退款');
  await press(desk, '办结');
  await desk.getByLabel('处理结果').selectOption({ label: '由门店退款' });
  await desk.getByLabel('退款金额（元）').fill('2');
  await desk.getByLabel('处理意见').fill('核实多收，由门店退款。');
  await desk.getByRole('button', { name: '办结', exact: true }).last().click();
  await sees(desk, '已办结');
  await member.reload();
  await sees(member, '由门店退款');
  await sees(member, /待退 2\.00 元/);
  await stage.look(member, 'settlement-dispute-refund');
  await till.goto(stage.url('/shop'));
  await till.getByRole('link', { name: /经工会处理要退款/ }).click();
  await till.getByRole('link', { name: /待退 2\.00 元/ }).first().click();
  await till.getByRole('link', { name: /办理退款/ }).click();
  await stage.look(till, 'settlement-dispute-refund-till');
}

/** The merchant's own pages on the phone. */
async function keeps(stage: Stage, till: Page, merchant: MyMerchant): Promise<void> {
  await till.goto(stage.url('/shop'));
  await sees(till, merchant.merchant.name);
  await stage.look(till, 'settlement-shop');
  await till.goto(stage.url(`/shop/merchants/${merchant.merchant.id}`));
  await sees(till, '收款账户');
  await stage.look(till, 'settlement-shop-merchant');
  await till.goto(stage.url(`/shop/merchants/${merchant.merchant.id}/cashiers`));
  await press(till, '邀请一位收银员');
  await till.getByLabel('怎么称呼').fill('小陈');
  await stage.look(till, 'settlement-cashier-new');
  await press(till, '生成邀请码');
  await sees(till, '只显示这一次');
  await stage.look(till, 'settlement-cashier-code');
  const code = await till.locator('.code').innerText();
  const rider = await stage.phone();
  await stage.demo(rider, 'rider');
  await rider.goto(stage.url('/shop/join'));
  await rider.getByLabel('邀请码').fill('123');
  await press(rider, '加入');
  await sees(rider, '邀请码是 12 位数字');
  await rider.getByLabel('邀请码').fill(code);
  await press(rider, '加入');
  await sees(rider, '已经加入');
  await stage.look(rider, 'settlement-joined');
  await rider.getByRole('button', { name: '设置收银口令' }).click();
  await rider.getByLabel('6 位数字口令').fill('482913');
  await rider.getByLabel('再输一次').fill('482913');
  await stage.look(rider, 'settlement-pin');
  await press(rider, '保存');
  await sees(rider, '设好了');
  await till.goto(stage.url(`/shop/shift/${merchant.shops[0]!.id}`));
  await till.getByRole('button', { name: /小陈/ }).click();
  await till.getByLabel('小陈的口令').fill('482914');
  await press(till, '接班');
  await sees(till, '口令不对');
  await till.getByLabel('小陈的口令').fill('482913');
  await press(till, '接班');
  await sees(till, '交班');
  await stage.look(till, 'settlement-shift');
  await press(till, '交班');
  await sees(till, '这部手机自己的账号');
  await rider.goto(stage.url('/shop/apply'));
  await press(rider, '提交申请');
  await sees(rider, '请写营业执照上的名称');
  await rider.getByLabel('营业执照照片或 PDF').setInputFiles({ name: '示例执照.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 示例') });
  await sees(rider, '已上传 1 个');
  await rider.reload();
  await sees(rider, '示例执照.pdf');
  await stage.look(rider, 'settlement-apply');
}

/** The page of a released settlement: the bank file is taken, and the bank says what it paid; one merchant a fen too little. */
export async function bankPays(stage: Stage, desk: Page, short?: string): Promise<void> {
  const id = desk.url().split('/').pop()!;
  await desk.reload();
  await desk.getByRole('button', { name: '送银行付款' }).click();
  await stage.look(desk, 'settlement-bank-file');
  const link = await desk.getByRole('link', { name: '下载付款文件 CSV' }).getAttribute('href') ?? '';
  const file = await (await desk.request.get(stage.url(link))).text();
  const { items } = await get<SettlementPage>(stage, desk, `/api/settlements/${id}`);
  expect(items.every((one) => file.includes(one.reference)), 'the bank file has another reference');
  const today = (await get<{ today: string }>(stage, desk, '/api/site')).today;
  const lines = items.map((one) => {
    const cents = one.amount_cents - (one.merchant_id === short ? 1 : 0);
    return `${one.reference},${(cents / 100).toFixed(2)},交易成功,****${one.bank_tail},${today}`;
  });
  await desk.reload();
  const says = Buffer.from(`付款编号,金额,状态,收款账号,记账日期\r\n${lines.join('\r\n')}\r\n`);
  await desk.getByLabel('上传银行回单').setInputFiles({ name: '银行回单.csv', mimeType: 'text/csv', buffer: says });
}

/** Two people settle what is owed; the bank says that it paid a fen too little, and then the rest is owed. */
async function settled(stage: Stage, merchant: MyMerchant): Promise<void> {
  const [desk, other] = [await stage.desk(), await stage.desk()];
  await stage.demo(desk, 'city');
  await stage.demo(other, 'finance');
  await desk.goto(stage.url('/desk/settlements'));
  await sees(desk, merchant.merchant.name);
  await press(desk, '锁定一批结算');
  await stage.look(desk, 'settlement-owed');
  await desk.getByRole('button', { name: '锁定', exact: true }).click();
  await desk.waitForURL(/\/desk\/settlements\/[0-9a-f-]{36}/);
  const id = desk.url().split('/').pop()!;
  await press(desk, '核对');
  await press(desk, '和账本核对');
  await sees(desk, '制单或者核对过的人不能批准');
  await stage.look(desk, 'settlement-checked');
  await other.goto(stage.url(`/desk/settlements/${id}`));
  await press(other, '批准付款');
  await press(other, '批准');
  await sees(other, '待付款');
  await bankPays(stage, desk, merchant.merchant.id);
  await sees(desk, '金额不符');
  await stage.look(desk, 'settlement-difference');
  await press(desk, '提出处理');
  await desk.getByLabel('怎么处理').selectOption({ label: '按银行实付记账' });
  await desk.getByLabel('查到了什么').fill('银行少付一分，下一批补。');
  await desk.getByLabel('凭据编号').fill('回单 20261124-8');
  await press(desk, '提出');
  await sees(desk, '这是您提出的');
  await other.reload();
  await press(other, '同意');
  await stage.look(other, 'settlement-correction');
  await other.getByRole('button', { name: '同意', exact: true }).last().click();
  await sees(other, '已结清');
  for (const screen of [desk, await stage.phone()]) {
    if (screen !== desk) await stage.demo(screen, 'city');
    await screen.goto(stage.url(`/desk/settlements/${id}`));
    await sees(screen, '已结清');
    await stage.look(screen, 'settlement-closed');
    await screen.goto(stage.url('/desk/settlements'));
    await sees(screen, '0.01');
    await stage.look(screen, 'settlement-list');
  }
}

async function desks(stage: Stage, merchant: MyMerchant): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'city');
    await screen.goto(stage.url('/desk/merchants'));
    await sees(screen, merchant.merchant.name);
    await stage.look(screen, 'settlement-merchants');
    await screen.getByRole('link', { name: merchant.merchant.name }).click();
    await sees(screen, '每日对账单');
    await sees(screen, '尾号');
    await stage.look(screen, 'settlement-merchant');
    await screen.goto(stage.url(`/desk/merchants/${merchant.merchant.id}/shops`));
    await sees(screen, merchant.shops[0]!.name);
    await stage.look(screen, 'settlement-shops');
    await screen.goto(stage.url('/desk/spending'));
    await sees(screen, '按类别');
    await stage.look(screen, 'settlement-spending');
  }
  const desk = await stage.desk();
  await stage.demo(desk, 'city');
  await desk.goto(stage.url(`/desk/merchants/${merchant.merchant.id}/shops`));
  const text = '门店编号,门店名称,区划,地址,开门时间,关门时间\r\nX9,示例导入店,棠下镇,示例路 9 号,09:00,21:00\r\nX8,示例错误店,没有这个镇,示例路 8 号,09:00,21:00\r\n';
  await desk.getByLabel('用表格导入').setInputFiles({ name: '门店.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await sees(desk, '现在还没有导入');
  await stage.look(desk, 'settlement-shops-looked');
  await press(desk, '导入 1 家');
  await sees(desk, '已导入 1 家门店');
  const statements = await get<{ items: { id: string }[] }>(stage, desk, `/api/merchants/${merchant.merchant.id}/statements`);
  await desk.goto(stage.url(`/desk/statements/${statements.items[0]!.id}`));
  await press(desk, '用账本重新核算');
  await sees(desk, '和账本一致，一分不差');
  await stage.look(desk, 'settlement-statement');
}

/** The day of the payment is sealed, and the member checks on her phone that it is in. */
async function proven(stage: Stage, member: Page, payment: string): Promise<void> {
  const slips = async () => (await get<{ items: { way: unknown }[] }>(stage, member, `/api/wallet/slips/${payment}`)).items;
  await until(member, 'the day of the payment is sealed', async () => (await slips())[0]?.way !== null);
  await member.goto(stage.url(`/payments/${payment}`));
  await member.getByRole('button', { name: /^核对：/ }).first().click();
  await sees(member, '核对无误');
  await stage.look(member, 'settlement-slip');
  await member.goto(stage.url('/points/days'));
  await sees(member, '总指纹');
  await stage.look(member, 'settlement-days');
}

async function day(stage: Stage): Promise<void> {
  const [till, member] = [await stage.phone(), await stage.phone()];
  await stage.demo(till, 'cashier');
  await stage.demo(member, 'member');
  const merchant = (await get<{ items: MyMerchant[] }>(stage, till, '/api/shop/merchants')).items[0]!;
  const sign = await post<{ number: string }>(stage, till, `/api/shop/shops/${merchant.shops[0]!.id}/sign`, {});
  const payment = await pay(stage, member, sign.number, 500);
  await pay(stage, member, sign.number, 1_234);
  await member.goto(stage.url('/places'));
  await sees(member, merchant.shops[0]!.name);
  await stage.look(member, 'settlement-places');
  await found(stage, member, merchant.shops[0]!.id);
  await member.goto(stage.url('/places'));
  await member.getByRole('link', { name: merchant.shops[0]!.name }).click();
  await sees(member, '可用积分');
  await stage.look(member, 'settlement-place');
  await disputed(stage, member, till, merchant, payment);
  await keeps(stage, till, merchant);
  await ahead(stage, till, 1);
  const path = `/api/merchants/${merchant.merchant.id}/statements`;
  await until(till, 'yesterday has its statement', async () => (await get<{ items: unknown[] }>(stage, till, path)).items.length > 0);
  await till.goto(stage.url(`/shop/merchants/${merchant.merchant.id}/statements`));
  await till.getByRole('link', { name: /应结/ }).first().click();
  await sees(till, '按门店和出资工会');
  await stage.look(till, 'settlement-shop-statement');
  await proven(stage, member, payment);
  await settled(stage, merchant);
  await desks(stage, merchant);
}

export const walks: Walk[] = [{ name: 'a merchant is paid, stated, settled by two people and reconciled', run: day }];
