/**
 * An order to pay or to charge, from before it is sent until it is decided. Its id is made, and kept on this phone, before the
 * first attempt. When no answer comes the same id is asked for; when still nobody knows, it is given up (a shop reverses it),
 * so that it can never be made later. Nobody pays twice, and nothing stays open.
 *
 *     free → sending → decided
 *              └→ unknown ─ ask again ─→ decided
 *                    └─ give up ─→ decided
 */
import { reactive } from 'vue';
import type { Receipt } from '@api/counter';
import { newKey } from '@shared/key';
import { asProblem, type Problem } from '@shared/problem';

/** What of an order outlives a reload; never a code. */
export interface KeptOrder { id: string; points_cents: number; cash_cents: number; shop: string }

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
  start(body: Body, what: Omit<KeptOrder, 'id'>): Promise<Receipt | null>;
  ask(): Promise<void>;
  giveUp(): Promise<void>;
  /** Ready for another one. */
  clear(): void;
}

const QUESTIONS = 3;
const PAUSE_MS = 2000;
const pause = () => new Promise<void>((resolve) => { setTimeout(resolve, PAUSE_MS); });

function recall(place: string): KeptOrder | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as KeptOrder | null;
    return kept && typeof kept.id === 'string' && typeof kept.points_cents === 'number' ? kept : null;
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
      const receipt = await calls.ask(order);
      if (receipt) return receipt;
    } catch (thrown) {
      failed(asProblem(thrown));
    }
  }
  return null;
}

/** `name` tells the page and whose order it is; an order that a reload cut off is asked for at once. */
export function useOrder<Body>(name: string, calls: OrderCalls<Body>): LiveOrder<Body> {
  const place = `zhigong.key.order.${name}`;
  const left = recall(place);
  const state = reactive({
    standing: (left ? 'unknown' : 'free') as LiveOrder<Body>['standing'],
    order: left,
    receipt: null as Receipt | null,
    problem: null as Problem | null,
    busy: false,
    async start(body: Body, what: Omit<KeptOrder, 'id'>): Promise<Receipt | null> {
      if (state.busy || state.standing === 'unknown') return null;
      const order = { id: newKey(), ...what };
      keep(place, order);
      Object.assign(state, { order, standing: 'sending', receipt: null, problem: null });
      await once(() => calls.send(order.id, body));
      return state.receipt as Receipt | null;
    },
    ask: () => once(() => Promise.resolve(null)),
    giveUp: () => once(() => calls.giveUp(state.order!), true),
    clear() {
      if (state.standing === 'unknown' || state.busy) return;
      Object.assign(state, { standing: 'free', order: null, receipt: null, problem: null });
    },
  });
  const failed = (problem: Problem) => { state.problem = problem; };
  const end = (standing: 'free' | 'decided', more: { receipt?: Receipt; order?: null; problem: Problem | null }) => {
    keep(place, null);
    Object.assign(state, { standing, ...more });
  };

  /** Runs one call after the other; without an answer (null, or a lost one) the order is asked for. */
  async function once(call: () => Promise<Receipt | null>, last = false): Promise<void> {
    if (state.busy || !state.order) return;
    state.busy = true;
    try {
      const receipt = await call().catch((thrown: unknown) => lost(asProblem(thrown), last)) ?? await unknown(last);
      if (receipt) end('decided', { receipt, problem: null });
    } finally {
      state.busy = false;
    }
  }
  /** A refusal ends a new order; one that is unknown stays so until it is found or given up. */
  function lost(problem: Problem, last: boolean): null {
    failed(problem);
    if (!last && !problem.unanswered && state.standing === 'sending') end('free', { order: null, problem });
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
