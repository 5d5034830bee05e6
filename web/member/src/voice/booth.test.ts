import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Question } from '@api/voice';
import * as ballot from '@shared/ballot';
import { Problem, networkProblem } from '@shared/problem';
import { boothOf, type BoothDeps, type BoothPoll } from './booth';
import { receiptsOf, vaultOf } from './vault';

/** Key, and an answer for the one request that the fixed numbers make. */
const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));
const fixture = read('../../../shared/ballot/fixture.json') as Record<'spki' | 'key_hash' | 'other_spki' | 'message' | 'inverse' | 'request' | 'answer' | 'signature', string>;
const questions: Question[] = [
  { id: 'q1', text: '维护权益', weight: 1, required: true, kind: 'scale', steps: [{ label: '满意', score: 100 }, { label: '不满意', score: 0 }] },
  { id: 'q2', text: '想说的话', weight: 0, required: false, kind: 'text', most_chars: 20 },
];
const poll: BoothPoll = { id: 'poll', evaluation_id: 'evaluation', title: '示例测评', issuer: 'blind_rsa', public_key: fixture.spki, key_hash: fixture.key_hash, questions };
const base64 = (hex: string) => btoa(String.fromCharCode(...ballot.fromHex(hex)));

/** A server that signs only the request of the fixture, once, and counts tokens; a device that may lose replies. */
function stage(more: Partial<BoothDeps> = {}, what: Partial<BoothPoll> = {}) {
  const drawn = new Set<string>();
  const bodies: string[] = [];
  const spent = new Map<string, string>();
  const lose = { drawRequest: 0, drawReply: 0, castRequest: 0, castReply: 0 };
  const take = (which: keyof typeof lose) => {
    if (lose[which] === 0) return;
    lose[which] -= 1;
    throw networkProblem();
  };
  let secrets = 0;
  const deps: BoothDeps = {
    vault: vaultOf('member', 'poll'),
    ballot: async () => ({ ...ballot, startDraw: (issuer: ballot.Issuer) => {
      ballot.openKey(issuer.publicKey, issuer.publishedHash);
      secrets += 1;
      return { request: ballot.fromHex(fixture.request), pending: { message: fixture.message, inverse: fixture.inverse } };
    } }),
    async draw(_id, request) {
      take('drawRequest');
      if (drawn.size > 0 && !drawn.has(request)) throw new Problem(409, 'poll.drawn', '您已经领过票了。');
      drawn.add(request);
      take('drawReply');
      return base64(fixture.answer);
    },
    async cast(body) {
      take('castRequest');
      bodies.push(body);
      const sent = JSON.parse(body) as { token: string; salt: string; answers: object };
      const bytes = (text: string) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
      const commitment = ballot.toHex(ballot.commitment(poll.key_hash, bytes(sent.salt), new TextEncoder().encode(JSON.stringify(sent.answers))));
      const fresh = !spent.has(sent.token);
      if (fresh) spent.set(sent.token, commitment);
      take('castReply');
      return { commitment, tracker: '', fresh };
    },
    alone: (_name, run) => run(),
    ...more,
  };
  /** As after a reload: nothing is left but the storage. */
  const again = () => boothOf({ ...poll, ...what }, deps);
  return { again, deps, drawn, bodies, spent, lose, secrets: () => secrets };
}
const unanswered = expect.objectContaining({ code: 'network.lost' }) as Problem;

beforeEach(() => localStorage.clear());

describe('a ballot', () => {
  it('goes from nothing into the box, and the device keeps no more than the receipt', async () => {
    const { again, bodies } = stage();
    const booth = again();
    expect(booth.standing()).toBe('nothing');
    await booth.draw();
    expect(booth.standing()).toBe('drawn');
    const receipt = await booth.cast({ q2: ' 谢谢 ', q1: 0 });
    expect(booth.standing()).toBe('in_box');
    expect(receipt.tracker).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(JSON.parse(bodies[0]!)).toMatchObject({ poll_id: 'poll', answers: { q1: 0, q2: '谢谢' } });
    const left = JSON.stringify({ ...localStorage });
    const { salt, token, signature } = JSON.parse(bodies[0]!) as Record<string, string>;
    for (const secret of [salt!, token!, signature!, fixture.message, fixture.signature, '谢谢', 'answers']) expect(left).not.toContain(secret);
    expect(receiptsOf('member')).toEqual([receipt]);
    expect(receiptsOf('somebody else')).toEqual([]);
  });

  it('is kept on the device before it is asked for', async () => {
    const { again, deps } = stage({ draw: () => Promise.reject(networkProblem()) });
    await expect(again().draw()).rejects.toEqual(unanswered);
    expect(again().standing()).toBe('secret');
    expect(deps.vault.kept()).toMatchObject({ request: base64(fixture.request), token: null });
  });

  it.each(['drawRequest', 'drawReply'] as const)('survives a lost %s with the same request', async (which) => {
    const { again, drawn, lose, secrets } = stage();
    lose[which] = 2;
    await expect(again().draw()).rejects.toEqual(unanswered);
    await expect(again().draw()).rejects.toEqual(unanswered);
    await again().draw();
    expect(again().standing()).toBe('drawn');
    expect([drawn.size, secrets()]).toEqual([1, 1]);
  });

  it.each(['castRequest', 'castReply'] as const)('survives a lost %s with the same ballot', async (which) => {
    const { again, bodies, spent, lose, secrets } = stage();
    await again().draw();
    lose[which] = 2;
    await expect(again().cast({ q1: 0 })).rejects.toEqual(unanswered);
    expect(again().standing()).toBe('sent');
    // Even if the page has other answers by now.
    await expect(again().cast({ q1: 1 })).rejects.toEqual(unanswered);
    await again().cast({ q1: 1 });
    expect(again().standing()).toBe('in_box');
    expect(new Set(bodies).size).toBe(1);
    expect([spent.size, secrets()]).toEqual([1, 1]);
    expect(JSON.parse(bodies[0]!)).toMatchObject({ answers: { q1: 0 } });
  });

  it('is drawn and cast once however often the button is pressed', async () => {
    const { again, bodies, secrets } = stage();
    const booth = again();
    await Promise.all([booth.draw(), booth.draw(), booth.draw()]);
    const receipts = await Promise.all([booth.cast({ q1: 0 }), booth.cast({ q1: 0 }), booth.cast({ q1: 1 })]);
    expect(new Set(receipts.map((one) => one.tracker)).size).toBe(1);
    expect([bodies.length, secrets()]).toEqual([1, 1]);
    await booth.draw();
    expect((await booth.cast({ q1: 1 })).tracker).toBe(receipts[0]!.tracker);
    expect(bodies).toHaveLength(1);
  });

  it('can be mended when its answers were refused, under the same token', async () => {
    let no = true;
    const base = stage();
    const { again, bodies } = stage({ cast: (body) => (no ? Promise.reject(new Problem(422, 'answer.wrong', '请改正。')) : base.deps.cast(body)) });
    await again().draw();
    await expect(again().cast({ q1: 7 })).rejects.toMatchObject({ code: 'answer.wrong' });
    expect(again().standing()).toBe('drawn');
    no = false;
    await again().cast({ q1: 1 });
    expect(JSON.parse(base.bodies[0]!)).toMatchObject({ answers: { q1: 1 } });
    expect(bodies).toHaveLength(0);
  });
});

describe('a ballot is refused', () => {
  it('where nothing can be kept, before it is drawn', async () => {
    let asked = 0;
    const full = { setItem: () => { throw new Error('full'); }, getItem: () => null, removeItem: () => undefined } as unknown as Storage;
    for (const storage of [null, full]) {
      const { again } = stage({ vault: vaultOf('member', 'poll', storage), draw: async () => { asked += 1; return ''; } });
      expect(again().standing()).toBe('shut');
      await expect(again().draw()).rejects.toMatchObject({ code: 'ballot.no_store' });
    }
    expect(asked).toBe(0);
  });

  it('when the key is not the published one, before anything is asked', async () => {
    let asked = 0;
    const { again } = stage({ draw: async () => { asked += 1; return ''; } }, { public_key: fixture.other_spki });
    await expect(again().draw()).rejects.toMatchObject({ code: 'ballot.key' });
    expect([asked, again().standing()]).toEqual([0, 'nothing']);
  });

  it('when the answer was not signed by the key, and can be drawn again', async () => {
    const wrong = base64(fixture.answer.replace(/^../, '00'));
    const { again } = stage({ draw: async () => wrong });
    await expect(again().draw()).rejects.toMatchObject({ code: 'ballot.answer' });
    expect(again().standing()).toBe('secret');
  });

  it('on a second device, which keeps nothing of it', async () => {
    const { again } = stage({ draw: () => Promise.reject(new Problem(409, 'poll.drawn', '您已经领过票了。')) });
    await expect(again().draw()).rejects.toMatchObject({ code: 'poll.drawn' });
    expect(again().standing()).toBe('nothing');
  });

  it('after the end; one that was on its way leaves a receipt to check', async () => {
    const closed = () => Promise.reject(new Problem(409, 'poll.closed', '已经截止。'));
    const first = stage({ cast: closed });
    await first.again().draw();
    await expect(first.again().cast({ q1: 0 })).rejects.toMatchObject({ code: 'poll.closed' });

    localStorage.clear();
    let times = 0;
    const late = stage({ cast: () => ((times += 1) === 1 ? Promise.reject(networkProblem()) : closed()) });
    await late.again().draw();
    await expect(late.again().cast({ q1: 0 })).rejects.toEqual(unanswered);
    expect(await late.again().cast({ q1: 0 })).toMatchObject({ sure: false });
    expect(late.deps.vault.kept()).toBeNull();
  });

  it('by another receipt than its own: the member is told', async () => {
    const { again, deps } = stage({ cast: async () => ({ commitment: 'ff'.repeat(32), tracker: '', fresh: true }) });
    await again().draw();
    await expect(again().cast({ q1: 0 })).rejects.toMatchObject({ code: 'ballot.receipt' });
    expect(deps.vault.receipt()?.commitment).not.toBe('ff'.repeat(32));
  });

  it('when the reply is no ballot’s reply, as from a sign-on page of a hotel', async () => {
    const { again } = stage({ cast: async () => ({}) as never });
    await again().draw();
    await expect(again().cast({ q1: 0 })).rejects.toEqual(unanswered);
    expect(again().standing()).toBe('sent');
  });
});
