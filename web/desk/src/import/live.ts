/** Rows of a list that move by themselves: each is asked for again every two seconds until it stands still. */
import { onScopeDispose, reactive } from 'vue';

const EVERY_MS = 2_000;

/** Answers, for a row of the list, the newest that is known of it. */
export function useLive<T extends { id: string }>(rows: () => readonly T[], moves: (row: T) => boolean, fetch: (id: string) => Promise<T>): (row: T) => T {
  const newest = reactive(new Map<string, T>()) as Map<string, T>;
  const now = (row: T): T => newest.get(row.id) ?? row;
  let asking = false;
  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    for (const row of rows()) {
      if (!moves(now(row))) continue;
      // A missed poll is made up for by the next.
      const got = await fetch(row.id).catch(() => null);
      if (got) newest.set(row.id, got);
    }
    asking = false;
  }
  const timer = setInterval(() => void ask(), EVERY_MS);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
