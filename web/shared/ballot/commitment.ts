/** What a voter keeps of her ballot: a salted commitment, and its short code, the tracker. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, fromHex, systemRandom, toNumber, utf8 } from './bytes';
import type { Random } from './bytes';

const DOMAIN = utf8('zhigong.ballot.commitment.v1\0');
/** Crockford's base 32: no I, L, O, U. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TRACKER = 12;

/**
 * A new salt. It goes to the server with the ballot and is then forgotten here: whoever has it can prove how somebody
 * voted.
 */
export function newSalt(random: Random = systemRandom): Uint8Array {
  return random(32);
}

/** Over the canonical bytes of a ballot; `keyHash` is that of the poll's key, in hex. */
export function commitment(keyHash: string, salt: Uint8Array, ballot: Uint8Array): Uint8Array {
  const hash = fromHex(keyHash);
  if (hash.length !== 32 || salt.length !== 32) throw new RangeError('hash and salt have 32 bytes');
  return sha256(concat(DOMAIN, hash, salt, ballot));
}

/** The short code for people: 60 bits in three groups, 7K2M-0QXR-9D4T. */
export function tracker(committed: Uint8Array): string {
  let rest = toNumber(committed.subarray(0, 8)) >> BigInt(4);
  let text = '';
  for (let place = 0; place < TRACKER; place += 1) {
    text = SIGNS.charAt(Number(rest & BigInt(31))) + text;
    rest >>= BigInt(5);
    if (place % 4 === 3 && place < TRACKER - 1) text = `-${text}`;
  }
  return text;
}

/** What somebody typed, in its one writing; undefined when it is no tracker. */
export function readTracker(typed: string): string | undefined {
  const half = typed.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  const text = half.replace(/[\s\-–—_·.]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  if (text.length !== TRACKER || [...text].some((sign) => !SIGNS.includes(sign))) return undefined;
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}
