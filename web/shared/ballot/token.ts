/**
 * Drawing a ballot: the same two steps whoever signs. Between them, and until the ballot is cast, `Pending` and `Token`
 * are kept on the device as plain JSON; they never go to the server under the voter's name.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { BallotError, concat, fromHex, systemRandom, toHex, utf8 } from './bytes';
import type { Random } from './bytes';
import { blind, finalize, keyHash, openKey } from './rsa';

/** RFC 9474, or SM2 receipts over tokens that the server sees. */
export type IssuerKind = 'blind_rsa' | 'separated';

/** The signing key of a poll as the server gave it, and the hash that the poll publishes. */
export interface Issuer {
  kind: IssuerKind;
  publicKey: Uint8Array;
  publishedHash: string;
}

/** What waits on the device for the answer; hex. */
export interface Pending {
  message: string;
  inverse: string;
}

/** A signed token: goes to the server with the ballot, without the voter's name; hex. */
export interface Token {
  message: string;
  signature: string;
}

const DOMAIN = utf8('zhigong.ballot.token.v1\0');
const RECEIPT = 64;

/** Makes a token and what is sent to the issuer. Throws `BallotError`. */
export function startDraw(issuer: Issuer, random: Random = systemRandom): { request: Uint8Array; pending: Pending } {
  if (issuer.kind === 'blind_rsa') {
    const key = openKey(issuer.publicKey, issuer.publishedHash);
    const blinded = blind(key, concat(DOMAIN, random(32)), random);
    const pending = { message: toHex(blinded.preparedMessage), inverse: toHex(blinded.inverse) };
    return { request: blinded.blindedMessage, pending };
  }
  if (keyHash(issuer.publicKey) !== issuer.publishedHash.toLowerCase()) throw new BallotError('key');
  const request = concat(random(32), DOMAIN, random(32));
  return { request, pending: { message: toHex(request), inverse: '' } };
}

/** Makes the signed token of the issuer's answer. Throws `BallotError`. An SM2 receipt is checked when it is cast. */
export function finishDraw(issuer: Issuer, pending: Pending, answer: Uint8Array): Token {
  if (issuer.kind === 'blind_rsa') {
    const key = openKey(issuer.publicKey, issuer.publishedHash);
    const signature = finalize(key, fromHex(pending.message), answer, fromHex(pending.inverse));
    return { message: pending.message, signature: toHex(signature) };
  }
  if (answer.length !== RECEIPT) throw new BallotError('answer');
  return { message: pending.message, signature: toHex(answer) };
}

/** Under what a used token is entered. */
export function spentKey(message: Uint8Array): string {
  return toHex(sha256(concat(utf8('zhigong.ballot.spent.v1\0'), message)));
}
