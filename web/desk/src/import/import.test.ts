import { describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import type { StagedFile } from '@api/imports';
import { networkProblem, Problem } from '@shared/problem';
import { choiceOf, columnLetter, columnOptions, examplesOf, headerRowOf, headingsOf, unusedColumns } from './columns';
import { Pace, restText } from './pace';
import { usePile, type Kept } from './pile';
import { usePoll } from './poll';
import type { Sending } from './upload';
import { adviceOf, bytesText, isMoving, partByName, percentOf, phonesOf, rowsText, runWords, shortReason, stepOf, wrote } from './words';

const field = (name: string, column: number | null, required = false) => ({ name, label: name, required, column });

describe('the way of an import', () => {
  const at = (state: Parameters<typeof stepOf>[0]['state'], started_at: string | null = null) => stepOf({ state, phase: 'check', started_at });
  it('stands at one step in each state', () => {
    expect([at('draft'), at('checking'), at('checked'), at('running', 't'), at('done', 't')]).toEqual([1, 2, 2, 3, 4]);
    expect(at('cancelled')).toBe(2);
    expect(at('cancelled', 't')).toBe(4);
    expect(at('failed', 't')).toBe(4);
  });

  it('is polled only while a job is at work, and knows whether anything was written', () => {
    expect((['draft', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed'] as const).filter(isMoving)).toEqual(['checking', 'running']);
    expect(wrote({ state: 'cancelled', started_at: null })).toBe(false);
    expect(wrote({ state: 'failed', started_at: 't' })).toBe(true);
  });

  it('says 100 % only when every row was seen', () => {
    expect(percentOf({ position: 651_999, rows_total: 652_000 })).toBe(99);
    expect(percentOf({ position: 652_000, rows_total: 652_000 })).toBe(100);
    expect(percentOf({ position: 5, rows_total: null })).toBeNull();
    expect(percentOf({ position: 0, rows_total: 0 })).toBe(100);
  });

  it('names the numbers on the button and advises where they look odd', () => {
    expect(runWords({ added: 1960, unchanged: 0, rejected: 40 })).toBe('导入 1,960 行，跳过 40 行');
    expect(runWords({ added: 3, unchanged: 9, rejected: 0 })).toBe('导入 3 行');
    expect(adviceOf({ added: 98, unchanged: 0, rejected: 2 })).toBeNull();
    expect(adviceOf({ added: 0, unchanged: 5, rejected: 0 })).toContain('已经在册');
    expect(adviceOf({ added: 0, unchanged: 5, rejected: 1 })).toContain('没有可以导入');
    expect(adviceOf({ added: 1, unchanged: 0, rejected: 9 })).toContain('列没有对上');
    expect(adviceOf({ added: 0, unchanged: 0, rejected: 0 })).toContain('没有数据行');
  });

  it('tells of phones that are filled in and of those that are not taken', () => {
    const phones = phonesOf({ parts: [{ phones: { entered: 2, kept: 0, kept_rows: [] } }, { phones: { entered: 1, kept: 25, kept_rows: [3, 1204] } }] });
    expect(phones).toEqual({ entered: 3, kept: 25, kept_rows: [3, 1204] });
    expect([rowsText([3, 1204], 25), rowsText([7], 1)]).toEqual(['第 3、1,204 行等', '第 7 行']);
    expect(runWords({ added: 4, unchanged: 9, rejected: 1 }, 3)).toBe('导入 4 行，补上 3 个手机号码，跳过 1 行');
    expect(runWords({ added: 0, unchanged: 9, rejected: 0 }, 3)).toBe('补上 3 个手机号码');
    expect(adviceOf({ added: 0, unchanged: 9, rejected: 0 }, 3)).toBeNull();
  });

  it('shortens a reason to what is wrong', () => {
    expect(shortReason('有多个工会符合这个名称，不能确定是哪一个；请改填 18 位代码。')).toBe('有多个工会符合这个名称，不能确定是哪一个');
    expect(shortReason('日期在导入当天之后，请核对后改正。')).toBe('日期在导入当天之后');
    expect(shortReason('没有填姓名')).toBe('没有填姓名');
  });

  it('guesses the part of a file and says its size', () => {
    expect(['棠下镇工会名单.xlsx', '企业.csv', '工会干部.xlsx', '表1.xlsx'].map(partByName)).toEqual(['unions', 'employers', 'officers', '']);
    expect([900, 812 * 1024, 3.2 * 1024 * 1024, 60 * 1024 * 1024].map(bytesText)).toEqual(['900 字节', '812 KB', '3.2 MB', '60 MB']);
  });
});

describe('speed and remaining time', () => {
  it('follows the last quarter of a minute', () => {
    const pace = new Pace();
    pace.see(0, 0);
    expect(pace.perSecond()).toBeNull();
    for (let second = 1; second <= 20; second += 1) pace.see(second <= 10 ? 0 : (second - 10) * 1000, second * 1000);
    expect(pace.perSecond()).toBeGreaterThan(600);
    for (let second = 21; second <= 40; second += 1) pace.see((second - 10) * 1000, second * 1000);
    expect(pace.perSecond()).toBeCloseTo(1000, 0);
    expect(pace.secondsLeft(652_000)).toBeCloseTo(622, 0);
    expect(pace.secondsLeft(null)).toBeNull();
  });

  it('begins anew when the rows begin anew', () => {
    const pace = new Pace();
    pace.see(500, 1000);
    pace.see(900, 2000);
    pace.see(10, 3000);
    expect(pace.perSecond()).toBeNull();
  });

  it('is said as people say it', () => {
    expect([null, 2, 41, 61, 170, 3500, 3600, 4700, 7100].map(restText)).toEqual([
      '正在估算时间', '马上就好', '还要约 45 秒', '还要约 2 分钟', '还要约 3 分钟', '还要约 59 分钟', '还要约 1 小时', '还要约 1 小时 20 分钟', '还要约 2 小时',
    ]);
  });
});

describe('columns', () => {
  const file = { header: ['姓名', '', '身份证', '备注'], sample: [['甲', 'x', '4407**1', ''], ['', '', '4407**2', '']], fields: [field('name', 0, true), field('id_number', 2, true), field('phone', null)] };

  it('are named as the spreadsheet names them, and one fills one field', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnLetter)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
    const options = columnOptions(file, choiceOf(file.fields), 'phone');
    expect(options.map((one) => one.text)).toEqual(['A 列：姓名（已用于name）', 'B 列（没有表头）', 'C 列：身份证（已用于id_number）', 'D 列：备注']);
    expect(options.map((one) => one.taken)).toEqual([true, false, true, false]);
    expect(columnOptions(file, choiceOf(file.fields), 'name')[0]).toEqual({ value: '0', text: 'A 列：姓名', taken: false });
  });

  it('go as far as the data, even where the header ends before', () => {
    expect(headingsOf({ header: ['姓名'], sample: [['甲', '139'], ['乙']] })).toEqual(['姓名', '']);
  });

  it('shows what a choice means and what is left over', () => {
    expect(examplesOf(file, 0)).toEqual(['甲']);
    expect(examplesOf(file, null)).toEqual([]);
    expect(unusedColumns(file)).toEqual(['B 列（没有表头）', '备注']);
    expect(['1', ' 12 ', '0', 'a', '', '1.5'].map(headerRowOf)).toEqual([1, 12, null, null, null, null]);
  });
});

describe('the pile of files', () => {
  const staged = (name: string): StagedFile => ({ file_id: name, name, bytes: 3, format: 'csv', sheets: ['1'] });
  function scene(kept: Kept[] = []) {
    const sent: { file: File; resolve(value: StagedFile): void; reject(problem: Problem): void; progress(sent: number): void; stopped: boolean }[] = [];
    let now = kept;
    const pile = usePile(kept, (next) => { now = next; }, (file, progress): Sending => {
      const one = { file, progress, stopped: false } as (typeof sent)[number];
      const done = new Promise<StagedFile>((resolve, reject) => Object.assign(one, { resolve, reject }));
      sent.push(one);
      return { done, stop: () => { one.stopped = true; one.reject(new Problem(-1, 'upload.stopped', '已停止')); } };
    });
    return { pile, sent, kept: () => now };
  }
  const file = (name: string) => new File(['abc'], name);
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  it('keeps what the server has, and gives it back after a reload', async () => {
    const { pile, sent, kept } = scene();
    pile.take([file('工会.csv'), file('单位.csv')], ['unions', 'employers', 'officers']);
    sent[0]!.progress(2);
    expect(pile.items.map((item) => [item.part, item.sent, item.state])).toEqual([['unions', 2, 'sending'], ['employers', 0, 'sending']]);
    sent[0]!.resolve(staged('工会.csv'));
    await settle();
    expect(kept().map((one) => one.part)).toEqual(['unions']);
    expect(scene(kept()).pile.items.map((item) => item.state)).toEqual(['there']);
  });

  it('lets a lost file be sent again, and a refused or stopped one say why', async () => {
    const { pile, sent } = scene();
    pile.take([file('a.xlsx')], ['members']);
    sent[0]!.reject(networkProblem());
    await settle();
    expect(pile.items[0]).toMatchObject({ state: 'failed', problem: { code: 'network.lost' } });
    pile.again(pile.items[0]!);
    pile.again(pile.items[0]!);
    expect(sent).toHaveLength(2);
    expect(sent[1]!.file).toBe(sent[0]!.file);
    pile.drop(pile.items[0]!);
    await settle();
    expect(sent[1]!.stopped).toBe(true);
    expect(pile.items[0]?.problem?.code).toBe('upload.stopped');
    pile.drop(pile.items[0]!);
    expect(pile.items).toHaveLength(0);
  });

  it('puts the newest file in the place of the old where only one may stand', async () => {
    const { pile, sent, kept } = scene([{ staged: staged('old.csv'), part: 'members' }]);
    pile.take([file('new.csv'), file('other.csv')], ['members']);
    expect(pile.items.map((item) => item.name)).toEqual(['new.csv']);
    pile.take([file('third.csv')], ['members']);
    sent[0]!.resolve(staged('new.csv'));
    sent[1]!.resolve(staged('third.csv'));
    await settle();
    expect(kept().map((one) => one.staged.name)).toEqual(['third.csv']);
  });
});

describe('what moves by itself', () => {
  it('is asked for each second while it moves, survives a dead network, and ends with it', async () => {
    vi.useFakeTimers();
    const answers: (number | Problem)[] = [1, 2, networkProblem(), 3];
    let asked = 0;
    const scope = effectScope();
    const poll = scope.run(() => usePoll(async () => {
      const next = answers[asked];
      asked += 1;
      if (next instanceof Problem) throw next;
      return next ?? 3;
    }, (value) => value < 3))!;
    await vi.advanceTimersByTimeAsync(0);
    expect([poll.state, poll.data]).toEqual(['there', 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(poll.data).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([poll.lost, poll.data, poll.state]).toEqual([true, 2, 'there']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([poll.lost, poll.data]).toEqual([false, 3]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(4);
    scope.stop();
    vi.useRealTimers();
  });

  it('shows a refusal of the server', async () => {
    vi.useFakeTimers();
    const scope = effectScope();
    const poll = scope.run(() => usePoll<number>(async () => { throw new Problem(404, 'not_found', '没有找到'); }, () => true))!;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([poll.state, poll.problem?.code]).toEqual(['failed', 'not_found']);
    scope.stop();
    vi.useRealTimers();
  });
});
