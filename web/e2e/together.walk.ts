/** Points that a funder entrusted are paid together with the union's own. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { get } from './rows';
import { sees, type Stage, type Walk } from './stage';
import { ownUnion, post, until } from './voting';

interface Made { id: string }
interface Batch { batch: { version: number; state: string } }
interface MyMerchants { items: { shops: { id: string }[] }[] }
interface Wallet { books: { available_cents: number; funder: string | null }[] }

const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

/** A fund with money from the bank, and a budget of the union in it. */
async function fund(stage: Stage, officer: Page, finance: Page, union: string): Promise<string> {
  const book = await post<Made>(stage, officer, '/api/points/books', { name: `留江过年专项 ${Date.now() % 100_000}`, funder: '示例市人力资源局' });
  const budget = await post<Made>(stage, officer, '/api/points/budgets', { organization_id: union, purpose: 'entrusted', book_id: book.id });
  const line = await post<Made>(stage, officer, '/api/points/bank-lines', { book_id: book.id, number: `ZX${Date.now()}`, day: day(-1), amount_cents: 10_000_000, payer: '示例市人力资源局' });
  const asked = await post<Made>(stage, officer, `/api/points/bank-lines/${line.id}/match`, { budget_id: budget.id, reason: '专项资金到账' });
  await post(stage, finance, `/api/points/approvals/points_funding/${asked.id}/approve`, {});
  return budget.id;
}

/** Every member of the union gets something from the fund, which ends before what she has of the union. */
async function give(stage: Stage, chair: Page, above: Page, budget: string): Promise<void> {
  const body = { budget_id: budget, kind: 'segment', name: '留江过年', each_cents: 1_000, rule: 'true', expires_on: day(30) };
  const { id } = await post<Made>(stage, chair, '/api/points/batches', body);
  const batch = async () => (await get<Batch>(stage, chair, `/api/points/batches/${id}`)).batch;
  await until(chair, 'a batch from the fund is prepared', async () => (await batch()).state === 'prepared');
  await post(stage, chair, `/api/points/batches/${id}/submit`, { version: (await batch()).version });
  await post(stage, above, `/api/points/approvals/issue_batch/${id}/approve`, {});
  await until(chair, 'the fund is issued', async () => (await batch()).state === 'done');
}

async function together(stage: Stage): Promise<void> {
  const [officer, finance, chair, above] = [await stage.desk(), await stage.desk(), await stage.desk(), await stage.desk()];
  await stage.demo(officer, 'city');
  await stage.demo(finance, 'finance');
  await stage.demo(chair, 'chair');
  await stage.demo(above, 'county');
  await give(stage, chair, above, await fund(stage, officer, finance, await ownUnion(stage, chair)));

  const phone = await stage.phone();
  await stage.demo(phone, 'member');
  await until(phone, 'the member has points of the fund', async () => (await get<Wallet>(stage, phone, '/api/wallet')).books.some((book) => book.funder !== null && book.available_cents >= 1_000));
  await phone.goto(stage.url('/wallet'));
  await sees(phone, '一共可以使用');
  await sees(phone, '工会积分');
  await stage.look(phone, 'together-wallet');
  const till = await stage.phone();
  await stage.demo(till, 'cashier');
  const shop = (await get<MyMerchants>(stage, till, '/api/shop/merchants')).items[0]!.shops[0]!.id;
  const id = randomUUID();
  await post(stage, phone, `/api/pay/shops/${shop}/pay`, { id, points_cents: 1_500 });
  await phone.goto(stage.url(`/payments/${id}`));
  await sees(phone, '示例市人力资源局');
  await sees(phone, '10.00 元');
  await sees(phone, '工会积分');
  await stage.look(phone, 'together-receipt');
  await till.goto(stage.url(`/till/${shop}/payments/${id}`));
  await sees(till, '15.00 元');
  for (const screen of [officer, await stage.phone()]) {
    await stage.demo(screen, 'city');
    await screen.goto(stage.url('/desk/settlements'));
    await screen.getByLabel('哪一本账').selectOption({ index: 1 });
    await screen.locator('main').getByText('到这一天还没有商户的对账单。').or(screen.getByRole('table', { name: '各商户应结' })).first().waitFor();
    await stage.look(screen, 'together-settlements');
  }
}

export const walks: Walk[] = [{ name: 'points of a fund and of the union are one payment', run: together }];
