/** The reference client for tills against a server that loses questions and answers: every payment comes to one end. */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// The path is no literal: the bundler would take it for an asset of the page.
const at = (path: string): string => new URL(path, import.meta.url).href;
const CLIENT = at('../../../examples/pos.mjs');
const KEY = Buffer.alloc(32, 7).toString('base64');
/** In a process of its own: with Node's own way to load and to ask. */
const RUN = `
  const { client } = await import(process.env.POS_CLIENT);
  const { POS_URL: url, POS_KEY: key, POS_JOURNAL: journal } = process.env;
  const calls = client({ url, till: '0123456789', key, journal, pause: 1 });
  const said = await calls.charge({ code: '660000000000000000', points_cents: 1500 }).catch((error) => ({ refused: error.code ?? error.message }));
  console.log(JSON.stringify(said));
`;

type Action = 'charge' | 'query' | 'reverse';
/**
 * What goes wrong with a call: the question is lost; it arrives after everything else; it is done and the answer is lost,
 * or breaks off; somebody in between answers; the server says no.
 */
type Fault = 'lost' | 'late' | 'silent' | 'half' | 'busy' | 'many' | 'html' | 'short' | 'too_old';
type State = 'paid' | 'reversed' | 'closed';
interface Call { till: string; time: number; nonce: string; body: string; signature: string }
interface Entry { action?: Action; body?: { id: string; code?: string }; id?: string; state?: State; refused?: string }

let server: Server;
let folder: string;
let faults: Partial<Record<Action, Fault[]>>;
let asked: Action[];
let nonces: Set<string>;
let wrong: string[];
let late: string[];
const payments = new Map<string, State>();

/** The rules of docs/pos.md. */
function decide(action: Action, id: string): { status: number; said: unknown } {
  const known = payments.get(id);
  if (action === 'query') return { status: 200, said: { state: known ?? 'unknown' } };
  if (action === 'charge' && known === 'reversed') return { status: 409, said: { code: 'counter.reversed', detail: '示例' } };
  if (action === 'charge') payments.set(id, known ?? 'paid');
  if (action === 'reverse' && known !== 'closed') payments.set(id, 'reversed');
  return { status: 200, said: { state: payments.get(id) } };
}

function answer(action: Action, id: string, response: ServerResponse): void {
  const fault = faults[action]?.shift();
  const say = (status: number, text: string) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
  const no = (status: number, code: string) => say(status, JSON.stringify({ code, detail: '示例' }));
  if (fault === 'lost') return void response.socket?.destroy();
  if (fault === 'busy') return void no(503, 'system.busy');
  if (fault === 'many') return void no(429, 'gateway.many');
  if (fault === 'html') return void say(502, '<html>bad gateway</html>');
  if (fault === 'too_old') return void no(409, 'counter.reverse');
  if (fault === 'late') {
    late.push(id);
    return void response.socket?.destroy();
  }
  if (fault === 'short') {
    payments.set(id, 'closed');
    return void no(409, 'ledger.short');
  }
  const { status, said } = decide(action, id);
  const text = JSON.stringify(said);
  if (fault === 'silent') return void response.socket?.destroy();
  if (fault === 'half') {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
    response.write(text.slice(0, 5), () => response.socket?.destroy());
    return;
  }
  say(status, text);
}

function hear(request: IncomingMessage, response: ServerResponse): void {
  const action = request.url!.split('/').pop() as Action;
  let text = '';
  request.on('data', (piece: Buffer) => { text += piece.toString(); });
  request.on('end', () => {
    asked.push(action);
    const call = JSON.parse(text) as Call;
    const signature = createHmac('sha256', Buffer.from(KEY, 'base64')).update([action, call.till, call.time, call.nonce, call.body].join('\n')).digest('hex');
    if (signature !== call.signature) wrong.push(`signature of ${action}`);
    if (nonces.has(call.nonce)) wrong.push(`nonce of ${action}`);
    nonces.add(call.nonce);
    answer(action, (JSON.parse(call.body) as { id: string }).id, response);
  });
}

beforeEach(async () => {
  [faults, asked, nonces, wrong, late] = [{}, [], new Set(), [], []];
  payments.clear();
  folder = mkdtempSync(join(tmpdir(), 'zhigong-pos-'));
  server = createServer(hear);
  await new Promise<void>((ready) => { server.listen(0, '127.0.0.1', ready); });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => { server.close(closed); });
  rmSync(folder, { recursive: true });
});

/** Charges once; answers what the client says, and what it wrote down. */
async function charge(): Promise<{ said: { state?: State; refused?: string }; journal: Entry[] }> {
  const journal = join(folder, 'journal.ndjson');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, POS_CLIENT: CLIENT, POS_URL: url, POS_KEY: KEY, POS_JOURNAL: journal };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', RUN], { env });
  const lines = readFileSync(journal, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Entry);
  return { said: JSON.parse(stdout) as { state?: State; refused?: string }, journal: lines };
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const ASKED: Action[] = ['charge', ...times<Action>(3, 'query')];

describe('the client for tills', () => {
  it.each<[string, Partial<Record<Action, Fault[]>>, State, Action[]]>([
    ['nothing is lost', {}, 'paid', ['charge']],
    ['the charge is lost', { charge: ['lost'] }, 'reversed', [...ASKED, 'reverse']],
    ['the charge arrives when everything is over', { charge: ['late'] }, 'reversed', [...ASKED, 'reverse']],
    ['the answer to the charge is lost', { charge: ['silent'] }, 'paid', ['charge', 'query']],
    ['the answer to the charge breaks off', { charge: ['half'] }, 'paid', ['charge', 'query']],
    ['a query is lost, the next one is not', { charge: ['silent'], query: ['lost', 'half'] }, 'paid', [...ASKED]],
    ['no query is answered', { charge: ['silent'], query: ['lost', 'silent', 'half'] }, 'reversed', [...ASKED, 'reverse']],
    ['reversals are lost', { charge: ['lost'], reverse: ['lost', 'busy', 'html'] }, 'reversed', [...ASKED, ...times<Action>(4, 'reverse')]],
    ['the answer to the reversal is lost', { charge: ['silent'], query: times<Fault>(3, 'lost'), reverse: ['silent', 'half'] }, 'reversed', [...ASKED, ...times<Action>(3, 'reverse')]],
    ['the server is busy', { charge: ['busy'] }, 'reversed', [...ASKED, 'reverse']],
    ['somebody in between says that it is too many', { charge: ['many'], query: ['many'] }, 'reversed', [...ASKED, 'reverse']],
    ['somebody in between answers a page', { charge: ['html'] }, 'reversed', [...ASKED, 'reverse']],
    ['it is too late to reverse what was paid', { charge: ['silent'], query: times<Fault>(3, 'lost'), reverse: ['too_old'] }, 'paid', [...ASKED, 'reverse', 'query']],
  ])('comes to one end when %s', async (_name, plan, end, calls) => {
    faults = plan;
    const { said, journal } = await charge();
    late.forEach((id) => decide('charge', id));
    const id = journal[0]!.body!.id;
    expect([...payments]).toEqual([[id, end]]);
    expect(said.state).toBe(end);
    expect(asked).toEqual(calls);
    // Written down before the first attempt, without the code; and how it ended.
    expect(journal[0]).toMatchObject({ action: 'charge' });
    expect(journal[0]!.body!.code).toBeUndefined();
    expect(journal.at(-1)).toMatchObject({ id, state: end });
    expect(wrong).toEqual([]);
  });

  it('takes a no for a no', async () => {
    faults = { charge: ['short'] };
    const { said, journal } = await charge();
    expect([said.refused, journal.at(-1)!.refused, asked]).toEqual(['ledger.short', 'ledger.short', ['charge']]);
  });
});
