/**
 * Recounts a published evaluation (核对评议结果) in the browser, from its file alone: nothing is asked of the server, and
 * none of its counting is used. The order of the checks and the codes are those of the crate `zhigong-verifier`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, fromHex, toHex, utf8 } from '../ballot/bytes';
import { openKey, verify as rsaVerify } from '../ballot/rsa';
import { columnFits } from './column';
import { UnreadError, VerifyError } from './form';
import type { Breakdown, Instrument, Publication, Question } from './form';
import { groups } from './groups';
import { overall, question } from './recount';
import type { QuestionFigures } from './recount';
import { sm2Verify } from './sm2';
import { binsOf } from './spread';
import type { Spread } from './spread';

export { UnreadError, VerifyError } from './form';
export type { FaultCode, UnreadCode } from './form';

/** What a good file says. */
export interface Report {
  evaluationId: string;
  title: string;
  ballots: number;
  electorate: number;
  tokens: number;
  paper: number;
  /** SHA-256 of the publication, to be compared with the result page. */
  hash: string;
  merkleRoot: string;
  /** The public key that sealed the file, to be compared with the platform's. */
  signer: string;
  figures: Record<string, unknown>;
  /** Of questions for a number that anybody answered. */
  spreads: Spread[];
}

const DOMAIN = utf8('zhigong.publication.v1\0');
const RECEIPT = utf8('zhigong.ballot.receipt.v1\0');
const TOKEN = toHex(utf8('zhigong.ballot.token.v1\0'));

/** Checks a file; `signer`, where given, is the platform's public key in hex. Throws `VerifyError`, and `UnreadError` where the device fails. */
export function verifyFile(file: Uint8Array, signer?: string): Report {
  const sealed = unseal(file, signer);
  const publication = read<Publication>(sealed.line, 'form');
  const { title, figures, spreads } = recount(publication);
  return {
    evaluationId: publication.evaluation_id, title, ballots: publication.commitments.length,
    electorate: publication.electorate, tokens: publication.tokens.length, paper: publication.paper, hash: sealed.hash,
    merkleRoot: publication.merkle_root, signer: sealed.signer, figures, spreads,
  };
}

/** Checks everything but the seal: that a publication fits together, whoever signed it. Throws `VerifyError`. */
export function recount(publication: Publication): Pick<Report, 'title' | 'figures' | 'spreads'> {
  const lists = [publication.tokens, publication.commitments, publication.columns];
  if (publication.format !== 1 || !lists.every(Array.isArray) || typeof publication.figures !== 'object') throw new VerifyError('form');
  const instrument = instrumentOf(publication);
  tokens(publication, instrument);
  root(publication);
  sums(publication);
  const asked = columns(publication, instrument);
  return { title: instrument.title, figures: recounted(publication, instrument, asked), spreads: spreadsOf(publication, asked) };
}

/** What is no UTF-8, and what is no JSON, by the names of their errors. Any other one speaks of the device, not of the file. */
const SAID_OF_THE_FILE = ['TypeError', 'SyntaxError'];

function read<T>(bytes: Uint8Array | string, code: 'form' | 'hash' | 'instrument'): T {
  let value: unknown = null;
  try {
    const text = typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (thrown) {
    if (!SAID_OF_THE_FILE.includes((thrown as { name?: string } | null)?.name ?? '')) throw new UnreadError('stopped');
  }
  if (typeof value === 'object' && value !== null) return value as T;
  throw new VerifyError(code);
}

function hex(text: unknown, length?: number): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^(?:[0-9a-f]{2})*$/.test(text)) return undefined;
  return length === undefined || text.length === 2 * length ? fromHex(text) : undefined;
}

function unseal(file: Uint8Array, signer?: string): { line: Uint8Array; hash: string; signer: string } {
  const first = file.indexOf(10);
  const second = file.indexOf(10, first + 1);
  if (first < 0 || second !== file.length - 1) throw new VerifyError('lines');
  const line = file.subarray(0, first);
  const seal = read<{ hash?: unknown; public_key?: unknown; signature?: unknown }>(file.subarray(first + 1, second), 'hash');
  const hash = sha256(line);
  if (seal.hash !== toHex(hash)) throw new VerifyError('hash');
  const [key, signature] = [hex(seal.public_key, 65), hex(seal.signature, 64)];
  const expected = signer === undefined || signer === seal.public_key;
  if (!key || !signature || !expected || !sm2Verify(key, concat(DOMAIN, hash), signature)) throw new VerifyError('signature');
  return { line, hash: seal.hash, signer: toHex(key) };
}

function instrumentOf(publication: Publication): Instrument {
  if (toHex(sha256(utf8(String(publication.instrument)))) !== publication.instrument_hash) throw new VerifyError('instrument_hash');
  const instrument = read<Instrument>(publication.instrument, 'instrument');
  const fits = instrument.evaluation_id === publication.evaluation_id && Array.isArray(instrument.questions);
  if (!fits || instrument.questions.length === 0) throw new VerifyError('instrument');
  return instrument;
}

function signedBy(publication: Publication, instrument: Instrument): (message: Uint8Array, signature: Uint8Array) => boolean {
  const bytes = hex(publication.public_key);
  if (!bytes || toHex(sha256(bytes)) !== instrument.key_hash) throw new VerifyError('key');
  if (instrument.issuer === 'separated') {
    const poll = hex(publication.poll_id.replace(/-/g, ''), 16);
    if (!poll) throw new VerifyError('key');
    return (message, signature) => sm2Verify(bytes, concat(RECEIPT, poll, message), signature);
  }
  if (instrument.issuer !== 'blind_rsa') throw new VerifyError('key');
  try {
    const key = openKey(bytes, instrument.key_hash);
    return (message, signature) => rsaVerify(key, message, signature);
  } catch {
    throw new VerifyError('key');
  }
}

function tokens(publication: Publication, instrument: Instrument): void {
  const signed = signedBy(publication, instrument);
  let last = '';
  publication.tokens.forEach((token, place) => {
    if (!Array.isArray(token) || token.length !== 2) throw new VerifyError('form');
    const [message, signature] = token;
    if (!(message > last)) throw new VerifyError('token_order', String(place + 1));
    last = message;
    const [said, by] = [hex(message, 88), hex(signature)];
    if (!said || !by || message.slice(64, 112) !== TOKEN || !signed(said, by)) throw new VerifyError('token', String(place + 1));
  });
}

function root(publication: Publication): void {
  let last = '';
  let level = publication.commitments.map((text, place) => {
    const bytes = hex(text, 32);
    if (!bytes || !(text > last)) throw new VerifyError('commitment', String(place + 1));
    last = text;
    return sha256(concat(Uint8Array.of(0), bytes));
  });
  while (level.length > 1) {
    const above: typeof level = [];
    for (let place = 0; place < level.length; place += 2) {
      const [left, right] = [level[place], level[place + 1]];
      if (left) above.push(right ? sha256(concat(Uint8Array.of(1), left, right)) : left);
    }
    level = above;
  }
  if (!level[0] || toHex(level[0]) !== publication.merkle_root) throw new VerifyError('root');
}

function sums(of: Publication): void {
  const numbers = [of.electorate, of.drawn, of.cast, of.paper, of.destroyed];
  const right = numbers.every((number) => Number.isSafeInteger(number) && number >= 0)
    && of.destroyed <= 4 && of.commitments.length >= 5
    && of.tokens.length === of.cast && of.paper <= of.cast && of.commitments.length + of.destroyed === of.cast
    && of.cast <= of.drawn && of.drawn <= of.electorate;
  if (!right) throw new VerifyError('sums');
}

function columns(publication: Publication, instrument: Instrument): Question[] {
  const asked = instrument.questions.filter((one) => one.kind !== 'text');
  const ids = asked.map((one) => one.id);
  const same = ids.length === publication.columns.length && new Set(ids).size === ids.length
    && ids.every((id, place) => id === publication.columns[place]?.question);
  if (!same) throw new VerifyError('columns');
  const ballots = publication.commitments.length;
  asked.forEach((one, place) => {
    if (!columnFits(one, publication.columns[place]?.answers ?? [], ballots)) throw new VerifyError('column', one.id);
  });
  return asked;
}

function spreadsOf(publication: Publication, asked: Question[]): Spread[] {
  const numbers = asked.map((one, place) => ({ one, answers: publication.columns[place]?.answers ?? [] })).filter(({ one, answers }) => one.kind === 'number' && answers.length > 0);
  return numbers.map(({ one, answers }) => ({ question: one.id, bins: binsOf(answers as number[]) }));
}

function recounted(publication: Publication, instrument: Instrument, asked: Question[]): Record<string, unknown> {
  const came: QuestionFigures[] = asked.map((one, place) => question(one, publication.columns[place]?.answers ?? []));
  const published = publication.figures;
  const grouped = groups(publication, instrument, asked);
  if (!Array.isArray(published.questions) || published.questions.length !== came.length) throw new VerifyError('overall');
  came.forEach((figures, place) => {
    if (JSON.stringify(figures) !== JSON.stringify(published.questions[place])) throw new VerifyError('figures', figures.question);
  });
  const said = published.breakdown as Breakdown | undefined;
  if (JSON.stringify(grouped) !== JSON.stringify(said)) throw new VerifyError('groups', (grouped ?? said)?.question);
  const whole = overall(instrument, asked, came, publication.commitments.length, publication.electorate);
  if (grouped) whole.breakdown = grouped;
  if (JSON.stringify(whole) !== JSON.stringify(published)) throw new VerifyError('overall');
  return whole;
}
