/**
 * The secret of the pay code on this phone. It is money: it goes with the drafts on a sign-out (`zhigong.key.`), belongs to
 * one account, and is good for some weeks.
 */
import type { Enrolled } from '@api/counter';
import type { PaySecret } from './paycode';

const PLACE = 'zhigong.key.pay';
const DAY_MS = 86_400_000;
/** Days before the end in which it is renewed as soon as there is a network. */
const RENEW_DAYS = 5;

function store(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** What is kept for this account; of whoever was here last when nobody can be asked who is here. */
export function keptSecret(owner: string | null, now = Date.now(), storage = store()): PaySecret | null {
  try {
    const kept = JSON.parse(storage?.getItem(PLACE) ?? 'null') as PaySecret | null;
    if (!kept || typeof kept.secret !== 'string' || typeof kept.number !== 'string') return null;
    if (owner !== null && kept.owner !== owner) return null;
    return Date.parse(kept.good_until) > now + kept.ahead_ms ? kept : null;
  } catch {
    return null;
  }
}

/** Keeps what the server told; false when the phone does not keep things. */
export function keepSecret(owner: string, told: Enrolled, now = Date.now(), storage = store()): PaySecret | null {
  const kept: PaySecret = {
    owner, device_id: told.device_id, prefix: told.prefix, number: told.number, secret: told.secret, step_seconds: told.step_seconds,
    good_until: told.good_until, ahead_ms: Date.parse(told.now) - now,
  };
  try {
    storage?.setItem(PLACE, JSON.stringify(kept));
    return keptSecret(owner, now, storage);
  } catch {
    return null;
  }
}

/** The phone's clock may have been set since: what the server says now counts. */
export function setClock(kept: PaySecret, serverNow: string, now = Date.now(), storage = store()): PaySecret {
  const mended = { ...kept, ahead_ms: Date.parse(serverNow) - now };
  try {
    storage?.setItem(PLACE, JSON.stringify(mended));
  } catch { /* good for this visit */ }
  return mended;
}

export function dropSecret(storage = store()): void {
  try {
    storage?.removeItem(PLACE);
  } catch { /* nothing was kept then */ }
}

/** Whether it is time for a new secret. */
export function isOld(kept: PaySecret, now = Date.now()): boolean {
  return Date.parse(kept.good_until) - (now + kept.ahead_ms) < RENEW_DAYS * DAY_MS;
}
