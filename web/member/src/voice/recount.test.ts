import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Spread } from '@api/consult';
import type { ShownResult } from '@api/voice';
import { Problem } from '@shared/problem';
import type { Report } from '@shared/verify';
import { MOST_BYTES } from '@shared/verify/aside';
import { UnreadError, VerifyError } from '@shared/verify/form';
import { chosen, fetched, recounted, sizeText } from './recount';

const figures = { ballots: 6, electorate: 10, turnout: 6000, quorum_reached: true, advisory: false, score: null, rectify: [], questions: [] };
const shown: ShownResult = {
  evaluation_id: 'one', title: '示例评议', year: 2026, subject_name: '示例', organization_id: 'union', organization_name: '示例工会', questions: [], figures,
  quorum_percent: 30, destroyed: 0, file_bytes: 3, hash: 'ab', merkle_root: 'cd', public_key: '04', published_at: '2026-11-20T02:00:00Z',
};
const report: Report = {
  evaluationId: 'one', title: '示例评议', ballots: 6, electorate: 10, tokens: 6, paper: 0, hash: 'ab', merkleRoot: 'cd', signer: '04',
  spreads: [{ question: 'q5', bins: [{ from: 0, to: 9, count: 6 }] }],
  // The same in another order.
  figures: Object.fromEntries(Object.entries(figures).reverse()),
};
const problem = async (run: Promise<unknown>): Promise<Problem> => {
  const thrown = await run.then(() => null, (one: unknown) => one);
  if (!(thrown instanceof Problem)) throw new Error(`no problem, but ${String(thrown)}`);
  return thrown;
};
const after = (thrown: unknown) => recounted(new Uint8Array(3), shown, [], () => Promise.reject(thrown));
const saying = (change: Partial<Report>, spreads: Spread[] = []) => recounted(new Uint8Array(3), shown, spreads, async () => ({ ...report, ...change }));
const answering = (response: Partial<Response> | Error) => vi.stubGlobal('fetch', async () => {
  if (response instanceof Error) throw response;
  return { ok: true, status: 200, ...response };
});

describe('recounting', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('agrees with what the page shows', async () => {
    expect((await saying({})).ballots).toBe(6);
    expect((await saying({}, report.spreads)).ballots).toBe(6);
  });

  it('tells a difference as a difference', async () => {
    const cases = [
      [after(new VerifyError('figures', 'q2')), 'recount.figures', '（q2）'], [saying({ hash: 'ef' }), 'recount.hash', '不是同一份'],
      [saying({ figures: { ...figures, ballots: 7 } }), 'recount.page', '结果页面上的数字'],
      [saying({}, [{ question: 'q5', bins: [{ from: 0, to: 9, count: 7 }] }]), 'recount.spread', '数字分布'],
    ] as const;
    for (const [run, code, words] of cases) {
      const found = await problem(run);
      expect([found.code, found.detail.includes(words), found.detail.includes('12351')]).toEqual([code, true, true]);
    }
    expect((await problem(saying({ evaluationId: 'two' }))).code).toBe('recount.other');
  });

  it('accuses nobody where the device, the network or the choice of a file is at fault', async () => {
    for (const thrown of [new UnreadError('large'), new UnreadError('stopped'), new RangeError('out of memory'), new VerifyError('lines'), new VerifyError('form')]) {
      const found = await problem(after(thrown));
      expect(found.detail).not.toMatch(/没有对上|截屏/);
    }
    expect((await problem(after(new UnreadError('stopped')))).detail).toMatch(/不说明结果有问题.*zhigong verify appraisal/);
  });

  it('asks for the size first, and for what is missing again', async () => {
    const asked = vi.fn();
    vi.stubGlobal('fetch', asked);
    expect((await problem(fetched({ ...shown, file_bytes: MOST_BYTES + 1 }))).detail).toContain('zhigong verify appraisal');
    expect(asked).not.toHaveBeenCalled();
    answering({ arrayBuffer: async () => new ArrayBuffer(2) });
    const cut = await problem(fetched(shown));
    expect([cut.code, cut.unanswered]).toEqual(['recount.cut', true]);
    answering({ arrayBuffer: async () => new ArrayBuffer(3) });
    expect((await fetched(shown)).length).toBe(3);
    answering({ arrayBuffer: () => Promise.reject(new RangeError('Array buffer allocation failed')) });
    expect((await problem(fetched(shown))).code).toBe('recount.stopped');
    for (const lost of [new TypeError('Failed to fetch'), { arrayBuffer: () => Promise.reject(new TypeError('network error')) }]) {
      answering(lost);
      expect((await problem(fetched(shown))).code).toBe('network.lost');
    }
    expect([sizeText(540_000_000), sizeText(8_333)]).toEqual(['515 MB', '9 KB']);
  });

  it('says that a chosen file is gone, or too large', async () => {
    const file = (size: number, arrayBuffer: () => Promise<ArrayBuffer>) => ({ size, arrayBuffer }) as unknown as File;
    expect((await problem(chosen(file(9, () => Promise.reject(new Error('NotReadableError')))))).code).toBe('recount.unread');
    expect((await problem(chosen(file(MOST_BYTES + 1, async () => new ArrayBuffer(1))))).code).toBe('recount.large');
    expect((await chosen(file(3, async () => new ArrayBuffer(3)))).length).toBe(3);
  });
});
