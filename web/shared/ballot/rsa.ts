/**
 * The voter's half of RFC 9474, variant RSABSSA-SHA384-PSS-Randomized: blind a message, unblind the answer, check a
 * signature. Native BigInt and an own hash, since `crypto.subtle` is missing on plain http and in small programs.
 *
 * The numbers here are secret for the length of one call on the voter's own device; nobody else measures its time.
 */
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { BallotError, ONE, ZERO, concat, equal, fromNumber, systemRandom, toHex, toNumber } from './bytes';
import type { Random } from './bytes';

const HASH = 48;
/** Bytes of the salt of PSS, and of the random prefix of a message. */
const SALT = 48;
const PREFIX = 32;

/** SPKI in DER of every RSA-2048 key, up to the modulus, and after it: the exponent 65537. */
const SPKI_HEAD = '30820122300d06092a864886f70d01010105000382010f003082010a0282010100';
const SPKI_TAIL = '0203010001';
const MODULUS = 256;

export interface PublicKey {
  readonly n: bigint;
  readonly e: bigint;
  /** Bits of the modulus. */
  readonly bits: number;
  /** Bytes of the modulus, of a request, an answer and a signature. */
  readonly bytes: number;
}

export interface Blinded {
  /** For the issuer. */
  blindedMessage: Uint8Array;
  /** Undoes the blinding; whoever has it can join draw and cast. */
  inverse: Uint8Array;
  /** What the signature will stand for: random prefix and message. */
  preparedMessage: Uint8Array;
}

export function publicKey(n: bigint, e: bigint): PublicKey {
  const bits = n.toString(2).length;
  return { n, e, bits, bytes: Math.ceil(bits / 8) };
}

/** SHA-256 over the public key as it is published, in hex. */
export function keyHash(spki: Uint8Array): string {
  return toHex(sha256(spki));
}

/**
 * Reads a key that the server sent and holds it against the hash that the poll publishes: a server that gave
 * people different keys could tell them apart by their ballots. Throws `BallotError('key')`.
 */
export function openKey(spki: Uint8Array, publishedHash: string): PublicKey {
  const text = toHex(spki);
  const form = spki.length === SPKI_HEAD.length / 2 + MODULUS + SPKI_TAIL.length / 2;
  if (!form || !text.startsWith(SPKI_HEAD) || !text.endsWith(SPKI_TAIL)) throw new BallotError('key');
  if (keyHash(spki) !== publishedHash.toLowerCase()) throw new BallotError('key');
  const key = publicKey(toNumber(spki.subarray(SPKI_HEAD.length / 2, SPKI_HEAD.length / 2 + MODULUS)), BigInt(65537));
  if (key.bits !== 8 * MODULUS || (key.n & ONE) === ZERO) throw new BallotError('key');
  return key;
}

/** Prepares (random prefix) and blinds a message. */
export function blind(key: PublicKey, message: Uint8Array, random: Random = systemRandom): Blinded {
  return blindPrepared(key, concat(random(PREFIX), message), SALT, random);
}

/** Blinds a message that carries its prefix already. */
export function blindPrepared(key: PublicKey, preparedMessage: Uint8Array, saltLength: number, random: Random): Blinded {
  const encoded = toNumber(encode(preparedMessage, random(saltLength), key.bits - 1));
  const [factor, inverse] = factorOf(key, random);
  const blinded = (encoded * power(factor, key.e, key.n)) % key.n;
  return { blindedMessage: fromNumber(blinded, key.bytes), inverse: fromNumber(inverse, key.bytes), preparedMessage };
}

/** Unblinds the issuer's answer and checks it; throws `BallotError('answer')`. */
export function finalize(key: PublicKey, preparedMessage: Uint8Array, answer: Uint8Array, inverse: Uint8Array): Uint8Array {
  const signature = unblind(key, answer, inverse);
  if (!verify(key, preparedMessage, signature)) throw new BallotError('answer');
  return signature;
}

export function unblind(key: PublicKey, answer: Uint8Array, inverse: Uint8Array): Uint8Array {
  const number = toNumber(answer);
  if (answer.length !== key.bytes || number >= key.n) throw new BallotError('answer');
  return fromNumber((number * toNumber(inverse)) % key.n, key.bytes);
}

/** Whether a signature stands for a prepared message: RSASSA-PSS with SHA-384 and a salt of 48 bytes. */
export function verify(key: PublicKey, preparedMessage: Uint8Array, signature: Uint8Array, saltLength = SALT): boolean {
  const number = toNumber(signature);
  if (signature.length !== key.bytes || number >= key.n) return false;
  const encodedBits = key.bits - 1;
  const length = Math.ceil(encodedBits / 8);
  const raised = power(number, key.e, key.n);
  if (raised.toString(2).length > encodedBits) return false;
  const encoded = fromNumber(raised, length);
  const maskLength = length - HASH - 1;
  if (encoded[length - 1] !== 0xbc) return false;
  const hash = encoded.subarray(maskLength, length - 1);
  const block = unmask(encoded.subarray(0, maskLength), hash, 8 * length - encodedBits);
  const salt = block.subarray(maskLength - saltLength);
  return equal(block, padding(maskLength, salt)) && equal(hash, saltedHash(preparedMessage, salt));
}

/** EMSA-PSS-ENCODE, RFC 8017, section 9.1.1. */
function encode(message: Uint8Array, salt: Uint8Array, encodedBits: number): Uint8Array {
  const length = Math.ceil(encodedBits / 8);
  const hash = saltedHash(message, salt);
  const masked = unmask(padding(length - HASH - 1, salt), hash, 8 * length - encodedBits);
  return concat(masked, hash, Uint8Array.of(0xbc));
}

function saltedHash(message: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha384(concat(new Uint8Array(8), sha384(message), salt));
}

/** Zeros, a one, the salt. */
function padding(length: number, salt: Uint8Array): Uint8Array {
  return concat(new Uint8Array(length - salt.length - 1), Uint8Array.of(1), salt);
}

/** XOR with MGF1 (RFC 8017, section B.2.1) of the hash; the highest bits, which the modulus has no room for, are zero. */
function unmask(block: Uint8Array, hash: Uint8Array, spareBits: number): Uint8Array {
  const result = new Uint8Array(block.length);
  for (let start = 0, counter = 0; start < block.length; start += HASH, counter += 1) {
    const mask = sha384(concat(hash, fromNumber(BigInt(counter), 4)));
    for (let place = start; place < Math.min(start + HASH, block.length); place += 1) {
      result[place] = (block[place] ?? 0) ^ (mask[place - start] ?? 0);
    }
  }
  result[0] = (result[0] ?? 0) & (0xff >> spareBits);
  return result;
}

/** A blinding factor, uniform among the numbers from 1 to n - 1 that have an inverse, and that inverse. */
function factorOf(key: PublicKey, random: Random): [bigint, bigint] {
  for (;;) {
    const bytes = random(key.bytes);
    bytes[0] = (bytes[0] ?? 0) & (0xff >> (8 * key.bytes - key.bits));
    const factor = toNumber(bytes);
    const inverse = factor > ZERO && factor < key.n ? inverseOf(factor, key.n) : undefined;
    if (inverse !== undefined) return [factor, inverse];
  }
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = ONE;
  let square = base % modulus;
  for (let rest = exponent; rest > ZERO; rest >>= ONE) {
    if (rest & ONE) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** By Euclid; undefined where there is none. */
export function inverseOf(number: bigint, modulus: bigint): bigint | undefined {
  let [oldRest, rest] = [number % modulus, modulus];
  let [oldFactor, factor] = [ONE, ZERO];
  while (rest > ZERO) {
    const quotient = oldRest / rest;
    [oldRest, rest] = [rest, oldRest - quotient * rest];
    [oldFactor, factor] = [factor, oldFactor - quotient * factor];
  }
  if (oldRest !== ONE) return undefined;
  return oldFactor < ZERO ? oldFactor + modulus : oldFactor;
}
