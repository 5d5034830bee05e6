import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromHex, utf8 } from '../ballot/bytes';
import { interval } from './recount';
import { sm2Verify, sm3Hex } from './sm2';
import { recount, VerifyError, verifyFile } from './index';
import { checkSpreads, type Spread } from './spread';
import type { Publication } from './form';

/** Written by crates/voice/src/result/tests.rs; the private key of the tokens was thrown away. */
const NAMES = ['small', 'large', 'short'] as const;
// The path is no literal: the bundler would take it for an asset of the page.
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))));
const bytes = (name: string): Uint8Array => read(`./fixtures/${name}.jsonl`);

const code = (file: Uint8Array, signer?: string): string => {
  try {
    verifyFile(file, signer);
  } catch (error) {
    if (error instanceof VerifyError) return error.code;
    throw error;
  }
  return 'good';
};

describe('files that the server made', () => {
  it.each([['small', 5], ['large', 24], ['short', 12]] as const)('%s is recounted to the same numbers', (name, ballots) => {
    const file = bytes(name);
    const report = verifyFile(file);
    expect(report.ballots).toBe(ballots);
    expect(report.figures.ballots).toBe(ballots);
    expect(verifyFile(file, report.signer).hash).toBe(report.hash);
    expect(code(file, report.signer.replace(/.$/, (sign) => (sign === '0' ? '1' : '0')))).toBe('signature');
  });

  it('are not good with a byte changed, a line missing or one too many', () => {
    for (const name of NAMES) {
      const file = bytes(name);
      for (let at = 1; at < file.length; at += 997) {
        const bent = file.slice();
        bent[at] = (bent[at] ?? 0) ^ 1;
        expect(code(bent), `${name} ${at}`).not.toBe('good');
      }
      expect(code(file.slice(0, -1))).toBe('lines');
      expect(code(new Uint8Array([...file, 10]))).toBe('lines');
    }
    expect(code(new Uint8Array())).toBe('lines');
    expect(code(utf8('{}\n{}\n'))).toBe('hash');
  });
});

describe('how numbers are spread', () => {
  /** What the server shows of `large` beside the file. */
  const shown = (): Spread[] => (JSON.parse(new TextDecoder().decode(read('./fixtures/large-after.json'))) as { spreads: Spread[] }).spreads;
  const { spreads } = verifyFile(bytes('large'));
  const found = (change: (spread: Spread) => void): string => {
    const [spread, ...rest] = shown();
    change(spread!);
    try {
      checkSpreads(spreads, [spread!, ...rest]);
    } catch (error) {
      if (error instanceof VerifyError) return `${error.code} ${error.where}`;
      throw error;
    }
    return 'good';
  };

  it('is the same in the server and here; what is not shown yet is no fault', () => {
    expect(spreads).toEqual(shown());
    expect(found(() => undefined)).toBe('good');
    checkSpreads(spreads, []);
  });

  it('is found to be wrong, whatever is changed', () => {
    const bins = shown()[0]!.bins.length;
    expect(bins).toBe(8);
    for (let place = 0; place < bins; place += 1) {
      for (const part of ['from', 'to', 'count'] as const) expect(found((spread) => { spread.bins[place]![part] += 1; })).toBe('spread q5');
      expect(found((spread) => { spread.bins.splice(place, 1); })).toBe('spread q5');
    }
    expect(found((spread) => { spread.question = 'q1'; })).toBe('spread q1');
  });
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every entry flipped, dropped or doubled, one at a time; the path says which. */
function* changes(value: Json, put: (changed: Json) => Json, path: string): Generator<[string, Json]> {
  if (typeof value === 'number') yield* [[`more ${path}`, put(value + 1)], [`less ${path}`, put(value - 1)]] as [string, Json][];
  if (typeof value === 'boolean') yield [`turned ${path}`, put(!value)];
  if (typeof value === 'string' && /^[0-9a-f]{64,}$/.test(value)) {
    const at = value.length / 2;
    yield [`flipped ${path}`, put(value.slice(0, at) + (value.charAt(at) === '0' ? '1' : '0') + value.slice(at + 1))];
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const place of value.keys()) {
      const same = value[place] ?? null;
      yield [`dropped ${path}/${place}`, put([...value.slice(0, place), ...value.slice(place + 1)])];
      yield [`doubled ${path}/${place}`, put([...value.slice(0, place), same, ...value.slice(place)])];
      yield* changes(same, (changed) => put(value.map((old, at) => (at === place ? changed : old))), `${path}/${place}`);
    }
    return;
  }
  for (const [name, old] of Object.entries(value)) {
    yield* changes(old, (changed) => put({ ...value, [name]: changed }), `${path}/${name}`);
  }
}

describe('a publication that was signed by somebody who lies', () => {
  it('does not recount, whatever is flipped, dropped or added', () => {
    const line = new TextDecoder().decode(bytes('small')).split('\n')[0] ?? '';
    const whole = JSON.parse(line) as Json;
    recount(whole as unknown as Publication);
    const silent: string[] = [];
    let tried = 0;
    for (const [path, changed] of changes(whole, (value) => value, '')) {
      tried += 1;
      try {
        recount(changed as unknown as Publication);
        silent.push(path);
      } catch (error) {
        if (!(error instanceof VerifyError)) throw error;
      }
    }
    expect(tried).toBeGreaterThan(150);
    // Who drew and did not come back, and how many came on paper, is nobody's to recount: within its bounds it is only signed.
    expect(silent.filter((path) => !/\/(?:drawn|paper)$/.test(path))).toEqual([]);
  }, 60_000);
});

describe('arithmetic, held against the server', () => {
  it.each([
    [0, 5, 0, 4345], [5, 5, 5655, 10000], [0, 0, 0, 10000], [1, 10, 178, 4042], [98, 100, 9299, 9945],
    [325000, 650000, 4987, 5013], [650000, 650000, 9999, 10000],
  ])('interval of %i of %i', (k, n, low, high) => expect(interval(k, n)).toEqual([low, high]));

  it('SM3 gives the digests of GB/T 32905-2016, A.1 and A.2', () => {
    expect(sm3Hex(utf8('abc'))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    expect(sm3Hex(utf8('abcd'.repeat(16)))).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
  });

  it('SM2 refuses what is no signature', () => {
    const key = new Uint8Array(65).fill(4);
    expect(sm2Verify(key, utf8('x'), new Uint8Array(64).fill(1))).toBe(false);
    expect(sm2Verify(fromHex(''), utf8('x'), new Uint8Array(64))).toBe(false);
  });
});
