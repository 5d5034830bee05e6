/**
 * A draft survives a reload and a dead network: it is kept on this device under the account it belongs to, for at
 * most seven days, and is thrown away once the thing is sent.
 *
 * Fields named `secret` (an ID number) never go to the lasting store: they live in the session store of this tab,
 * because a phone or a computer in a workshop is often shared.
 *
 *     const drafts = draftStore<Answers>('join', me.account_id, { secret: ['id_number'] });
 *     drafts.save(answers, now); drafts.load(now)?.answers; drafts.drop();
 */
export const DRAFT_DAYS = 7;
const DAY_MS = 86_400_000;

export interface Draft<T> { answers: T; saved_at: string }
export interface DraftStore<T> {
  /** False when the device refused to keep it (full or forbidden): tell the person. */
  save(answers: T, now: Date): boolean;
  /** Null when there is none, it is older than seven days, or it is not readable. */
  load(now: Date): Draft<T> | null;
  drop(): void;
}

export function draftStore<T extends object>(
  name: string,
  owner: string,
  { secret = [] }: { secret?: (keyof T & string)[] } = {},
): DraftStore<T> {
  const place = `zhigong.draft.${name}.${owner}`;
  return {
    save(answers, now) {
      const open = { ...answers } as Record<string, unknown>;
      const closed: Record<string, unknown> = {};
      for (const field of secret) {
        if (open[field] !== undefined) closed[field] = open[field];
        delete open[field];
      }
      try {
        sessionStorage.setItem(place, JSON.stringify(closed));
        localStorage.setItem(place, JSON.stringify({ answers: open, saved_at: now.toISOString() }));
        return true;
      } catch {
        return false;
      }
    },
    load(now) {
      const kept = read(localStorage, place) as Draft<T> | null;
      if (!kept?.answers || typeof kept.saved_at !== 'string') return null;
      const age = now.getTime() - Date.parse(kept.saved_at);
      if (!(age < DRAFT_DAYS * DAY_MS)) {
        this.drop();
        return null;
      }
      return { saved_at: kept.saved_at, answers: { ...kept.answers, ...(read(sessionStorage, place) as Partial<T> | null) } };
    },
    drop() {
      try {
        localStorage.removeItem(place);
        sessionStorage.removeItem(place);
      } catch { /* nothing was kept then */ }
    },
  };
}

/** Removes every draft on this device: called on sign-out. */
export function dropAllDrafts(): void {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage)) if (name.startsWith('zhigong.draft.') || name.startsWith('zhigong.key.')) storage.removeItem(name);
  }
}

function read(storage: Storage, place: string): unknown {
  try {
    return JSON.parse(storage.getItem(place) ?? 'null');
  } catch {
    return null;
  }
}
