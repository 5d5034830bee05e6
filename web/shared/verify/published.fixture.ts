/** Publications of a test's own making: of the programs that are tested none has a hand in them. */
import { constants, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Entry, Publication, Question } from './form';

export interface Box {
  questions: Question[];
  thresholds: { quorum_percent: number; rectify_percent: number };
  electorate: number;
  ballots: Record<string, Entry | string>[];
  figures: Publication['figures'];
  breakdown?: string;
  groups?: Publication['groups'];
}

const sha256 = (...parts: Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ type: 'spki', format: 'der' });

/** Signed once for all boxes, in their order. */
const tokens: [string, string][] = [];
function token(): [string, string] {
  const message = Buffer.concat([randomBytes(32), Buffer.from('zhigong.ballot.token.v1\0'), randomBytes(32)]);
  const signature = sign('sha384', message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 });
  return [message.toString('hex'), signature.toString('hex')];
}

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
export function published({ questions, thresholds, electorate, ballots, figures, breakdown, groups }: Box): Publication {
  while (tokens.length < ballots.length) tokens.push(token());
  const evaluation = '01900000-0000-7000-8000-000000090001';
  const instrument = JSON.stringify({
    evaluation_id: evaluation, title: '示例评议', questions, thresholds, issuer: 'blind_rsa', key_hash: sha256(spki).toString('hex'), breakdown,
  });
  const commitments = ballots.map(() => randomBytes(32).toString('hex')).sort();
  const column = ({ id }: Question) => ({ question: id, answers: ballots.flatMap((ballot) => (id in ballot ? [ballot[id] as Entry] : [])).sort(before) });
  return {
    format: 1, evaluation_id: evaluation, poll_id: evaluation, instrument, instrument_hash: sha256(Buffer.from(instrument)).toString('hex'),
    public_key: spki.toString('hex'), electorate, drawn: ballots.length, cast: ballots.length, paper: 0, destroyed: 0,
    tokens: tokens.slice(0, ballots.length).sort(([one], [other]) => (one < other ? -1 : 1)), commitments,
    merkle_root: rootOf(commitments.map((one) => sha256(Buffer.of(0), Buffer.from(one, 'hex')))).toString('hex'),
    columns: questions.filter((one) => one.kind !== 'text').map(column), ...(groups && { groups }), figures,
  };
}
