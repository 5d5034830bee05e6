import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationPage } from '@api/voice';
import * as ballot from '@shared/ballot';
import { noCode } from '@shared/ballot/code';
import { boothOf, type BoothPoll } from './booth';
import { SHEET_BYTES, opinionPollOf, opinionQuestions, sheet, wordStore } from './opinion';
import { receiptsOf, vaultOf } from './vault';

const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));
const fixture = read('../../../shared/ballot/fixture.json') as Record<'spki' | 'key_hash' | 'message' | 'inverse' | 'request' | 'answer', string>;
const base64 = (hex: string) => btoa(String.fromCharCode(...ballot.fromHex(hex)));
const page = {
  polls: [
    { id: 'rating', purpose: 'rating', round: 0, public_key: '00' },
    { id: 'opinion', purpose: 'opinion', round: 0, public_key: fixture.spki },
  ],
  instrument_text: JSON.stringify({ evaluation_id: 'evaluation', title: '示例测评', issuer: 'blind_rsa', key_hash: 'of the rating', opinion_key_hash: fixture.key_hash, questions: [] }),
} as unknown as EvaluationPage;
const poll = opinionPollOf(page) as BoothPoll;

/** The bodies that go out, of a booth on a server that takes everything. */
async function sent(text: string, pressed: boolean): Promise<string> {
  localStorage.clear();
  const bodies: string[] = [];
  const booth = boothOf(poll, {
    vault: vaultOf('member', poll.id, undefined, 'opinion'),
    ballot: async () => ({ ...ballot, startDraw: () => ({ request: ballot.fromHex(fixture.request), pending: { message: fixture.message, inverse: fixture.inverse } }) }),
    draw: async () => base64(fixture.answer),
    cast: async (body) => {
      bodies.push(body);
      const { salt, answers } = JSON.parse(body) as { salt: string; answers: object };
      const bytes = Uint8Array.from(atob(salt), (sign) => sign.charCodeAt(0));
      return { commitment: ballot.toHex(ballot.commitment(poll.key_hash, bytes, new TextEncoder().encode(JSON.stringify(answers)))), tracker: '', fresh: true };
    },
    alone: (_name, run) => run(),
  });
  await booth.draw();
  await booth.cast(sheet(text, noCode(), pressed));
  expect(booth.standing()).toBe('in_box');
  return bodies[0]!;
}

beforeEach(() => localStorage.clear());

describe('the sheet for opinions', () => {
  it('is of the box that the frozen instrument names, with a key of its own', () => {
    expect(poll).toMatchObject({ id: 'opinion', key_hash: fixture.key_hash, bytes: SHEET_BYTES });
    expect(opinionPollOf({ ...page, instrument_text: JSON.stringify({ key_hash: 'x' }) })).toBeNull();
    expect(opinionPollOf({ ...page, polls: [] })).toBeNull();
  });

  it('is as long as every other on its way, whatever stands on it', async () => {
    const longest = '𠀀'.repeat(500);
    const lengths = new Set<number>();
    for (const [text, pressed] of [['', false], ['', true], ['食堂太贵', false], [longest, true], ['"\\\n字'.repeat(125), true]] as const) {
      const body = await sent(text, pressed);
      lengths.add(new TextEncoder().encode(body).length);
      const { answers } = JSON.parse(body) as { answers: Record<string, unknown> };
      expect(answers.q2).toMatch(/^[0-9a-f]{64}$/);
      expect(answers.q1).toBe(text.trim() || undefined);
      expect(answers.q3).toEqual(pressed ? [0] : undefined);
    }
    expect([...lengths]).toEqual([SHEET_BYTES]);
  });

  it('leaves no receipt among those of ratings', async () => {
    await sent('食堂太贵', false);
    expect(receiptsOf('member')).toEqual([]);
    expect(JSON.stringify({ ...localStorage })).not.toContain('食堂');
  });

  it('asks what the server asks', () => {
    expect(opinionQuestions.map((question) => [question.id, question.kind])).toEqual([['q1', 'text'], ['q2', 'text'], ['q3', 'multiple']]);
  });
});

describe('the four words', () => {
  it('stay until they were written down, and no longer', () => {
    const store = wordStore('member', 'opinion');
    expect(store.read()).toBeNull();
    store.keep({ words: '月光 白菜 台阶 钢笔', stretched: 'ff' });
    expect(wordStore('member', 'opinion').read()?.words).toBe('月光 白菜 台阶 钢笔');
    expect(wordStore('somebody else', 'opinion').read()).toBeNull();
    store.forget();
    expect(store.read()).toBeNull();
  });

  it('are not made where nothing can be kept', () => {
    const full = { setItem: () => { throw new Error('full'); }, getItem: () => null, removeItem: () => undefined } as unknown as Storage;
    for (const storage of [null, full]) expect(() => wordStore('member', 'opinion', storage).keep({ words: '月光', stretched: 'ff' })).toThrow(/no_store/);
  });
});
