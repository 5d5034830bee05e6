import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { blindPrepared, inverseOf, power, publicKey, unblind } from './rsa';
import { fromNumber, toNumber, utf8 } from './bytes';
import {
  BallotError, blind, commitment, finalize, finishDraw, fromHex, keyHash, merkleVerify, newSalt, openKey, readTracker, spentKey,
  startDraw, toHex, tracker, verify,
} from './index';
import type { Issuer, Proof } from './index';

const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));

/** Hands out what the test says instead of random bytes. */
function fixed(...values: Uint8Array[]) {
  const rest = [...values];
  return (length: number) => {
    const value = rest.shift();
    if (value?.length !== length) throw new Error(`asked for ${length} bytes, there are ${value?.length}`);
    return value.slice();
  };
}

type Vector = Record<'name' | 'p' | 'q' | 'n' | 'e' | 'd' | 'inv' | 'msg' | 'msg_prefix' | 'input_msg' | 'salt' | 'blinded_msg' | 'blind_sig' | 'sig', string>;

describe('the vectors of RFC 9474, appendix A', () => {
  const { vectors } = read('../../../crates/voice/tests/fixtures/rfc9474.json') as { vectors: Vector[] };
  it('are the four of the RFC', () => expect(vectors.map((vector) => vector.name)).toHaveLength(4));

  it.each(vectors)('$name', (vector) => {
    const key = publicKey(BigInt(vector.n), BigInt(vector.e));
    const message = fromHex(vector.input_msg);
    expect(vector.msg_prefix + vector.msg).toBe(vector.input_msg);
    const salt = fromHex(vector.salt);
    const factor = fromNumber(inverseOf(BigInt(vector.inv), key.n) ?? 0n, key.bytes);

    const blinded = blindPrepared(key, message, salt.length, fixed(salt, factor));
    expect(toHex(blinded.blindedMessage)).toBe(vector.blinded_msg);
    expect(toNumber(blinded.inverse)).toBe(BigInt(vector.inv));

    const answer = power(toNumber(blinded.blindedMessage), BigInt(vector.d), key.n);
    expect(toHex(fromNumber(answer, key.bytes))).toBe(vector.blind_sig);

    const signature = unblind(key, fromHex(vector.blind_sig), blinded.inverse);
    expect(toHex(signature)).toBe(vector.sig);
    expect(verify(key, message, signature, salt.length)).toBe(true);
    expect(verify(key, message, signature)).toBe(salt.length === 48);
    expect(verify(key, message.slice(1), signature, salt.length)).toBe(false);
  });
});

interface Fixture {
  spki: string; key_hash: string; other_spki: string; token: string; prefix: string; salt: string; factor: string;
  message: string; inverse: string; request: string; answer: string; signature: string; spent_key: string;
  ballots: { salt: string; ballot: string; commitment: string; tracker: string; proof: Proof }[]; root: string;
}

const fixture = read('./fixture.json') as Fixture;
const issuer: Issuer = { kind: 'blind_rsa', publicKey: fromHex(fixture.spki), publishedHash: fixture.key_hash };
const draw = () => startDraw(issuer, fixed(...[fixture.token, fixture.prefix, fixture.salt, fixture.factor].map(fromHex)));
const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof BallotError) return error.code;
    throw error;
  }
  return 'nothing thrown';
};

describe('a draw, held against the server', () => {
  it('makes the same request, token and key hash', () => {
    const { request, pending } = draw();
    expect(toHex(request)).toBe(fixture.request);
    expect(pending).toEqual({ message: fixture.message, inverse: fixture.inverse });
    const token = finishDraw(issuer, JSON.parse(JSON.stringify(pending)), fromHex(fixture.answer));
    expect(token).toEqual({ message: fixture.message, signature: fixture.signature });
    expect(spentKey(fromHex(token.message))).toBe(fixture.spent_key);
    expect(keyHash(issuer.publicKey)).toBe(fixture.key_hash);
  });

  it('refuses a key that is not the published one, before anything is sent', () => {
    const other = { ...issuer, publicKey: fromHex(fixture.other_spki) };
    expect(code(() => startDraw(other))).toBe('key');
    expect(code(() => startDraw({ ...other, kind: 'separated' }))).toBe('key');
    expect(code(() => openKey(fromHex(fixture.other_spki), keyHash(fromHex(fixture.other_spki))))).toBe('nothing thrown');
    const longer = fromHex(`${fixture.spki}00`);
    expect(code(() => openKey(longer, keyHash(longer)))).toBe('key');
    const even = fromHex(fixture.spki.replace(/..0203010001$/, '000203010001'));
    expect(code(() => openKey(even, keyHash(even)))).toBe('key');
  });

  it('refuses an answer under another key, a changed one, a cut one and one above the modulus', () => {
    const { pending } = draw();
    const answer = fromHex(fixture.answer);
    const changed = answer.slice();
    changed[200] = (changed[200] ?? 0) ^ 1;
    for (const wrong of [changed, answer.slice(1), new Uint8Array(256), new Uint8Array(256).fill(255), new Uint8Array()]) {
      expect(code(() => finishDraw(issuer, pending, wrong))).toBe('answer');
    }
    const other = openKey(fromHex(fixture.other_spki), keyHash(fromHex(fixture.other_spki)));
    expect(code(() => finalize(other, fromHex(fixture.message), answer, fromHex(fixture.inverse)))).toBe('answer');
    expect(verify(other, fromHex(fixture.message), fromHex(fixture.signature))).toBe(false);
  });

  it('never looks the same twice', () => {
    const key = openKey(issuer.publicKey, issuer.publishedHash);
    const [one, two] = [blind(key, utf8('one')), blind(key, utf8('one'))];
    expect(toHex(one.blindedMessage)).not.toBe(toHex(two.blindedMessage));
    expect(toHex(one.preparedMessage)).not.toBe(toHex(two.preparedMessage));
    expect((toNumber(one.inverse) * (inverseOf(toNumber(one.inverse), key.n) ?? 0n)) % key.n).toBe(1n);
    expect(toHex(newSalt())).not.toBe(toHex(newSalt()));
  });

  it('takes another factor where the first is none', () => {
    const values = [fixture.token, fixture.prefix, fixture.salt].map(fromHex);
    const nothing = new Uint8Array(256);
    const above = new Uint8Array(256).fill(255);
    const { request } = startDraw(issuer, fixed(...values, nothing, above, fromHex(fixture.factor)));
    expect(toHex(request)).toBe(fixture.request);
  });

  it('draws an SM2 receipt in the same two steps', () => {
    const sm2: Issuer = { kind: 'separated', publicKey: new Uint8Array(65).fill(4), publishedHash: '' };
    sm2.publishedHash = keyHash(sm2.publicKey);
    const { request, pending } = startDraw(sm2, fixed(fromHex(fixture.prefix), fromHex(fixture.token)));
    expect(toHex(request)).toBe(fixture.message);
    expect(finishDraw(sm2, pending, new Uint8Array(64).fill(1)).message).toBe(fixture.message);
    expect(code(() => finishDraw(sm2, pending, new Uint8Array(63)))).toBe('answer');
  });

  it('says what to do', () => {
    for (const each of ['key', 'answer', 'random'] as const) expect(new BallotError(each).message).toMatch(/。$/);
  });
});

describe('commitments, trackers and proofs, held against the server', () => {
  it.each(fixture.ballots)('$ballot', (each) => {
    const committed = commitment(fixture.key_hash, fromHex(each.salt), utf8(each.ballot));
    expect(toHex(committed)).toBe(each.commitment);
    expect(tracker(committed)).toBe(each.tracker);
    expect(readTracker(each.tracker.toLowerCase().replace(/-/g, ' '))).toBe(each.tracker);
    const root = fromHex(fixture.root);
    expect(merkleVerify(root, committed, each.proof)).toBe(true);
    expect(merkleVerify(root, root, each.proof)).toBe(false);
    const { proof } = each;
    const wrong: Proof[] = [
      { ...proof, path: proof.path.slice(1) }, { ...proof, path: [...proof.path, fixture.root] },
      { ...proof, place: proof.place + proof.size }, { ...proof, place: -1 }, { ...proof, size: 0 }, { ...proof, place: 0.5 },
      { ...proof, path: proof.path.map((hash) => hash.replace(/^../, 'zz')) },
      { ...proof, path: proof.path.map(() => fixture.root) },
    ];
    for (const bent of wrong) expect(merkleVerify(root, committed, bent), JSON.stringify(bent)).toBe(false);
  });

  it('reads trackers as people type them', () => {
    for (const typed of ['7k2moqxr9d4i', '７Ｋ２Ｍ－０ＱＸＲ－９Ｄ４ｌ', ' 7K2M 0QXR—9D41']) expect(readTracker(typed)).toBe('7K2M-0QXR-9D41');
    for (const typed of ['', '7K2M-0QXR-9D4', '7K2M-0QXR-9D4U', '7K2M-0QXR-9D411', '满意']) expect(readTracker(typed)).toBeUndefined();
  });
});
