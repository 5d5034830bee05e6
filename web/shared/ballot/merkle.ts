/** Proofs that a commitment stands under the published root: the tree of RFC 9162 over the sorted commitments. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromHex } from './bytes';

export interface Proof {
  /** Place in the sorted list, from 0. */
  place: number;
  /** Commitments in the tree. */
  size: number;
  /** Hashes beside the way, from the leaf upwards, hex. */
  path: string[];
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** RFC 9162, section 2.1.3.2. */
export function merkleVerify(root: Uint8Array, committed: Uint8Array, proof: Proof): boolean {
  let { place } = proof;
  let last = proof.size - 1;
  if (!Number.isSafeInteger(place) || !Number.isSafeInteger(last) || place < 0 || place > last) return false;
  let hash: Uint8Array = sha256(concat(Uint8Array.of(0), committed));
  // Halved with a division: a shift would cut to 32 bits.
  const halve = () => {
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  };
  for (const text of proof.path) {
    if (last === 0 || !/^[0-9a-f]{64}$/.test(text)) return false;
    if (place % 2 === 1 || place === last) {
      hash = node(fromHex(text), hash);
      while (place % 2 === 0 && place !== 0) halve();
    } else {
      hash = node(hash, fromHex(text));
    }
    halve();
  }
  return last === 0 && equal(hash, root);
}
