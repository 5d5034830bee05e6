/**
 * The idle clock. The server ends a session after `idle_minutes` without a request; the desk warns two minutes before,
 * and while somebody types or reads on, it tells the server so. Tabs share one clock through the local store.
 */
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

const WARN_MS = 120_000;
const TICK_MS = 5_000;
const PLACE = 'zhigong.desk.seen';

export type IdleStep = 'fine' | 'renew' | 'warn' | 'over';

/** What to do now: `seen` is the last request, `moved` the last key or pointer, all in milliseconds. */
export function idleStep(now: number, seen: number, moved: number, limit: number): IdleStep {
  const left = limit - (now - seen);
  if (left <= 0) return 'over';
  const warn = Math.min(WARN_MS, limit / 2);
  if (left <= warn) return 'warn';
  return moved > seen && now - seen > limit / 3 ? 'renew' : 'fine';
}

export interface Idle { warning: Ref<boolean>; leftSeconds: Ref<number>; stay(): Promise<void> }

export function useIdle(minutes: () => number, renew: () => Promise<unknown>, over: () => void): Idle {
  const warning = ref(false);
  const leftSeconds = ref(0);
  let moved = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const move = () => { moved = Date.now(); };

  async function stay(): Promise<void> {
    mark();
    warning.value = false;
    // A failed renewal shows itself at the next request; the clock here goes on meanwhile.
    await renew().catch(() => undefined);
  }
  function tick(): void {
    const limit = minutes() * 60_000;
    if (!(limit > 0)) return;
    const step = idleStep(Date.now(), lastSeen(), moved, limit);
    warning.value = step === 'warn';
    leftSeconds.value = Math.max(0, Math.round((limit - (Date.now() - lastSeen())) / 1000));
    if (step === 'renew') void stay();
    if (step === 'over') over();
  }
  onMounted(() => {
    mark();
    timer = setInterval(tick, TICK_MS);
    for (const name of ['keydown', 'pointerdown', 'wheel']) addEventListener(name, move, { passive: true });
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    for (const name of ['keydown', 'pointerdown', 'wheel']) removeEventListener(name, move);
  });
  return { warning, leftSeconds, stay };
}

let seenHere = 0;

/** A request was just answered. */
export function mark(): void {
  seenHere = Date.now();
  try {
    localStorage.setItem(PLACE, String(seenHere));
  } catch { /* then this tab keeps its own clock */ }
}

function lastSeen(): number {
  try {
    return Math.max(seenHere, Number(localStorage.getItem(PLACE)) || 0);
  } catch {
    return seenHere;
  }
}
