import { beforeEach, describe, expect, it } from 'vitest';
import { dropAllDrafts } from '@shared/draft';
import { dropSecret, isOld, keepSecret, keptSecret, setClock } from './keep';
import { codeOf, digitsOf, grouped, secondsLeft, stepAt, stepToShow, type PaySecret } from './paycode';

const KEY = '12345678901234567890123456789012';
const NOW = Date.parse('2026-11-23T02:00:00Z');
const told = {
  device_id: 'd', prefix: '66', number: '00412345', secret: btoa(KEY), step_seconds: 30,
  good_until: '2026-12-23T02:00:00Z', now: '2026-11-23T02:00:05Z',
};
const kept = (): PaySecret => ({ owner: 'a', ahead_ms: 0, device_id: told.device_id, prefix: '66', number: told.number, secret: told.secret, step_seconds: 30, good_until: told.good_until });

describe('a pay code', () => {
  it('agrees with RFC 6238, appendix B, SHA256', () => {
    const secret = new TextEncoder().encode(KEY);
    for (const [seconds, digits] of [[59, '46119246'], [1111111109, '68084774'], [1111111111, '67062674'], [1234567890, '91819424'], [2000000000, '90698825'], [20000000000, '77737706']] as const) {
      expect(digitsOf(secret, Math.floor(seconds / 30))).toBe(digits);
    }
    expect(codeOf(kept(), 1)).toBe('660041234546119246');
    expect(grouped('660041234546119246')).toBe('6600 4123 4546 119246');
  });

  it('is another one every half minute, by the clock of the server', () => {
    expect(stepAt(kept(), 59_999)).toBe(1);
    expect(stepAt({ ...kept(), ahead_ms: 1 }, 59_999)).toBe(2);
    expect([0, 29_500, 30_000].map((now) => secondsLeft(kept(), now))).toEqual([30, 1, 30]);
  });

  it('shows the next one once it was used, and none when both were', () => {
    expect(stepToShow(kept(), 60_000, null)).toBe(2);
    expect(stepToShow(kept(), 60_000, 1)).toBe(2);
    expect(stepToShow(kept(), 60_000, 2)).toBe(3);
    expect(stepToShow(kept(), 60_000, 3)).toBeNull();
  });
});

describe('what is kept of it', () => {
  beforeEach(() => localStorage.clear());

  it('belongs to one account, ends, and goes with a sign-out', () => {
    expect(keptSecret('a', NOW)).toBeNull();
    expect(keepSecret('a', told, NOW)?.ahead_ms).toBe(5000);
    expect(keptSecret('a', NOW)?.number).toBe('00412345');
    expect(keptSecret(null, NOW)?.number).toBe('00412345');
    expect(keptSecret('b', NOW)).toBeNull();
    expect(keptSecret('a', Date.parse(told.good_until))).toBeNull();
    dropAllDrafts();
    expect(keptSecret('a', NOW)).toBeNull();
  });

  it('follows the clock and is renewed before it ends', () => {
    const first = keepSecret('a', told, NOW)!;
    expect(setClock(first, '2026-11-23T01:59:50Z', NOW).ahead_ms).toBe(-10_000);
    expect(keptSecret('a', NOW)?.ahead_ms).toBe(-10_000);
    expect(isOld(first, NOW)).toBe(false);
    expect(isOld(first, Date.parse('2026-12-19T00:00:00Z'))).toBe(true);
    dropSecret();
    localStorage.setItem('zhigong.key.pay', '{"secret":');
    expect(keptSecret('a', NOW)).toBeNull();
  });
});
