/**
 * Something that moves by itself, asked for each second while it does. A poll that got no answer leaves what is shown,
 * says so, and tries on; a "no" of the server ends it.
 *
 *     const job = usePoll(() => answer(api.GET('/api/imports/{id}', …)), (page) => isMoving(page.state));
 */
import { onScopeDispose, reactive } from 'vue';
import { asProblem, type Problem } from '@shared/problem';

const EVERY_MS = 1_000;
const SLOW_MS = 5_000;

export interface Poll<T> {
  readonly state: 'loading' | 'there' | 'failed';
  readonly data: T | null;
  readonly problem: Problem | null;
  /** The last poll got no answer; what is shown may be old. */
  readonly lost: boolean;
  /** Fetches now, and goes on while it moves. */
  again(): Promise<void>;
  /** Shows an answer that another request brought. */
  put(data: T): void;
}

export function usePoll<T>(fetch: () => Promise<T>, moves: (data: T) => boolean): Poll<T> {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const poll = reactive({
    state: 'loading' as Poll<T>['state'],
    data: null as T | null,
    problem: null as Problem | null,
    lost: false,
    async again() {
      const mine = (turn += 1);
      clearTimeout(timer);
      if (poll.state !== 'there') poll.state = 'loading';
      try {
        const data = await fetch();
        if (mine === turn) show(data);
      } catch (thrown) {
        if (mine === turn) miss(asProblem(thrown));
      }
    },
    put(data: T) {
      turn += 1;
      show(data);
    },
  });
  function next(after: number): void {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void poll.again(), after);
  }
  function show(data: T): void {
    (poll as { data: T | null }).data = data;
    Object.assign(poll, { state: 'there', problem: null, lost: false });
    clearTimeout(timer);
    if (moves(data)) next(EVERY_MS);
  }
  function miss(problem: Problem): void {
    if (poll.data !== null && problem.unanswered) {
      poll.lost = true;
      next(SLOW_MS);
      return;
    }
    Object.assign(poll, { state: 'failed', problem });
  }
  onScopeDispose(() => {
    ended = true;
    turn += 1;
    clearTimeout(timer);
  });
  void poll.again();
  return poll as Poll<T>;
}
