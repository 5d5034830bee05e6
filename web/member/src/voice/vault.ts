/**
 * What this device alone knows of a ballot, from before it is drawn until it is in the box. A sign-out leaves it: a lost
 * secret is a lost ballot. After the cast only the commitment stays, by which nobody can tell how it was filled.
 */
import type { Pending, Token } from '@shared/ballot';

export interface Kept {
  /** Base64: sent again as it is until it is answered. */
  request: string;
  pending: Pending;
  token: Token | null;
  /** Hexadecimal; goes with the ballot and is then forgotten. */
  salt: string;
  /** The ballot as it is on its way: fixed, so that trying again is the same request. */
  sent: string | null;
  commitment: string | null;
}
export interface Receipt {
  poll_id: string;
  evaluation_id: string;
  title: string;
  commitment: string;
  tracker: string;
  /** False: the voting ended before an answer came, so only the published result can tell. */
  sure: boolean;
}
export interface Vault {
  /** Whether the device keeps things at all; a ballot must not be drawn otherwise. */
  usable(): boolean;
  kept(): Kept | null;
  /** Throws when the device refuses. */
  keep(kept: Kept): void;
  forget(): void;
  receipt(): Receipt | null;
  hold(receipt: Receipt): void;
}

/** Where what is kept of a poll stands, by its purpose: the sheet for opinions is no receipt that could be checked. */
const PLACES = { rating: ['zhigong.ballot', 'zhigong.receipt'], opinion: ['zhigong.opinion', 'zhigong.opinion-sent'] } as const;
export type Purpose = keyof typeof PLACES;
const [KEPT, RECEIPT] = PLACES.rating;

function read<T>(storage: Storage, place: string): T | null {
  try {
    return JSON.parse(storage.getItem(place) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

function tried(storage: Storage, owner: string): boolean {
  const place = `${KEPT}.try.${owner}`;
  try {
    storage.setItem(place, '1');
    const held = storage.getItem(place) === '1';
    storage.removeItem(place);
    return held;
  } catch {
    return false;
  }
}

/** The browser's lasting store; null where even asking for it is refused. */
export function lastingStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The store that ends with the tab; null where even asking for it is refused. */
export function passingStore(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

export function vaultOf(owner: string, poll: string, storage: Storage | null = lastingStore(), purpose: Purpose = 'rating'): Vault {
  const [kept, receipt] = PLACES[purpose].map((place) => `${place}.${owner}.${poll}`) as [string, string];
  return {
    usable: () => storage !== null && tried(storage, owner),
    kept: () => (storage ? read<Kept>(storage, kept) : null),
    keep(value) {
      if (!storage) throw new Error('no storage');
      storage.setItem(kept, JSON.stringify(value));
    },
    forget: () => storage?.removeItem(kept),
    receipt: () => (storage ? read<Receipt>(storage, receipt) : null),
    hold: (value) => storage?.setItem(receipt, JSON.stringify(value)),
  };
}

/** Every receipt on this device that belongs to an account. */
export function receiptsOf(owner: string, storage: Storage | null = lastingStore()): Receipt[] {
  if (!storage) return [];
  const places = Object.keys(storage).filter((place) => place.startsWith(`${RECEIPT}.${owner}.`));
  return places.map((place) => read<Receipt>(storage, place)).filter((one): one is Receipt => one !== null);
}
