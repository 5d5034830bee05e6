/**
 * A book whose figures do not agree stands still: somebody changes a balance past the program, the auditor finds it, who pays,
 * who keeps the money and who audits it are told what to do, and two people open the book again once the row is put right.
 */
import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import type { BookProof, BookStop } from '../api/points';
import { firstShop } from './counter.walk';
import { tamper } from './database';
import { binary } from './files';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { post, press, until } from './voting';

/** The account at the bank: nothing in this walk moves it, so that it can be put right by the same step back. */
const changed = (cents: string) => `UPDATE ledger_account SET balance_cents = balance_cents ${cents} WHERE kind = 'custody'`;

async function stopOf(stage: Stage, page: Page): Promise<BookStop | null> {
  return (await get<{ books: BookProof[] }>(stage, page, '/api/points/proof')).books[0]!.stop;
}

/** Everything but the last press. */
async function aboutToPay(stage: Stage, phone: Page, sign: string, yuan: string): Promise<void> {
  await phone.goto(stage.url(`/pay/${sign}`));
  await phone.getByLabel('付多少（元）').fill(yuan);
  await press(phone, '下一步');
  await phone.getByRole('button', { name: '确认付款' }).waitFor();
}

/** The member was about to pay: nothing is taken, and each page says what to do and still shows what she has. */
async function paused(stage: Stage, phone: Page): Promise<void> {
  await press(phone, '确认付款');
  await sees(phone, '没有扣款；在门店请先用现金或其他方式付款');
  await stage.look(phone, 'stopped-pay-refused');
  await phone.reload();
  await sees(phone, '暂时不能用积分付款，请先用现金或其他方式；积分不会减少');
  expect(await phone.getByRole('button', { name: '下一步' }).count() === 0, 'a payment that must be refused is offered');
  await stage.look(phone, 'stopped-pay-shop');
  await phone.goto(stage.url('/pay'));
  await sees(phone, '积分收付暂停');
  await sees(phone, '核对好就恢复');
  await stage.look(phone, 'stopped-pay');
  await phone.goto(stage.url('/wallet'));
  await sees(phone, '可以使用');
}

/** Who audits sees what was found, and opens nothing. */
async function audited(stage: Stage): Promise<void> {
  for (const screen of [await stage.desk(), await stage.phone()]) {
    await stage.demo(screen, 'audit_director');
    await screen.goto(stage.url('/desk/'));
    await sees(screen, '已停止记账');
    await sees(screen, '余额或预留和流水对不上');
    await sees(screen, '请系统管理员按备份改正不符的地方，再申请恢复');
    expect(await screen.getByRole('button', { name: '申请恢复' }).count() === 0, 'who audits the books may open them');
    await stage.look(screen, 'stopped-proof');
  }
}

/** From the list of things to do to the book. */
async function toBook(stage: Stage, screen: Page, turn: string): Promise<void> {
  await screen.goto(stage.url('/desk/todo'));
  const row = screen.getByRole('link', { name: /自有账套已停止记账/ }).filter({ hasText: turn });
  await row.waitFor();
  await stage.look(screen, 'stopped-todo');
  await row.click();
  await screen.waitForURL(/\/desk\/points\/proof/);
  await sees(screen, '已停止记账');
}

/** Asks for the opening, and waits until everything was proven. */
async function asks(stage: Stage, officer: Page, button: string, reason: string): Promise<void> {
  await press(officer, button);
  await officer.getByLabel('改正了什么、怎么改正的').fill(reason);
  await officer.reload();
  await press(officer, button);
  expect(await officer.getByLabel('改正了什么、怎么改正的').inputValue() === reason, 'what was put right is gone after a reload');
  await stage.look(officer, 'stopped-ask');
  await officer.getByRole('button', { name: '申请并核对全部账目' }).dblclick();
  await sees(officer, '核对完会发消息给您和复核的同志');
  await until(officer, 'the whole ledger is proven', async () => Boolean((await stopOf(stage, officer))?.proof));
  await officer.reload();
}

/** Another person opens the book, once everything agrees. */
async function opens(stage: Stage, other: Page): Promise<void> {
  await toBook(stage, other, '全部账目核对相符，等您复核后恢复');
  await press(other, '复核后恢复');
  await stage.look(other, 'stopped-open');
  await press(other, '恢复记账');
  await sees(other, '已恢复记账，会员可以照常付款。');
  await other.getByText('已停止记账').first().waitFor({ state: 'detached' });
  await stage.look(other, 'stopped-over');
}

async function stopped(stage: Stage): Promise<void> {
  // A site that runs elsewhere lets nobody at its data.
  if (stage.place.length === 0) return;
  const [till, phone, officer, other] = [await stage.phone(), await stage.phone(), await stage.desk(), await stage.desk()];
  await stage.demo(till, 'cashier');
  await stage.demo(phone, 'member');
  await stage.demo(officer, 'city');
  await stage.demo(other, 'finance');
  const { number } = await post<{ number: string }>(stage, till, `/api/shop/shops/${await firstShop(stage, till)}/sign`, {});
  await aboutToPay(stage, phone, number, '3');

  tamper(stage, changed('+ 1'));
  await until(officer, 'the auditor lets the book stand still', async () => (await stopOf(stage, officer)) !== null);
  await paused(stage, phone);
  await audited(stage);
  const narrow = await stage.phone();
  await stage.demo(narrow, 'city');
  for (const screen of [narrow, officer]) await toBook(stage, screen, '改正后申请恢复');

  // Nothing is put right yet: the proof says so, and the book stays as it is.
  await asks(stage, officer, '申请恢复', '已查过流水');
  await sees(officer, '不能恢复；改正后重新申请');
  await stage.look(officer, 'stopped-unsound');
  tamper(stage, changed('- 1'));
  await toBook(stage, officer, '改正后重新申请恢复');
  await asks(stage, officer, '重新申请恢复', '按昨夜的备份改正了银行存款余额');
  await sees(officer, '恢复是您申请的，请另一位同志复核后恢复。');
  expect(await officer.getByRole('button', { name: '复核后恢复' }).count() === 0, 'who asked for the opening opens himself');
  await stage.look(officer, 'stopped-proven');

  await opens(stage, other);
  await aboutToPay(stage, phone, number, '2');
  await press(phone, '确认付款');
  await sees(phone, '已付');
  // It ends with 1 where anything does not agree.
  execFileSync(binary, ['verify', 'ledger', ...stage.place], { stdio: 'ignore' });
}

export const walks: Walk[] = [{ name: 'a book that was tampered with stands still until two people open it', both: true, run: stopped }];
