/**
 * The pay code of this phone, made without a network: `66`, the number of the device, and eight digits of HMAC-SHA-256 over
 * the half minute (RFC 6238). The server takes those of the half minute before and after, too, and each of them once.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** What a phone keeps to make codes. */
export interface PaySecret {
  owner: string;
  device_id: string;
  prefix: string;
  number: string;
  /** Base64. */
  secret: string;
  step_seconds: number;
  good_until: string;
  /** How far the server's clock is ahead of this phone's, in milliseconds. */
  ahead_ms: number;
}

/** The step of a moment of this phone's clock. */
export function stepAt(kept: PaySecret, now: number): number {
  return Math.floor((now + kept.ahead_ms) / 1000 / kept.step_seconds);
}

/** Seconds until the next step, at least one. */
export function secondsLeft(kept: PaySecret, now: number): number {
  const into = ((now + kept.ahead_ms) / 1000) % kept.step_seconds;
  return Math.max(1, Math.ceil(kept.step_seconds - into));
}

/** The eight digits of a step. */
export function digitsOf(secret: Uint8Array, step: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setUint32(0, Math.floor(step / 0x1_0000_0000));
  counter.setUint32(4, step >>> 0);
  const hash = hmac(sha256, secret, new Uint8Array(counter.buffer));
  const at = hash[31]! & 0x0f;
  const number = new DataView(hash.buffer, hash.byteOffset).getUint32(at) & 0x7fff_ffff;
  return String(number % 100_000_000).padStart(8, '0');
}

/** The whole code of a step, 18 digits. */
export function codeOf(kept: PaySecret, step: number): string {
  const secret = Uint8Array.from(atob(kept.secret), (sign) => sign.charCodeAt(0));
  return kept.prefix + kept.number + digitsOf(secret, step);
}

/**
 * Which step to show: this one, or the next where this one was used, since a code pays once. Null when both were used:
 * there is a new one in a moment.
 */
export function stepToShow(kept: PaySecret, now: number, used: number | null): number | null {
  const present = stepAt(kept, now);
  if (used === null || used < present) return present;
  return used === present ? present + 1 : null;
}

/** `6612 3456 7812 345678`: as it is read out. */
export function grouped(code: string): string {
  return code.replace(/^(\d{4})(\d{4})(\d{4})(\d+)$/, '$1 $2 $3 $4');
}
