import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { MOST_BYTES, verifyAside, type Beside } from './aside';
import { UnreadError, VerifyError } from './form';
import { work, type Question, type Said } from './work';

// The path is no literal: the bundler would take it for an asset of the page.
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))));
const good = () => read('./fixtures/small.jsonl');

/** A worker that says these things after it was asked; `begins` is whether it can be read at all. */
class Fake {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  onmessageerror: (() => void) | null = null;
  asked: Question[] = [];
  ended = false;

  constructor(private readonly answer: (question: Question) => Said | 'dies', begins = true) {
    setTimeout(() => (begins ? this.onmessage?.({ data: 'ready' }) : this.onerror?.()), 0);
  }

  postMessage(question: Question): void {
    this.asked.push(question);
    const said = this.answer(question);
    setTimeout(() => (said === 'dies' ? this.onerror?.() : this.onmessage?.({ data: said })), 0);
  }

  terminate(): void {
    this.ended = true;
  }
}
const starting = (fake: Fake | null) => async () => fake as unknown as Beside | null;
const caught = (file: Uint8Array, fake: Fake | null): Promise<unknown> => verifyAside(file, undefined, starting(fake)).catch((thrown: unknown) => thrown);

describe('verifying beside the page', () => {
  it('says what the worker says, and lets it go', async () => {
    const fake = new Fake(work);
    const report = await verifyAside(good(), undefined, starting(fake));
    expect([report.ballots, fake.asked.length, fake.ended]).toEqual([5, 1, true]);
  });

  it('is done by the page where there is no worker, or none that begins', async () => {
    expect((await verifyAside(good(), undefined, starting(null))).ballots).toBe(5);
    const dead = new Fake(work, false);
    expect((await verifyAside(good(), undefined, starting(dead))).ballots).toBe(5);
    expect([dead.asked.length, dead.ended]).toEqual([0, true]);
  });

  it('hands on a fault with its place', async () => {
    const bent = good();
    bent[100] = (bent[100] ?? 0) ^ 1;
    for (const make of [() => null, () => new Fake(work)]) {
      const thrown = await caught(bent, make());
      expect(thrown).toBeInstanceOf(VerifyError);
      expect((thrown as VerifyError).code).toBe('hash');
    }
    const thrown = await caught(good(), new Fake(() => ({ fault: 'column', where: 'q3' }))) as VerifyError;
    expect([thrown.code, thrown.where]).toEqual(['column', 'q3']);
  });

  it('accuses no file that the device could not work through', async () => {
    const stopped = await caught(good(), new Fake(() => 'dies'));
    expect(stopped).toBeInstanceOf(UnreadError);
    const large = new Fake(work);
    expect(((await caught(new Uint8Array(MOST_BYTES + 1), large)) as UnreadError).code).toBe('large');
    expect(large.asked).toEqual([]);
    const parse = vi.spyOn(JSON, 'parse').mockImplementation(() => { throw new RangeError('Invalid string length'); });
    const full = work({ file: good() });
    parse.mockRestore();
    expect(full).toEqual({ unread: 'stopped' });
  });
});
