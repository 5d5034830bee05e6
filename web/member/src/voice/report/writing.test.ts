import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportDraft, ReportSection } from '@api/report';
import { draftStore } from '@shared/draft';
import { networkProblem, Problem } from '@shared/problem';
import { useWriting, type Kept } from './writing';

const of = (text: string): ReportSection[] => [{ key: 'q1', heading: '组织起来', text }];
const draftOf = (version: number, text: string) => ({ version, sections: of(text), saved_at: version ? '2026-11-23T02:00:00Z' : null }) as ReportDraft;
const store = () => draftStore<Kept>('report.e.u', 'me');

/** A server with a version, as the real one: the same text over the version before is the same save. */
function server(version: number, text: string) {
  const at = { version, text, saves: 0, trouble: null as Problem | 'lost' | null };
  const save = async (body: Kept): Promise<ReportDraft> => {
    at.saves += 1;
    if (at.trouble instanceof Problem) throw at.trouble;
    const next = body.sections[0]!.text;
    if (body.version === at.version) Object.assign(at, { version: at.version + 1, text: next });
    else if (!(body.version === at.version - 1 && at.text === next)) throw new Problem(409, 'report.changed', '改过了');
    if (at.trouble === 'lost') {
      at.trouble = null;
      throw networkProblem();
    }
    return draftOf(at.version, at.text);
  };
  return { at, save };
}

describe('a report is saved while it is written', () => {
  beforeEach(() => { localStorage.clear(); vi.useFakeTimers(); });
  afterEach(() => vi.useRealTimers());

  it('waits for a pause, and saves what was written last', async () => {
    const { at, save } = server(1, '');
    const writing = useWriting(draftOf(1, ''), store(), save);
    for (const text of ['一', '一二', '一二三']) {
      writing.sections[0]!.text = text;
      writing.changed();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(at.saves).toBe(0);
    expect(store().load(new Date())?.answers.sections[0]!.text).toBe('一二三');
    await vi.advanceTimersByTimeAsync(2_000);
    expect([at.saves, at.text, writing.state, writing.version]).toEqual([1, '一二三', 'saved', 2]);
    expect(store().load(new Date())).toBeNull();
  });

  it('tries again after a lost answer without calling it a change of somebody else', async () => {
    const { at, save } = server(1, '');
    at.trouble = 'lost';
    const writing = useWriting(draftOf(1, ''), store(), save);
    writing.sections[0]!.text = '一';
    writing.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(writing.state).toBe('failed');
    await vi.advanceTimersByTimeAsync(6_000);
    expect([writing.state, at.saves, at.version]).toEqual(['saved', 2, 2]);
  });

  it('goes on after a reload with what this device has and the server not', async () => {
    store().save({ version: 3, sections: of('没存上的') }, new Date());
    const { at, save } = server(3, '旧的');
    const writing = useWriting(draftOf(3, '旧的'), store(), save);
    expect(writing.sections[0]!.text).toBe('没存上的');
    await vi.advanceTimersByTimeAsync(2_000);
    expect([at.text, writing.state]).toEqual(['没存上的', 'saved']);
  });

  it('never overwrites another page, and never loses its own text', async () => {
    const { at, save } = server(2, '别的页面写的');
    const writing = useWriting(draftOf(1, ''), store(), save);
    writing.sections[0]!.text = '我写的';
    writing.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([writing.state, at.text, at.saves]).toEqual(['overtaken', '别的页面写的', 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(at.saves).toBe(1);
    const again = useWriting(draftOf(2, '别的页面写的'), store(), save);
    expect([again.sections[0]!.text, again.other?.[0]!.text]).toEqual(['别的页面写的', '我写的']);
    again.takeOther();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([at.text, again.state]).toEqual(['我写的', 'saved']);
  });

  it('begins a report whose filled-in text was left as it is', async () => {
    const { at, save } = server(0, '');
    const writing = useWriting(draftOf(0, '新增 3 人'), store(), save);
    expect(await writing.flush()).toBe(true);
    expect([at.version, at.text]).toEqual([1, '新增 3 人']);
    expect(await writing.flush()).toBe(true);
    expect(at.saves).toBe(1);
  });
});
