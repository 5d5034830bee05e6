import { constants, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Entry, Publication, Question } from './form';
import { recount, VerifyError } from './index';
import type { Spread } from './spread';

/** Counted by the server as well: crates/voice/src/result/tests/boxes.rs reads the same lines. */
interface Counted {
  questions: Question[];
  thresholds: { quorum_percent: number; rectify_percent: number };
  electorate: number;
  ballots: Record<string, Entry | string>[];
  figures: Publication['figures'];
  spreads: Spread[];
}
// The path is no literal: the bundler would take it for an asset of the page.
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const boxes = read('./fixtures/boxes.jsonl').trim().split('\n').map((line) => JSON.parse(line) as Counted);

const sha256 = (...parts: Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ type: 'spki', format: 'der' });

/** Signed once for all boxes, in their order. */
const tokens = Array.from({ length: Math.max(...boxes.map((one) => one.ballots.length)) }, (): [string, string] => {
  const message = Buffer.concat([randomBytes(32), Buffer.from('zhigong.ballot.token.v1\0'), randomBytes(32)]);
  const signature = sign('sha384', message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 });
  return [message.toString('hex'), signature.toString('hex')];
});

function rootOf(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  // The left tree is the largest full one that leaves something to the right.
  let full = 1;
  while (full * 2 < leaves.length) full *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, full)), rootOf(leaves.slice(full)));
}

function before(one: Entry, other: Entry): number {
  const [left, right] = [[one].flat(), [other].flat()];
  const place = left.findIndex((entry, at) => entry !== right[at]);
  return place < 0 ? left.length - right.length : (left[place] ?? 0) - (right[place] ?? -1);
}

/** A whole publication around a box, of this test's own making. */
function published({ questions, thresholds, electorate, ballots, figures }: Counted): Publication {
  const evaluation = '01900000-0000-7000-8000-000000090001';
  const instrument = JSON.stringify({
    evaluation_id: evaluation, title: '示例评议', questions, thresholds, issuer: 'blind_rsa', key_hash: sha256(spki).toString('hex'),
  });
  const commitments = ballots.map(() => randomBytes(32).toString('hex')).sort();
  const column = ({ id }: Question) => ({ question: id, answers: ballots.flatMap((ballot) => (id in ballot ? [ballot[id] as Entry] : [])).sort(before) });
  return {
    format: 1, evaluation_id: evaluation, poll_id: evaluation, instrument, instrument_hash: sha256(Buffer.from(instrument)).toString('hex'),
    public_key: spki.toString('hex'), electorate, drawn: ballots.length, cast: ballots.length, paper: 0, destroyed: 0,
    tokens: tokens.slice(0, ballots.length).sort(([one], [other]) => (one < other ? -1 : 1)), commitments,
    merkle_root: rootOf(commitments.map((one) => sha256(Buffer.of(0), Buffer.from(one, 'hex')))).toString('hex'),
    columns: questions.filter((one) => one.kind !== 'text').map(column), figures,
  };
}

describe('boxes that the server counted', () => {
  it('come to the same figures and spreads here, field by field', () => {
    expect(boxes.length).toBeGreaterThanOrEqual(50);
    for (const [place, box] of boxes.entries()) {
      const { figures, spreads } = recount(published(box));
      expect(JSON.stringify(figures), `box ${place}`).toBe(JSON.stringify(box.figures));
      expect(spreads, `box ${place}`).toEqual(box.spreads);
    }
  }, 60_000);

  it('do not come to figures that were changed', () => {
    for (const [place, box] of boxes.slice(0, 20).entries()) {
      const publication = published(box);
      const told = (figures: Record<string, unknown>): string => {
        try {
          recount({ ...publication, figures: { ...box.figures, ...figures } as Publication['figures'] });
        } catch (error) {
          if (error instanceof VerifyError) return error.code;
          throw error;
        }
        return 'good';
      };
      const [first, ...rest] = box.figures.questions as { answered: number }[];
      expect(told({}), `box ${place}`).toBe('good');
      expect(told({ questions: [{ ...first, answered: first!.answered - 1 }, ...rest] }), `box ${place}`).toBe('figures');
      expect(told({ turnout: (box.figures.turnout as number) + 1 }), `box ${place}`).toBe('overall');
    }
  }, 60_000);
});
