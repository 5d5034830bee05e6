/**
 * What a page shows is loading, there, empty or failed; each state has its own words.
 *
 *     const union = useLoad(() => answer(api.GET('/api/my-union')));
 *     <LoadState :load="union"> … </LoadState>
 */
import { reactive } from 'vue';
import { asProblem, type Problem } from './problem';

export interface Load<T> {
  readonly state: 'loading' | 'there' | 'failed';
  readonly data: T | null;
  readonly problem: Problem | null;
  again(): Promise<void>;
}

export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  let turn = 0;
  const load = reactive({
    state: 'loading' as Load<T>['state'],
    data: null as T | null,
    problem: null as Problem | null,
    /** Fetches once more; what is shown stays until the answer is there, and a late answer to an older question is dropped. */
    async again() {
      const mine = (turn += 1);
      if (load.state !== 'there') load.state = 'loading';
      try {
        const data = await fetch();
        if (mine !== turn) return;
        (load as { data: T | null }).data = data;
        load.problem = null;
        load.state = 'there';
      } catch (thrown) {
        if (mine !== turn) return;
        load.problem = asProblem(thrown);
        load.state = 'failed';
      }
    },
  });
  void load.again();
  return load as Load<T>;
}

export interface Rows<T> {
  readonly state: Load<T>['state'];
  readonly items: T[];
  readonly problem: Problem | null;
  /** More rows exist behind these. */
  readonly more: boolean;
  readonly loadingMore: boolean;
  again(): Promise<void>;
  next(): Promise<void>;
}

/** A list fetched page by page with an opaque cursor. */
export function useRows<T>(fetch: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Rows<T> {
  let cursor: string | undefined;
  let turn = 0;
  const rows = reactive({
    state: 'loading' as Load<T>['state'],
    items: [] as T[],
    problem: null as Problem | null,
    more: false,
    loadingMore: false,
    async again() {
      const mine = (turn += 1);
      if (rows.state !== 'there') rows.state = 'loading';
      rows.loadingMore = false;
      await take(mine, undefined, () => []);
    },
    async next() {
      if (!rows.more || rows.loadingMore) return;
      rows.loadingMore = true;
      await take(turn, cursor, () => rows.items as T[]);
      rows.loadingMore = false;
    },
  });
  async function take(mine: number, after: string | undefined, before: () => T[]): Promise<void> {
    try {
      const page = await fetch(after);
      if (mine !== turn) return;
      (rows as { items: T[] }).items = [...before(), ...page.items];
      cursor = page.next ?? undefined;
      rows.more = cursor !== undefined;
      rows.problem = null;
      rows.state = 'there';
    } catch (thrown) {
      if (mine !== turn) return;
      rows.problem = asProblem(thrown);
      rows.state = 'failed';
    }
  }
  void rows.again();
  return rows as Rows<T>;
}
