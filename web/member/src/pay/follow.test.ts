import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { News, PaymentStep } from '@api/counter';
import { follow } from './follow';

const step = (seq: number): PaymentStep => ({
  seq, payment_id: String(seq), kind: 'paid', shop_id: 's', shop_name: '店', merchant_name: '商', refund_id: null, points_cents: 1, cash_cents: 0,
  at: '2026-11-23T02:00:00Z', day: '2026-11-23',
});

describe('following payments', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('goes on after the last one it knows, over a broken stream, and tells each once', async () => {
    const answers: News[] = [{ items: [], after: 7 }, { items: [step(8), step(9)], after: 9 }];
    const asked: (number | undefined)[] = [];
    const opened: { address: string; onmessage: ((message: { data: string }) => void) | null; onerror: (() => void) | null; close(): void }[] = [];
    const told: number[] = [];
    const following = follow(
      async (after) => { asked.push(after); return answers.shift() ?? { items: [], after: 9 }; },
      '/live',
      (one) => told.push(one.seq),
      (address) => { const source = { address, onmessage: null, onerror: null, close: vi.fn() }; opened.push(source); return source; },
    );
    await vi.advanceTimersByTimeAsync(2000);
    expect(opened[0]!.address).toBe('/live?after=7');
    opened[0]!.onmessage!({ data: JSON.stringify(step(8)) });
    opened[0]!.onerror!();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual([undefined, 8]);
    expect(told).toEqual([8, 9]);
    expect(opened[1]!.address).toBe('/live?after=9');
    following.stop();
    opened[1]!.onmessage!({ data: JSON.stringify(step(10)) });
    expect(told).toEqual([8, 9]);
  });

  it('looks every few seconds where there is no stream', async () => {
    let looks = 0;
    const following = follow(async () => { looks += 1; return { items: [], after: 0 }; }, '/live', () => undefined, null);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(looks).toBe(3);
    following.stop();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(looks).toBe(3);
  });
});
