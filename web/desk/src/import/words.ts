/** The Chinese words of an import, and which step of the way a page of it shows. */
import type { ImportKind, ImportPage, ImportPart, ImportPhones, ImportState, Outcome } from '@api/imports';
import { countText } from '@shared/format';

export const kindWords: Record<ImportKind, { title: string; about: string; parts: readonly ImportPart[] }> = {
  roster: { title: '会员花名册', about: '一份表，一行一名会员。可以是一个单位的，也可以是全镇、全市的。', parts: ['members'] },
  register: { title: '工会、单位、干部名册', about: '工会名单，可以同时带上单位名单和干部名单，它们之间可以互相引用。', parts: ['unions', 'employers', 'officers'] },
};
export const partWords: Record<ImportPart, { title: string; unit: string }> = {
  members: { title: '会员', unit: '人' }, unions: { title: '工会', unit: '家' }, employers: { title: '单位', unit: '家' }, officers: { title: '干部', unit: '人' },
};
export const stateWords: Record<ImportState, { text: string; tone: 'ok' | 'wait' | 'late' | 'over' }> = {
  draft: { text: '核对列', tone: 'wait' }, checking: { text: '检查中', tone: 'wait' }, checked: { text: '待确认导入', tone: 'wait' },
  running: { text: '导入中', tone: 'wait' }, done: { text: '已完成', tone: 'ok' }, cancelled: { text: '已停止', tone: 'over' }, failed: { text: '中断', tone: 'late' },
};

export const steps = ['选文件', '核对列', '检查', '导入', '结果'] as const;

/** Which of `steps` an import stands at; one that stopped before its rows were written stands at 检查. */
export function stepOf(page: Pick<ImportPage, 'state' | 'phase' | 'started_at'>): number {
  if (page.state === 'draft') return 1;
  if (page.state === 'checking' || page.state === 'checked') return 2;
  if (page.state === 'running') return 3;
  return page.state === 'done' || page.started_at ? 4 : 2;
}

/** A job is at work: the page asks again each second. */
export const isMoving = (state: ImportState): boolean => state === 'checking' || state === 'running';
/** What the import holds is final, or stands still after it began to write. */
export const wrote = (page: Pick<ImportPage, 'started_at' | 'state'>): boolean => Boolean(page.started_at) && page.state !== 'checking' && page.state !== 'checked' && page.state !== 'draft';

/** Whole percent of the rows seen; null while the total is not known. 100 only when all of them are. */
export function percentOf(page: { position: number; rows_total: number | null }): number | null {
  if (page.rows_total === null) return null;
  if (page.rows_total === 0) return 100;
  return Math.min(100, Math.floor((page.position / page.rows_total) * 100));
}

/** Phones of people who are known, over all parts of an import. */
export function phonesOf(page: { parts: readonly { phones: ImportPhones }[] }): ImportPhones {
  const all: ImportPhones = { entered: 0, kept: 0, kept_rows: [] };
  for (const { phones } of page.parts) {
    all.entered += phones.entered;
    all.kept += phones.kept;
    all.kept_rows.push(...phones.kept_rows);
  }
  return all;
}

/** `第 3、7 行`, and that there are more than those told. */
export function rowsText(rows: readonly number[], all: number): string {
  return `第 ${rows.map((row) => countText(row)).join('、')} 行${rows.length < all ? '等' : ''}`;
}

/** What the button that starts the import says; `phones` of people who are known are filled in with it. */
export function runWords(outcome: Outcome, phones = 0): string {
  const filled = phones > 0 ? `补上 ${countText(phones)} 个手机号码` : '';
  const skipped = outcome.rejected > 0 ? `跳过 ${countText(outcome.rejected)} 行` : '';
  const added = outcome.added > 0 || !filled ? `导入 ${countText(outcome.added)} 行` : '';
  return [added, filled, skipped].filter(Boolean).join('，');
}

/** A word of advice beside the numbers of a preview; null when they speak for themselves. */
export function adviceOf({ added, unchanged, rejected }: Outcome, phones = 0): string | null {
  const total = added + unchanged + rejected;
  if (added === 0 && phones > 0) return null;
  if (total === 0) return '表头下面没有数据行。请看看工作表和表头行选得对不对。';
  if (added === 0 && rejected === 0) return '这些内容都已经在册，不用再导入。';
  if (added === 0) return '没有可以导入的行。请按下面的原因修改文件，再传一次。';
  if (rejected * 2 > total) return '一半以上的行不能导入，可能是列没有对上。请先看原因，需要时返回核对列。';
  return null;
}

/** The files were deleted after their time: what they held cannot be looked at or taken out any more. */
export const filesGone = (page: Pick<ImportPage, 'files'>): boolean => page.files.some((file) => file.sheets.length === 0 && file.header.length === 0);

/** The first half of a reason, before what to do about it: short enough for a button. */
export const shortReason = (message: string): string => message.split(/[；。]|，请/)[0] ?? message;

/** `3.2 MB` · `812 KB`: as a file manager says it. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`;
}

/** Which part a file of a register most likely is, by its name; empty when the name does not say. */
export function partByName(name: string): ImportPart | '' {
  if (/干部|委员|主席|officer/i.test(name)) return 'officers';
  if (/单位|企业|用人|employer/i.test(name)) return 'employers';
  return /工会|组织|union/i.test(name) ? 'unions' : '';
}
