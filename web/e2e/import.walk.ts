/** A registrar brings in a register and a roster with planted mistakes; one of its members takes over his record; a list is taken out again. */
import type { Page } from 'playwright-core';
import { csvLines, makeFiles, type Files } from './files';
import { fillTakeover, reveal, signInBySms } from './people';
import { everyRow, get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';

/** A whole city's worth with ZHIGONG_TEST_LONG (the release binary in ZHIGONG_BIN makes that a matter of minutes). */
const LONG = Boolean(process.env.ZHIGONG_TEST_LONG);
const WORK_MS = LONG ? 7_200_000 : 240_000;
const ROWS = LONG ? 652_000 : 2_000;
const UNIONS = LONG ? 5_908 : 200;

interface Outcome { added: number; unchanged: number; rejected: number }
interface Import extends Outcome { id: string; state: string; position: number; rows_total: number; parts: (Outcome & { part: string })[]; by_code: { code: string; rows: number }[] }
interface Tree { items: { kind: string; unions: number; members: number }[] }

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();
const city = async (stage: Stage, page: Page) => (await get<Tree>(stage, page, '/api/tree')).items.find((node) => node.kind === 'city_federation')!;
const idOf = (page: Page) => new URL(page.url()).pathname.split('/').pop()!;
const now = (stage: Stage, page: Page, id: string) => get<Import>(stage, page, `/api/imports/${id}`);
/** Waits until the page itself says it. */
const said = (page: Page, text: string) => page.getByRole('heading', { name: text, exact: true }).waitFor({ timeout: WORK_MS });

async function upload(page: Page, kind: RegExp, files: string[]): Promise<void> {
  await page.getByLabel(kind).check();
  await page.locator('input[type="file"]').setInputFiles(files);
  await page.getByText('已上传').nth(files.length - 1).waitFor({ timeout: WORK_MS });
}

/** What is no table is refused with what to do, and nothing else changes. */
async function wrongFiles(stage: Stage, page: Page, files: Files): Promise<void> {
  await page.goto(stage.url('/desk/imports/new'));
  await page.getByLabel(/会员花名册/).check();
  const cases = [
    ['旧表.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), 'sheet.format'],
    ['说明.pdf', '%PDF-1.7 not a table', 'sheet.format'],
    ['空.csv', '', 'file.empty'],
    ['坏.xlsx', 'PK\u0003\u0004 not a workbook', 'sheet.damaged'],
  ] as const;
  for (const [name, bytes, code] of cases) {
    await page.locator('input[type="file"]').setInputFiles(files.wrong(name, bytes));
    await page.getByRole('alert').filter({ hasText: code }).waitFor();
    expect(await page.getByRole('button', { name: '下一步：核对列' }).isDisabled(), `${name} lets one go on`);
  }
  await stage.look(page, 'import-refused');
  await page.route('**/api/imports/files*', (route) => route.abort('connectionreset'), { times: 1 });
  await page.locator('input[type="file"]').setInputFiles(files.roster);
  await sees(page, '文件没有传完');
  await press(page, /^重试/);
  await page.getByText('已上传').waitFor({ timeout: WORK_MS });
  stage.forgive(/ERR_CONNECTION_RESET/);
  await press(page, /^移除/);
}

async function register(stage: Stage, page: Page, files: Files): Promise<void> {
  const before = await city(stage, page);
  await page.goto(stage.url('/desk/imports/new'));
  await upload(page, /工会、单位、干部名册/, files.register);
  await page.reload();
  await page.getByText('已上传').nth(2).waitFor();
  await stage.look(page, 'import-register');
  await press(page, '下一步：核对列');
  await sees(page, '表头在第几行');
  await stage.look(page, 'import-register-columns');
  await press(page, '检查这些文件');
  await said(page, '检查结果');
  const id = idOf(page);
  const checked = await now(stage, page, id);
  await stage.look(page, 'import-register-checked');
  await page.getByRole('button', { name: /^导入 [\d,]+ 行/ }).click();
  await said(page, '导入结果');
  const done = await now(stage, page, id);
  expect(done.added === checked.added && done.rejected === checked.rejected, `checked ${JSON.stringify(checked.parts)}, imported ${JSON.stringify(done.parts)}`);
  expect(done.added === done.rows_total && done.rejected === 0, `every row of the register is new and right: ${JSON.stringify(done.parts)} ${JSON.stringify(done.by_code)}`);
  const unions = done.parts.find((part) => part.part === 'unions')!;
  const rows = await everyRow(stage, page, `/api/organizations?import_id=${id}`);
  expect(rows.length === unions.added, `${unions.added} unions added, ${rows.length} rows behind the number`);
  const after = await city(stage, page);
  expect(after.unions - before.unions === unions.added, `the tree grew by ${after.unions - before.unions} unions, ${unions.added} were added`);
  await page.getByRole('link', { name: /^新增工会/ }).click();
  await sees(page, '由一次导入新增');
  await stage.look(page, 'import-register-rows');
}

interface Fault { row_number: number; code: string; faults: { code: string }[] }

/** Each row that was made wrong is rejected, for that reason; every reason on the page counts the rows that it opens. */
async function faults(stage: Stage, page: Page, done: Import, planted: Files['planted']): Promise<void> {
  const found = new Map((await everyRow<Fault>(stage, page, `/api/imports/${done.id}/faults?`)).map((row) => [row.row_number, row.faults.map((fault) => fault.code)]));
  const missed = planted.filter(({ row, code }) => !found.get(row)?.includes(code));
  expect(missed.length === 0, `made wrong and not rejected for it: ${missed.map(({ row, code }) => `row ${row} ${code} (${String(found.get(row))})`).slice(0, 5).join(', ')}`);
  const wrong = new Set(planted.map(({ row }) => row));
  const others = [...found].filter(([row]) => !wrong.has(row));
  expect(others.length === 0, `right, and rejected: ${others.map(([row, codes]) => `row ${row} ${String(codes)}`).slice(0, 5).join(', ')}`);
  for (const reason of done.by_code) {
    const rows = await everyRow(stage, page, `/api/imports/${done.id}/faults?code=${reason.code}`);
    expect(rows.length === reason.rows, `${reason.code}: ${reason.rows} counted, ${rows.length} rows`);
  }
  const most = [...done.by_code].sort((a, b) => a.rows - b.rows)[0]!;
  await page.getByRole('group', { name: '按原因看' }).getByRole('button').nth(1 + done.by_code.indexOf(most)).click();
  await allListed(page, most.rows);
  await page.reload();
  await allListed(page, most.rows);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: /错误文件.*CSV/ }).click();
  const lines = csvLines(await (await coming).path());
  expect(lines.length === done.rejected + 1, `the error file has ${lines.length - 1} rows, ${done.rejected} were rejected`);
}

/** Goes on until the page says that all rows are there. */
async function allListed(page: Page, rows: number): Promise<void> {
  const all = page.getByText(`共 ${rows} 行，已全部列出`);
  const more = page.getByRole('button', { name: '更多' });
  for (;;) {
    await all.or(more).first().waitFor();
    if (await all.isVisible()) return;
    await more.click();
  }
}

async function roster(stage: Stage, page: Page, files: Files): Promise<Import> {
  const before = await city(stage, page);
  await page.goto(stage.url('/desk/imports/new'));
  await upload(page, /会员花名册/, [files.roster]);
  await press(page, '下一步：核对列');
  await sees(page, '表头在第几行');
  await page.reload();
  await sees(page, '表头在第几行');
  await stage.look(page, 'import-columns');
  const id = idOf(page);
  await press(page, '检查这份文件');
  await page.reload();
  await said(page, '检查结果');
  const checked = await now(stage, page, id);
  expect(checked.rejected === files.planted.length && checked.added + checked.rejected === ROWS, `${files.planted.length} rows were made wrong: ${JSON.stringify(checked.by_code)}`);
  expect((await city(stage, page)).members === before.members, 'the check wrote members');
  await stage.look(page, 'import-checked');
  await page.getByRole('button', { name: /^导入 [\d,]+ 行，跳过/ }).click();
  // Left while it runs, and found again.
  await page.getByRole('heading', { name: /^(正在导入|导入结果)$/ }).waitFor();
  await stage.look(page, 'import-running');
  await page.goto(stage.url('/desk/imports'));
  await stage.look(page, 'imports');
  await page.locator(`a[href$="/imports/${id}"]`).click();
  await said(page, '导入结果');
  const done = await now(stage, page, id);
  expect(done.added === checked.added && done.rejected === checked.rejected && done.position === ROWS, `imported ${JSON.stringify(done)}`);
  const rows = await everyRow(stage, page, `/api/members?import_id=${id}`);
  expect(rows.length === done.added, `${done.added} members added, ${rows.length} rows behind the number`);
  const after = await city(stage, page);
  expect(after.members - before.members === done.added, `the tree grew by ${after.members - before.members}, ${done.added} were added`);
  await stage.look(page, 'import-done');
  await faults(stage, page, done, files.planted);
  await narrow(stage, id);
  await page.getByRole('link', { name: /^新增 .*看名单/ }).click();
  await sees(page, '由一次导入新增');
  await stage.look(page, 'import-members');
  return done;
}

interface Member { membership_id: string; name: string; organization_id: string; organization_name: string; id_number_masked: string; phone_masked: string | null; joined_on: string; taken_over: boolean }
interface Me { membership: { id: string; organization_id: string; joined_on: string } | null }

/** A member of the roster takes over his record on his phone; what the desk has of him and of his union is what he reads. */
async function takeOver(stage: Stage, desk: Page, done: Import): Promise<void> {
  const before = await city(stage, desk);
  const list = await get<{ items: Member[] }>(stage, desk, `/api/members?import_id=${done.id}&limit=100`);
  // The first row of a union is its chair.
  const row = list.items.slice(1).find((one) => one.phone_masked && !one.taken_over);
  expect(row !== undefined, 'nobody among the first hundred of the roster has a phone');
  const [number, mobile] = [await reveal(stage, desk, row.membership_id, 'id_number'), await reveal(stage, desk, row.membership_id, 'phone')];
  const phone = await stage.phone();
  const began = Date.now();
  await phone.goto(stage.url('/takeover'));
  await phone.waitForURL(/\/sign-in\?to=/);
  await signInBySms(phone, mobile);
  await phone.waitForURL((url) => url.pathname === '/takeover');
  await fillTakeover(phone, row.name, number.slice(-6));
  await stage.look(phone, 'import-takeover');
  await press(phone, '核对并认领');
  await sees(phone, '认领好了');
  expect(Date.now() - began < 90_000, 'taking over takes longer than 90 s');
  await sees(phone, row.organization_name);
  const { membership } = await get<Me>(stage, phone, '/api/me');
  expect(membership?.id === row.membership_id && membership.organization_id === row.organization_id && membership.joined_on === row.joined_on, `took over ${JSON.stringify(membership)}, the desk has ${JSON.stringify(row)}`);

  await phone.goto(stage.url('/mine'));
  for (const said of [row.name, row.phone_masked!, '已实名']) await sees(phone, said);
  await stage.look(phone, 'import-mine');
  await phone.goto(stage.url('/mine/data'));
  for (const said of [row.id_number_masked, row.organization_name, row.joined_on, '走查演示']) await sees(phone, said);
  await stage.look(phone, 'import-mine-data');
  const union = await get<{ members: number }>(stage, desk, `/api/organizations/${row.organization_id}`);
  const rows = await everyRow<Member>(stage, desk, `/api/members?organization_id=${row.organization_id}&state=active`);
  expect(rows.length === union.members, `${row.organization_name}: ${union.members} members, ${rows.length} rows behind the number`);
  await phone.goto(stage.url('/union'));
  await sees(phone, `${union.members.toLocaleString('en-US')} 人`);
  await stage.look(phone, 'import-union');

  await desk.goto(stage.url(`/desk/members/${row.membership_id}`));
  for (const said of ['已由本人认领', '本人认领会籍', row.phone_masked!]) await sees(desk, said);
  await stage.look(desk, 'import-taken-over');
  expect(rows.filter((one) => one.taken_over).map((one) => one.membership_id).join() === row.membership_id, 'the list of the union has not him alone as taken over');
  expect((await city(stage, desk)).members === before.members, 'taking over made a member');
}

async function narrow(stage: Stage, id: string): Promise<void> {
  const phone = await stage.phone();
  await stage.demo(phone, 'city');
  for (const [path, name] of [['/desk/imports', 'imports'], ['/desk/imports/new', 'import-new'], [`/desk/imports/${id}`, 'import-done'], [`/desk/members?import_id=${id}`, 'import-members']] as const) {
    await phone.goto(stage.url(path));
    await stage.look(phone, name);
  }
}

/** The same file once more adds nobody. */
async function again(stage: Stage, page: Page, files: Files, first: Import): Promise<void> {
  const before = await city(stage, page);
  await page.goto(stage.url('/desk/imports/new'));
  await upload(page, /会员花名册/, [files.roster]);
  await press(page, '下一步：核对列');
  await press(page, '检查这份文件');
  await said(page, '检查结果');
  const checked = await now(stage, page, idOf(page));
  expect(checked.added === 0 && checked.unchanged === first.added && checked.rejected === first.rejected, `the same file again: ${JSON.stringify(checked)}`);
  await press(page, '放弃这次导入');
  await press(page, '放弃');
  await sees(page, '没有写入任何内容');
  expect((await city(stage, page)).members === before.members, 'an import that was given up wrote members');
}

async function bringIn(stage: Stage): Promise<void> {
  const files = makeFiles(UNIONS, ROWS);
  try {
    const page = await stage.desk();
    await stage.demo(page, 'city');
    await wrongFiles(stage, page, files);
    await register(stage, page, files);
    const done = await roster(stage, page, files);
    await takeOver(stage, page, done);
    await again(stage, page, files, done);
  } finally {
    files.drop();
  }
}

/** A list taken out has the rows of the list, each with the number of the export; another person does not find it. */
async function takeOut(stage: Stage): Promise<void> {
  const page = await stage.desk();
  await stage.demo(page, 'county');
  await page.goto(stage.url('/desk/members'));
  const members = await everyRow(stage, page, '/api/members?');
  await press(page, '导出');
  await sees(page, '哪个工会的');
  await page.getByLabel('格式').selectOption('csv');
  const send = page.locator('form').filter({ hasText: '导出理由' }).getByRole('button', { name: '导出', exact: true });
  expect(await send.isDisabled(), 'an export without a reason can be sent');
  await page.getByLabel('导出理由').fill('核对名册');
  await stage.look(page, 'export-form');
  await send.click();
  await page.waitForURL(/\/exports$/);
  await page.getByRole('link', { name: /^下载/ }).first().waitFor({ timeout: WORK_MS });
  await stage.look(page, 'exports');
  const [row] = (await get<{ items: { id: string; mark: string; rows: number }[] }>(stage, page, '/api/exports')).items;
  expect(row!.rows === members.length, `${members.length} members, ${row!.rows} rows exported`);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: /^下载/ }).first().click();
  const lines = csvLines(await (await coming).path()).filter((line) => line.endsWith(row!.mark) || line.endsWith(`"${row!.mark}"`));
  expect(lines.length === members.length, `${members.length} members, ${lines.length} marked lines in the file`);
  expect(lines.every((line) => !/\d{17}[\dX]/.test(line)), 'a whole ID number is in the file');
  const other = await stage.desk();
  await stage.demo(other, 'city');
  expect((await other.request.get(stage.url(`/api/exports/${row!.id}/file`))).status() === 404, 'somebody else can load the file');
  const phone = await stage.phone();
  await stage.demo(phone, 'county');
  await phone.goto(stage.url('/desk/exports'));
  await stage.look(phone, 'exports');
}

/** An employer is found by a name with a slip in it, and by another name that was entered for it. */
async function employers(stage: Stage): Promise<void> {
  const page = await stage.desk();
  await stage.demo(page, 'city');
  await page.goto(stage.url('/desk/employers'));
  const { items } = await get<{ items: { id: string; name: string; members: number }[] }>(stage, page, '/api/employers');
  const one = [...items].sort((a, b) => b.members - a.members || b.name.length - a.name.length)[0]!;
  const slip = one.name.slice(0, 3) + one.name.slice(4);
  await stage.look(page, 'employers');
  await page.getByLabel('单位名称或统一社会信用代码').fill(slip);
  await press(page, '查找');
  await page.getByRole('rowheader').first().getByRole('link', { name: one.name }).waitFor();
  await stage.look(page, 'employers-found');
  await page.getByRole('link', { name: one.name, exact: true }).click();
  await press(page, '加一个叫法');
  await page.getByLabel('简称或曾用名').fill('老水闸旁的厂');
  await press(page, '加上');
  await page.getByRole('listitem').filter({ hasText: '老水闸旁的厂' }).waitFor();
  await stage.look(page, 'employer');
  const own = await everyRow(stage, page, `/api/members?employer_id=${one.id}`);
  expect(own.length === one.members, `${one.name}: ${one.members} members, ${own.length} rows behind the number`);
  const found = await get<{ items: { id: string; matched: string }[] }>(stage, page, `/api/employers?q=${encodeURIComponent('老水闸旁的厂')}`);
  expect(found.items[0]?.id === one.id && found.items[0].matched === 'alias', `by its other name: ${JSON.stringify(found.items[0])}`);
  await press(page, '去掉“老水闸旁的厂”');
  await page.getByRole('listitem').filter({ hasText: '老水闸旁的厂' }).waitFor({ state: 'detached' });
  const phone = await stage.phone();
  await stage.demo(phone, 'city');
  for (const [path, name] of [[`/desk/employers?q=${encodeURIComponent(slip)}`, 'employers-found'], [`/desk/employers/${one.id}`, 'employer']] as const) {
    await phone.goto(stage.url(path));
    await stage.look(phone, name);
  }
}

export const walks: Walk[] = [
  { name: 'a registrar brings in a register and a roster', both: true, run: bringIn },
  { name: 'a list is taken out with a reason', run: takeOut },
  { name: 'an employer is found by a slip of the pen', run: employers },
];
