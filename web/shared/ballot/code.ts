/**
 * The four words by which the author of an opinion finds the answer: made here, shown once, never sent. What goes out is
 * their `stretched` form, which costs seconds on a phone and tens of milliseconds on a server, so that nobody tries codes
 * out, not even who can open the ballots (`voice::ballot::words`). Import it late: it brings the list of words.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { systemRandom, toHex, utf8 } from './bytes';
import type { Random } from './bytes';
import { words } from './words';

const CODE_WORDS = 4;
const SALT = 'zhigong.opinion.code.v1';
/** As for passwords (OWASP): 19 MiB, 2 passes, 1 lane. */
const COST = { m: 19_456, t: 2, p: 1, dkLen: 32 };

/** A new code: 2,048 divides 65,536, so every word is as likely as any other. */
export function newCode(random: Random = systemRandom): string {
  const bytes = random(2 * CODE_WORDS);
  const places = Array.from({ length: CODE_WORDS }, (_, at) => ((bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)) % words.length);
  return places.map((place) => words[place]).join(' ');
}

/** What stands for a code on the wire, hexadecimal. The page stays alive meanwhile. */
export async function stretched(code: string): Promise<string> {
  return toHex(await argon2idAsync(utf8(code), utf8(SALT), COST));
}

/** What a blank sheet carries in place of it: nobody can tell the two apart. */
export function noCode(random: Random = systemRandom): string {
  return toHex(random(32));
}
