import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useCountdown } from './countdown';
import { isOwnDevice, wipe } from './wipe';

const ME = '01900000-0000-7000-8000-000000000001';

describe('a machine that nobody touches', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  function counting(over: () => void) {
    const scope = effectScope();
    const countdown = scope.run(() => useCountdown(over))!;
    return { countdown, end: () => scope.stop() };
  }

  it('forgets after sixty seconds, once', () => {
    const over = vi.fn();
    const { countdown, end } = counting(over);
    vi.advanceTimersByTime(120_000);
    expect(over).not.toHaveBeenCalled();
    countdown.start();
    vi.advanceTimersByTime(59_000);
    expect([over.mock.calls.length, countdown.left.value]).toEqual([0, 1]);
    vi.advanceTimersByTime(1_500);
    expect(over).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(120_000);
    expect(over).toHaveBeenCalledTimes(1);
    end();
  });

  it('begins anew at every touch, and holds still while a ballot is on its way', () => {
    const over = vi.fn();
    const { countdown, end } = counting(over);
    countdown.start();
    for (const name of ['pointerdown', 'keydown', 'input']) {
      vi.advanceTimersByTime(50_000);
      window.dispatchEvent(new Event(name));
    }
    expect([over.mock.calls.length, countdown.left.value]).toEqual([0, 60]);
    countdown.stop();
    window.dispatchEvent(new Event('keydown'));
    vi.advanceTimersByTime(600_000);
    expect(over).not.toHaveBeenCalled();
    end();
  });
});

/** A store that lists its names as a browser's does. */
function store(names: string[]): { storage: Storage; names(): string[] } {
  const kept = new Map(names.map((name) => [name, '1']));
  const storage = new Proxy({} as Storage, {
    get: (_, name) => (name === 'removeItem' ? (key: string) => kept.delete(key) : kept.get(String(name))),
    ownKeys: () => [...kept.keys()],
    getOwnPropertyDescriptor: (_, name) => (kept.has(String(name)) ? { enumerable: true, configurable: true, value: '1' } : undefined),
  });
  return { storage, names: () => [...kept.keys()] };
}

describe('wiping', () => {
  it('leaves nothing of the member, and what is nobody’s', () => {
    const lasting = store([`zhigong.receipt.${ME}.poll`, `zhigong.draft.evaluation.1.${ME}`, `seen.${ME}`, 'zhigong.key.join', 'zhigong.elder']);
    const passing = store([`zhigong.ballot.${ME}.poll`, `zhigong.receipt.${ME}.poll`, 'zhigong.receipt.somebody.poll', 'other']);
    wipe(ME, lasting.storage, passing.storage);
    expect([lasting.names(), passing.names()]).toEqual([['zhigong.elder'], ['other']]);
  });

  it('never touches the ballot of somebody else on a device of hers', () => {
    const lasting = store(['zhigong.ballot.somebody.poll', 'zhigong.draft.join.somebody']);
    wipe(null, lasting.storage, null);
    expect(lasting.names()).toEqual(['zhigong.ballot.somebody.poll']);
    expect([isOwnDevice('somebody', lasting.storage), isOwnDevice(ME, lasting.storage), isOwnDevice(ME, null)]).toEqual([true, false, false]);
  });
});
