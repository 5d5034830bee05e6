/** Secret ballots on the voter's side. `words.ts` stands apart, since it brings its list. */
export { BallotError, fromHex, toHex } from './bytes';
export { commitment, newSalt, readTracker, tracker } from './commitment';
export { merkleVerify } from './merkle';
export type { Proof } from './merkle';
export { blind, finalize, keyHash, openKey, verify } from './rsa';
export type { Blinded, PublicKey } from './rsa';
export { finishDraw, spentKey, startDraw } from './token';
export type { Issuer, IssuerKind, Pending, Token } from './token';
