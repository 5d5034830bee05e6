import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Receipt } from '@api/counter';
import { networkProblem, Problem } from '@shared/problem';
import { useOrder, type KeptOrder } from './order';

const receipt = (id: string, state: Receipt['state'] = 'paid'): Receipt => ({
  id, state, channel: 'shop', shop_id: 's', shop_name: '示例店', merchant_name: '示例', points_cents: 100, cash_cents: 0, points_back_cents: 0,
  cash_back_cents: 0, reference: null, code: null, message: null, at: '2026-11-23T02:00:00Z', day: '2026-11-23', refunds: [], parts: [],
});
const what = { points_cents: 100, cash_cents: 0, shop: 's' };
const wait = () => Promise.resolve();

/** A server that loses answers as the test says. */
function server(answers: { send?: 'lost' | 'hangs' | Problem; ask?: ('lost' | 'none' | 'paid')[] }) {
  const seen: string[] = [];
  const rest = [...(answers.ask ?? [])];
  return {
    seen,
    calls: {
      wait,
      async send(id: string) {
        seen.push(`send ${id}`);
        if (answers.send === 'lost') throw networkProblem();
        if (answers.send === 'hangs') return new Promise<Receipt>(() => undefined);
        if (answers.send) throw answers.send;
        return receipt(id);
      },
      async ask(order: KeptOrder) {
        seen.push(`ask ${order.id}`);
        const next = rest.shift() ?? 'none';
        if (next === 'lost') throw networkProblem();
        return next === 'paid' ? receipt(order.id) : null;
      },
      async giveUp(order: KeptOrder) {
        seen.push(`give up ${order.id}`);
        return receipt(order.id, 'reversed');
      },
    },
  };
}

describe('an order to pay', () => {
  beforeEach(() => localStorage.clear());
  afterEach(() => { vi.useRealTimers(); });

  it('is sent once and forgotten when it is answered', async () => {
    const { seen, calls } = server({});
    const order = useOrder<null>('a', calls);
    const [first, second] = [order.start(null, what), order.start(null, what)];
    expect((await first)?.state).toBe('paid');
    expect(await second).toBeNull();
    expect(order.standing).toBe('decided');
    expect(seen).toHaveLength(1);
    expect(localStorage.length).toBe(0);
    const id = order.order!.id;
    order.clear();
    expect(order.standing).toBe('free');
    expect([order.began(id), order.began('another')]).toEqual([true, false]);
  });

  it('is asked for under the same id when no answer came, and found', async () => {
    const { seen, calls } = server({ send: 'lost', ask: ['lost', 'paid'] });
    const order = useOrder<null>('a', calls);
    expect((await order.start(null, what))?.state).toBe('paid');
    expect(new Set(seen.map((one) => one.split(' ').pop())).size).toBe(1);
    expect(order.problem).toBeNull();
  });

  it('stays unknown, blocks another one, and ends when it is given up', async () => {
    const { calls } = server({ send: 'lost' });
    const order = useOrder<null>('a', calls);
    expect(await order.start(null, what)).toBeNull();
    expect(order.standing).toBe('unknown');
    expect(await order.start(null, what)).toBeNull();
    order.clear();
    expect(order.standing).toBe('unknown');
    await order.giveUp();
    expect(order.receipt?.state).toBe('reversed');
    expect(localStorage.length).toBe(0);
  });

  it('is asked for after a reload, and nothing secret was kept', async () => {
    const lost = server({ send: 'lost' });
    await useOrder<{ code: string }>('a', lost.calls).start({ code: '661234567812345678' }, what);
    expect(JSON.stringify({ ...localStorage })).not.toContain('661234567812345678');
    const back = server({ ask: ['paid'] });
    const order = useOrder<{ code: string }>('a', back.calls);
    expect(order.standing).toBe('unknown');
    await new Promise((resolve) => { setTimeout(resolve); });
    expect(order.standing).toBe('decided');
    expect(back.seen[0]!.split(' ').pop()).toBe(lost.seen[0]!.split(' ').pop());
  });

  it('takes a new id after a refusal', async () => {
    const { seen, calls } = server({ send: new Problem(409, 'ledger.short', '不够') });
    const order = useOrder<null>('a', calls);
    await order.start(null, what);
    expect(order.problem?.code).toBe('ledger.short');
    await order.start(null, what);
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('is given up without a press when it never arrived, and not too early', async () => {
    vi.useFakeTimers();
    const { seen, calls } = server({ send: 'lost', ask: ['lost', 'lost', 'lost', 'lost', 'none', 'lost'] });
    const order = useOrder<null>('a', calls);
    await order.start(null, what);
    await vi.advanceTimersByTimeAsync(44_000);
    expect(order.standing).toBe('unknown');
    expect(seen.filter((one) => one.startsWith('give up'))).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(6000);
    expect(order.receipt?.state).toBe('reversed');
    expect(localStorage.length).toBe(0);
    const calledFor = seen.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toHaveLength(calledFor);
  });

  it('is found when the network comes back, however late, and is then not given up', async () => {
    vi.useFakeTimers();
    const { seen, calls } = server({ send: 'lost', ask: [...Array.from({ length: 30 }, () => 'lost' as const), 'paid'] });
    const order = useOrder<null>('a', calls);
    await order.start(null, what);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(order.receipt?.state).toBe('paid');
    expect(seen.filter((one) => one.startsWith('give up'))).toHaveLength(0);
  });

  it('is asked for when nobody answers at all', async () => {
    vi.useFakeTimers();
    const { calls } = server({ send: 'hangs', ask: ['paid'] });
    const order = useOrder<null>('a', calls);
    const started = order.start(null, what);
    await vi.advanceTimersByTimeAsync(9000);
    expect(order.standing).toBe('sending');
    await vi.advanceTimersByTimeAsync(2000);
    expect((await started)?.state).toBe('paid');
  });

  it('is left to who uses it once the server says why not', async () => {
    vi.useFakeTimers();
    const { seen, calls } = server({ send: 'lost' });
    calls.giveUp = () => Promise.reject(new Problem(403, 'cashier.role', '请店长办理'));
    const order = useOrder<null>('a', calls);
    await order.start(null, what);
    await order.giveUp();
    const calledFor = seen.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toHaveLength(calledFor);
    expect(order.problem?.code).toBe('cashier.role');
  });
});
