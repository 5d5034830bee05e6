import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import * as ballot from '@shared/ballot';
import { draftStore } from '@shared/draft';
import { Problem, networkProblem } from '@shared/problem';
import { boothOf, type BoothPoll } from './booth';
import { coversOf } from './cover';
import { SHEET_BYTES, opinionQuestions, sheet, wordStore } from './opinion';
import { owe, owed, paid } from './owed';
import { vaultOf } from './vault';

const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));
const fixture = read('../../../shared/ballot/fixture.json') as Record<'spki' | 'key_hash' | 'message' | 'inverse' | 'request' | 'answer', string>;
const base64 = (hex: string) => btoa(String.fromCharCode(...ballot.fromHex(hex)));
const poll: BoothPoll = { id: 'opinion', evaluation_id: 'e1', title: '示例测评', issuer: 'blind_rsa', public_key: fixture.spki, key_hash: fixture.key_hash, questions: opinionQuestions, bytes: SHEET_BYTES };
const fixed = async () => ({ ...ballot, startDraw: () => ({ request: ballot.fromHex(fixture.request), pending: { message: fixture.message, inverse: fixture.inverse } }) });

/** A phone on which somebody voted and drew a sheet; what goes out while a page is open, and while one is closed. */
async function phone(path = '/home') {
  const bodies: string[] = [];
  const parted: string[] = [];
  const server = { answers: async (body: string) => ({ body }) as object, path };
  async function cast(body: string) {
    bodies.push(body);
    await server.answers(body);
    const { salt, answers } = JSON.parse(body) as { salt: string; answers: object };
    const bytes = Uint8Array.from(atob(salt), (sign) => sign.charCodeAt(0));
    return { commitment: ballot.toHex(ballot.commitment(poll.key_hash, bytes, new TextEncoder().encode(JSON.stringify(answers)))), tracker: '', fresh: true };
  }
  const vault = vaultOf('member', poll.id, undefined, 'opinion');
  const booth = boothOf(poll, { vault, ballot: fixed, draw: async () => base64(fixture.answer), cast, alone: (_name, run) => run() });
  await booth.draw();
  owe('member', poll);
  const covers = coversOf({ ballot: fixed, cast, part: (body) => parted.push(body), path: () => server.path });
  await covers.ready();
  return { bodies, parted, server, booth, covers };
}
const answersOf = (body: string) => (JSON.parse(body) as { answers: Record<string, unknown> }).answers;
const begin = (text: string) => draftStore<{ text: string }>('opinion.e1', 'member').save({ text }, new Date());

beforeEach(() => localStorage.clear());

describe('whoever says nothing and closes the page', () => {
  it('sends a blank sheet as long as any other, without waiting, and once', async () => {
    const { parted, bodies, booth, covers } = await phone('/evaluations/e1/fill');
    covers.part();
    expect([parted.length, bodies.length, booth.standing()]).toEqual([1, 0, 'sent']);
    expect(new TextEncoder().encode(parted[0]!).length).toBe(SHEET_BYTES);
    expect(Object.keys(answersOf(parted[0]!))).toEqual(['q2']);
    expect(answersOf(parted[0]!).q2).toMatch(/^[0-9a-f]{64}$/);
    // Nobody knows whether it arrived: the same goes out again, and never another one.
    covers.part();
    await covers.send();
    expect([...parted, ...bodies].every((body) => body === parted[0])).toBe(true);
    expect([booth.standing(), owed()]).toEqual(['in_box', []]);
    covers.part();
    expect(parted.length).toBe(2);
  });

  it('is sent by a later page what the page could not', async () => {
    const { bodies, server, booth, covers } = await phone();
    server.answers = () => Promise.reject(networkProblem());
    await covers.send();
    expect([bodies.length, booth.standing(), owed().length]).toEqual([1, 'sent', 1]);
    server.answers = async () => ({});
    await covers.send();
    expect([bodies[0] === bodies[1], booth.standing(), owed()]).toEqual([true, 'in_box', []]);
  });

  it('is not spoken for where something was begun, or may still be', async () => {
    const { bodies, parted, server, booth, covers } = await phone('/evaluations/e1/fill');
    await covers.send();
    expect(bodies).toEqual([]);
    begin('食堂');
    server.path = '/home';
    await covers.send();
    covers.part();
    expect([bodies, parted, booth.standing()]).toEqual([[], [], 'drawn']);
    begin('  ');
    await covers.send();
    expect(booth.standing()).toBe('in_box');
  });

  it('leaves what somebody wrote as it was sent', async () => {
    const { parted, server, booth, covers, bodies } = await phone();
    server.answers = () => Promise.reject(networkProblem());
    wordStore('member', poll.id).keep({ words: '月光 白菜 台阶 钢笔', stretched: 'ab'.repeat(32) });
    await booth.cast(sheet('食堂太贵', 'ab'.repeat(32), false)).catch(() => undefined);
    covers.part();
    expect([parted[0] === bodies[0], answersOf(parted[0]!).q1]).toEqual([true, '食堂太贵']);
    expect(wordStore('member', poll.id).read()?.words).toBe('月光 白菜 台阶 钢笔');
  });

  it('is forgotten when the box is closed', async () => {
    const { server, covers } = await phone();
    server.answers = () => Promise.reject(new Problem(409, 'poll.closed', '投票已经截止。'));
    await covers.send();
    expect(owed()).toEqual([]);
  });
});

describe('what is owed', () => {
  it('says nothing of what was asked, and is gone once it is paid', () => {
    owe('member', poll);
    owe('other', { ...poll, id: 'second' });
    expect(JSON.stringify({ ...localStorage })).not.toContain('questions');
    expect(owed().map((one) => one.poll.id).sort()).toEqual(['opinion', 'second']);
    paid({ owner: 'member', poll });
    expect(owed().map((one) => one.owner)).toEqual(['other']);
    localStorage.setItem('zhigong.opinion-owed.member.odd', '{');
    expect(owed().length).toBe(1);
  });
});
