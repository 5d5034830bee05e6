/**
 * An order to pay or to charge, from before it is sent until it is decided. Its id is made, and kept on this phone, before the
 * first attempt. When no answer comes the same id is asked for, again and again without a press; one of which the server has
 * not heard after three quarters of a minute is given up (a shop reverses it), so that it can never be made later. One that
 * was made stays made: it is asked for before it is given up. Nobody pays twice, and nothing stays open.
 *
 *     free → sending → decided
 *              └→ unknown ─ ask again, by itself or by a press ─→ decided
 *                    └─ give up, by itself after a while or by a press ─→ decided
 */
import { reactive } from 'vue';
import type { Receipt } from '@api/counter';
import { newTimedKey } from '@shared/key';
import { asProblem, networkProblem, type Problem } from '@shared/problem';

/** What of an order outlives a reload; never a code. */
export interface KeptOrder { id: string; points_cents: number; cash_cents: number; shop: string; /** When it was sent, in milliseconds. */ at: number }

export interface OrderCalls<Body> {
  send(id: string, body: Body): Promise<Receipt>;
  /** What became of it; null when it never arrived. */
  ask(order: KeptOrder): Promise<Receipt | null>;
  giveUp(order: KeptOrder): Promise<Receipt>;
  /** Between two questions. */
  wait?(): Promise<void>;
}

export interface LiveOrder<Body> {
  readonly standing: 'free' | 'sending' | 'unknown' | 'decided';
  readonly order: KeptOrder | null;
  readonly receipt: Receipt | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
  start(body: Body, what: Omit<KeptOrder, 'id' | 'at'>): Promise<Receipt | null>;
  ask(): Promise<void>;
  giveUp(): Promise<void>;
  /** Ready for another one. */
  clear(): void;
  /** Whether it began on this page, be it long done with: news of it may come late. */
  began(id: string): boolean;
}

const QUESTIONS = 3;
const PAUSE_MS = 2000;
/** So long an answer is waited for; then it counts as lost. */
const PATIENCE_MS = 10_000;
/** After so long it is asked for once more without a press. */
const AGAIN_MS = 5000;
/** So long after it was sent it is given up when it never arrived: over a network that works it is decided within a minute. */
const CLOSE_MS = 45_000;
const pause = () => new Promise<void>((resolve) => { setTimeout(resolve, PAUSE_MS); });

/** A call, or a lost network when nobody answers. */
async function patient<T>(call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(networkProblem()); }, PATIENCE_MS); });
  try {
    return await Promise.race([call, over]);
  } finally {
    clearTimeout(timer);
  }
}

function recall(place: string): KeptOrder | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as KeptOrder | null;
    return kept && typeof kept.id === 'string' && typeof kept.points_cents === 'number' ? { ...kept, at: Number(kept.at) || 0 } : null;
  } catch {
    return null;
  }
}

function keep(place: string, order: KeptOrder | null): void {
  try {
    if (order) localStorage.setItem(place, JSON.stringify(order));
    else localStorage.removeItem(place);
  } catch { /* storage refused: it then lives as long as the page */ }
}

/** Asks a few times what became of an order; null when nobody knows yet. */
async function asked<Body>(calls: OrderCalls<Body>, order: KeptOrder, failed: (problem: Problem) => void): Promise<Receipt | null> {
  for (let round = 0; round < QUESTIONS; round += 1) {
    await (calls.wait ?? pause)();
    try {
      const receipt = await patient(calls.ask(order));
      if (receipt) return receipt;
    } catch (thrown) {
      failed(asProblem(thrown));
    }
  }
  return null;
}

/** Without a press: asks, and gives up what never arrived when its time is over. */
async function closed<Body>(calls: OrderCalls<Body>, order: KeptOrder): Promise<Receipt | null> {
  const receipt = await patient(calls.ask(order));
  return receipt ?? (Math.abs(Date.now() - order.at) >= CLOSE_MS ? patient(calls.giveUp(order)) : null);
}

/** It is decided, or done with; another page may have begun another one since. */
function over(place: string, state: { order: KeptOrder | null }, more: object): void {
  if (recall(place)?.id === state.order?.id) keep(place, null);
  Object.assign(state, more);
}

/** `name` tells the page and whose order it is; an order that a reload cut off is asked for at once. */
export function useOrder<Body>(name: string, calls: OrderCalls<Body>): LiveOrder<Body> {
  const place = `zhigong.key.order.${name}`;
  const left = recall(place);
  const begun = new Set(left ? [left.id] : []);
  const state = reactive({
    standing: (left ? 'unknown' : 'free') as LiveOrder<Body>['standing'],
    order: left,
    receipt: null as Receipt | null,
    problem: null as Problem | null,
    busy: false,
    async start(body: Body, what: Omit<KeptOrder, 'id' | 'at'>): Promise<Receipt | null> {
      if (state.busy || state.standing === 'unknown') return null;
      const order = { id: newTimedKey(), ...what, at: Date.now() };
      keep(place, order);
      begun.add(order.id);
      Object.assign(state, { order, standing: 'sending', receipt: null, problem: null });
      await once(() => patient(calls.send(order.id, body)));
      return state.receipt as Receipt | null;
    },
    ask: () => once(() => Promise.resolve(null)),
    giveUp: () => once(() => patient(calls.giveUp(state.order!)), true),
    clear() {
      if (state.standing === 'unknown' || state.busy) return;
      Object.assign(state, { standing: 'free', order: null, receipt: null, problem: null });
    },
    began: (id: string) => begun.has(id),
  });
  const failed = (problem: Problem) => { state.problem = problem; };
  let next: ReturnType<typeof setTimeout> | undefined;

  /** Runs one call after the other; without an answer (null, or a lost one) the order is asked for. */
  async function once(call: () => Promise<Receipt | null>, last = false): Promise<void> {
    if (state.busy || !state.order) return;
    state.busy = true;
    try {
      const receipt = await call().catch((thrown: unknown) => lost(asProblem(thrown), last)) ?? await unknown(last);
      if (receipt) over(place, state, { standing: 'decided', receipt, problem: null });
    } finally {
      state.busy = false;
      clearTimeout(next);
      // Whoever was told why not must do something about it first.
      if (state.standing === 'unknown' && state.problem?.unanswered !== false) next = setTimeout(() => { void close(); }, AGAIN_MS);
    }
  }
  const close = async () => (state.standing === 'unknown' ? once(() => closed(calls, state.order!), true) : undefined);
  /** A refusal ends a new order; one that is unknown stays so until it is found or given up. */
  function lost(problem: Problem, last: boolean): null {
    failed(problem);
    if (!last && !problem.unanswered && state.standing === 'sending') over(place, state, { standing: 'free', order: null, problem });
    return null;
  }
  async function unknown(last: boolean): Promise<Receipt | null> {
    if (last || !state.order || state.standing === 'free') return null;
    state.standing = 'unknown';
    return asked(calls, state.order, failed);
  }

  if (left) void state.ask();
  return state as LiveOrder<Body>;
}
