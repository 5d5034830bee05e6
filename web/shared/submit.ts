/**
 * A submit is sent once. While it is in flight a second press does nothing; when no answer came, "retry" sends the
 * same `Idempotency-Key`, so the server answers with the outcome of the first; when the answer came, or the body
 * changed, the next submit has a new key.
 *
 *     const join = useSubmit((answers: JoinAnswers, headers) => answer(api.POST('/api/join/submit', { body: answers, headers })));
 *     const application = await join.send(answers);   // null when refused: join.problem says why
 */
import { reactive } from 'vue';
import { newKey } from './key';
import { asProblem, type Problem } from './problem';

export interface SubmitHeaders { 'Idempotency-Key': string; [name: string]: string }

export interface Submit<Body, Out> {
  /** In flight: disable the button. */
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** No answer came: offer 重试, which must call `send` with the same body. */
  readonly retry: boolean;
  send(body: Body): Promise<Out | null>;
  clear(): void;
}

interface Pending { body: string; key: string }

/** `remember`: a name under which the key outlives a reload of the page (session only). */
export function useSubmit<Body, Out>(
  call: (body: Body, headers: SubmitHeaders) => Promise<Out>,
  remember?: string,
): Submit<Body, Out> {
  const kept = remember ? `zhigong.key.${remember}` : null;
  let pending: Pending | null = kept ? recall(kept) : null;

  const keep = (next: Pending | null) => {
    pending = next;
    if (!kept) return;
    try {
      if (next) sessionStorage.setItem(kept, JSON.stringify(next));
      else sessionStorage.removeItem(kept);
    } catch { /* storage refused: the key then lives as long as the page */ }
  };

  const state = reactive({
    busy: false,
    problem: null as Problem | null,
    retry: false,
    async send(body: Body): Promise<Out | null> {
      if (state.busy) return null;
      const text = fingerprint(JSON.stringify(body));
      if (!pending || pending.body !== text) keep({ body: text, key: newKey() });
      state.busy = true;
      state.problem = null;
      state.retry = false;
      try {
        const out = await call(body, { 'Idempotency-Key': pending!.key });
        keep(null);
        return out;
      } catch (thrown) {
        state.problem = asProblem(thrown);
        state.retry = state.problem.unanswered;
        if (!state.retry) keep(null);
        return null;
      } finally {
        state.busy = false;
      }
    },
    clear() {
      state.problem = null;
      state.retry = false;
    },
  });
  return state as Submit<Body, Out>;
}

/** Tells two bodies apart without keeping what they say (FNV-1a, 32 bit, with the length). */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}.${(hash >>> 0).toString(36)}`;
}

function recall(name: string): Pending | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(name) ?? 'null') as Pending | null;
    return found && typeof found.key === 'string' && typeof found.body === 'string' ? found : null;
  } catch {
    return null;
  }
}
