/**
 * A form of the desk survives a reload: what is typed is kept in the session store of this tab under the account, and
 * dropped when it was sent or the person signs out. Never put a secret (password, code, ID number) into such a form.
 *
 *     const form = useDraft('found', () => ({ name: '', kind: 'grassroots' }));
 *     form.fields.name = '…';  form.drop();
 */
import { reactive, watch } from 'vue';
import { session } from './session';

export interface FormDraft<T> {
  readonly fields: T;
  /** Something was found from before the reload. */
  readonly found: boolean;
  /** Empties the form and forgets the draft. */
  drop(): void;
}

export function useDraft<T extends object>(name: string, empty: () => T): FormDraft<T> {
  const place = `zhigong.draft.desk.${name}.${session.me?.account_id ?? 'nobody'}`;
  const kept = recall<T>(place);
  const fields = reactive({ ...empty(), ...kept }) as T;
  watch(fields, () => {
    try {
      if (JSON.stringify(fields) === JSON.stringify(empty())) sessionStorage.removeItem(place);
      else sessionStorage.setItem(place, JSON.stringify(fields));
    } catch { /* storage refused: the form then lives as long as the page */ }
  });
  return { fields, found: kept !== null, drop: () => Object.assign(fields, empty()) };
}

function recall<T>(place: string): Partial<T> | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place) ?? 'null');
    return typeof kept === 'object' ? kept as Partial<T> | null : null;
  } catch {
    return null;
  }
}
