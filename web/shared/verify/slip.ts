/**
 * Checks a slip (凭证) of a transfer against what was published of its day: the tree of RFC 9162 with SM3, and the SM2
 * signature of its root. The bytes are those of crates/rewards/src/ledger/day/leaf.rs and of examples/check-receipt.mjs.
 */
import { concat, fromHex, toHex, utf8 } from '../ballot/bytes';
import { sm2Verify, sm3 } from './sm2';

export interface SlipFields {
  id: string; fingerprint: string; book_id: string; seq: number; kind: string; debit_id: string; credit_id: string; amount_cents: number; reason: string; shop_id: string | null; reverses_id: string | null; event_id: string; at_micros: number; day: string;
}
export interface SlipPath { place: number; size: number; path: readonly string[] }
export interface PublishedDay { book_id: string; day: string; first_seq: number; transfers: number; root: string; signature: string; public_key: string }
/** In the published root; something differs; the root itself is not signed as it says. */
export type SlipVerdict = 'in' | 'changed' | 'seal';

const WORD = 0x1_0000_0000;

/** Eight bytes, the highest first. */
function eight(number: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, Math.floor(number / WORD));
  view.setUint32(4, number % WORD);
  return new Uint8Array(view.buffer);
}

const some = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(1), eight(bytes.length), bytes);
const id = (text: string): Uint8Array => some(fromHex(text.replace(/-/g, '')));
const maybe = (text: string | null): Uint8Array => (text === null ? Uint8Array.of(0) : id(text));
const text = (value: string): Uint8Array => some(utf8(value));
const number = (value: number): Uint8Array => some(eight(value));
const node = (left: Uint8Array, right: Uint8Array): Uint8Array => sm3(concat(Uint8Array.of(1), left, right));

function leaf(of: SlipFields): Uint8Array {
  return sm3(concat(
    Uint8Array.of(0), utf8('zhigong transfer 1'), id(of.id), some(fromHex(of.fingerprint)), id(of.book_id), number(of.seq), text(of.kind), id(of.debit_id), id(of.credit_id), number(of.amount_cents), text(of.reason), maybe(of.shop_id), maybe(of.reverses_id), id(of.event_id), number(of.at_micros), text(of.day),
  ));
}

/** The root to which a slip leads, in hex; null when no day of its size has a way of this length. */
export function slipRoot(transfer: SlipFields, { place, size, path }: SlipPath): string | null {
  if (!Number.isSafeInteger(place) || !Number.isSafeInteger(size) || place < 0 || place >= size) return null;
  let [at, last] = [place, size - 1];
  let hash = leaf(transfer);
  for (const step of path) {
    if (last === 0) return null;
    const beside = fromHex(step);
    if (at % 2 === 1 || at === last) {
      hash = node(beside, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = node(hash, beside);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? toHex(hash) : null;
}

/** Whether the root of a day is signed by the key that it names. */
export function signedDay(day: PublishedDay): boolean {
  const message = concat(utf8('zhigong ledger day 1'), id(day.book_id), text(day.day), number(day.first_seq), number(day.transfers), some(fromHex(day.root)));
  return sm2Verify(fromHex(day.public_key), message, fromHex(day.signature));
}

export function checkSlip(transfer: SlipFields, path: SlipPath, day: PublishedDay): SlipVerdict {
  try {
    const here = day.book_id === transfer.book_id && day.day === transfer.day && day.transfers === path.size && day.first_seq + path.place === transfer.seq;
    if (!here || slipRoot(transfer, path) !== day.root) return 'changed';
    return signedDay(day) ? 'in' : 'seal';
  } catch {
    return 'changed'; // What is no hex was not made by the ledger.
  }
}
