import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkSlip, slipRoot } from './slip';
import type { PublishedDay, SlipFields, SlipPath } from './slip';

interface SlipFile extends SlipPath { transfer: SlipFields; root: string }

// The path is no literal: the bundler would take it for an asset of the page.
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const read = <T>(name: string): T => JSON.parse(readFileSync(at(`./fixtures/${name}.json`), 'utf8')) as T;
/** Held against the ledger's own code by crates/rewards/src/ledger/day/leaf.rs; signed with OpenSSL, the key was thrown away. */
const slip = read<SlipFile>('slip');
const day = read<{ items: PublishedDay[] }>('slip-day').items[0]!;

function script(of: SlipFile, published: PublishedDay): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'zhigong-slip-'));
  try {
    const [one, other] = [join(folder, 'slip.json'), join(folder, 'day.json')] as const;
    writeFileSync(one, JSON.stringify(of));
    writeFileSync(other, JSON.stringify({ items: [published] }));
    return execFileSync(process.execPath, [at('../../../examples/check-receipt.mjs'), one, other], { encoding: 'utf8' }).startsWith('in the root');
  } catch (error) {
    expect((error as { stdout: string }).stdout).toMatch(/^NOT in/);
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a slip', () => {
  it('leads to the published root, here and in the script', () => {
    expect(slipRoot(slip.transfer, slip)).toBe(slip.root);
    expect(checkSlip(slip.transfer, slip, day)).toBe('in');
    expect(script(slip, day)).toBe(true);
  });

  it.each<[string, SlipFile, Partial<PublishedDay>]>([
    ['a changed amount', { ...slip, transfer: { ...slip.transfer, amount_cents: 1551 } }, {}],
    ['another reason', { ...slip, transfer: { ...slip.transfer, reason: '示例' } }, {}],
    ['another place', { ...slip, place: 0 }, {}],
    ['a shorter way', { ...slip, path: slip.path.slice(1) }, {}],
    ['a longer way', { ...slip, path: [...slip.path, slip.root] }, {}],
    ['another root', slip, { root: slip.transfer.fingerprint }],
    ['another day', slip, { day: '2026-11-24' }],
    ['another number', slip, { first_seq: 8 }],
  ])('with %s is not in it', (_name, changed, published) => {
    expect(checkSlip(changed.transfer, changed, { ...day, ...published })).toBe('changed');
    expect(script(changed, { ...day, ...published })).toBe(false);
  });

  it('is not enough where the root is not signed', () => {
    const flipped = day.signature.replace(/.$/, (sign) => (sign === '0' ? '1' : '0'));
    expect(checkSlip(slip.transfer, slip, { ...day, signature: flipped })).toBe('seal');
    expect(checkSlip(slip.transfer, slip, { ...day, public_key: `04${'00'.repeat(64)}` })).toBe('seal');
    expect(checkSlip(slip.transfer, { ...slip, path: ['kein', 'hex'] }, day)).toBe('changed');
  });
});
