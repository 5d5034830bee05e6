/**
 * Sheets for opinions that are still to be sent from this device: drawn, and of somebody whose rating is in the box. Kept
 * so that a later page, of whatever kind, can send them; it says no more than the ballot's own secret beside it.
 */
import type { BoothPoll } from './booth';
import { lastingStore } from './vault';

/** A sheet that is still to be sent. */
export interface Owed { owner: string; poll: Omit<BoothPoll, 'questions'> }

const PLACE = 'zhigong.opinion-owed.';
const placeOf = ({ owner, poll }: Owed) => `${PLACE}${owner}.${poll.id}`;

export function owe(owner: string, { id, evaluation_id, title, issuer, public_key, key_hash, bytes }: BoothPoll, storage: Storage | null = lastingStore()): void {
  const one: Owed = { owner, poll: { id, evaluation_id, title, issuer, public_key, key_hash, ...(bytes === undefined ? {} : { bytes }) } };
  try {
    storage?.setItem(placeOf(one), JSON.stringify(one));
  } catch { /* a full device: it is sent while the page is open, or not at all */ }
}

/** It is in the box, or can never come there. */
export function paid(one: Owed, storage: Storage | null = lastingStore()): void {
  storage?.removeItem(placeOf(one));
}

export function owed(storage: Storage | null = lastingStore()): Owed[] {
  const read = (place: string): Owed | null => {
    try {
      return JSON.parse(storage?.getItem(place) ?? 'null') as Owed | null;
    } catch {
      return null;
    }
  };
  return Object.keys(storage ?? {}).filter((place) => place.startsWith(PLACE)).map(read).filter((one): one is Owed => one !== null);
}
