#!/usr/bin/env node
/**
 * A client of the interface for tills (docs/pos.md): no dependency, Node 18 or later.
 *
 *     export POS_URL=https://… POS_TILL=0123456789 POS_KEY=…base64…
 *     node examples/pos.mjs charge '{"code":"66…","points_cents":1500,"reference":"A-17"}'
 *     node examples/pos.mjs query  '{"id":"…"}'
 *     node examples/pos.mjs reverse '{"id":"…"}'
 *     node examples/pos.mjs refund '{"payment_id":"…","points_cents":500,"reason":"退货"}'
 *     node examples/pos.mjs daily  '{"day":"2026-11-23"}'
 *
 * What must not be got wrong: the id of a payment is made and written down before the first attempt; who hears no answer
 * asks what became of it, and who still does not know reverses it until that is answered. So every payment ends paid,
 * closed or reversed, and nobody pays twice.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const PATIENCE_MS = 10_000;
const QUERIES = 3;
const PAUSE_MS = 2_000;

/** A UUID that begins with the time (version 7): what is paid at one moment lies together in the tables. */
export function timedId(now = Date.now()) {
  const time = now.toString(16).padStart(12, '0');
  const chance = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(15)}`;
}

/** One signed call. The body is signed as it is sent: it must not be formatted anew in between. */
export function signed(till, key, action, body, now = Date.now(), nonce = randomUUID().replaceAll('-', '')) {
  const time = Math.floor(now / 1000);
  const text = JSON.stringify(body);
  const message = [action, till, time, nonce, text].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(message, 'utf8').digest('hex');
  return { till, time, nonce, body: text, signature };
}

/** The server said no, and will say the same again. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.code);
    this.code = problem.code;
  }
}

export function client({ url, till, key, journal = 'pos-journal.ndjson', pause = PAUSE_MS }) {
  const write = (entry) => appendFileSync(journal, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
  const wait = () => new Promise((resolve) => setTimeout(resolve, pause));

  async function send(action, body) {
    const headers = { 'Content-Type': 'application/json', 'X-Zhigong': '1' };
    const answer = await fetch(`${url}/api/pos/${action}`, {
      method: 'POST', headers, body: JSON.stringify(signed(till, key, action, body)), signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said = await answer.json();
    if (answer.ok) return said;
    // 5xx, "too slow" and "too many": nobody knows yet. Everything else is a decision.
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(`${answer.status} ${said.code}`);
    throw new Refused(said);
  }

  /** Sends until there is an answer. */
  async function insist(action, body) {
    for (;;) {
      try {
        return await send(action, body);
      } catch (error) {
        if (error instanceof Refused) throw error;
        await wait();
      }
    }
  }

  /** What became of a payment that was not answered: asked a few times, then reversed. */
  async function close(id) {
    for (let round = 0; round < QUERIES; round += 1) {
      await wait();
      const said = await send('query', { id }).catch(() => null);
      if (said && said.state !== 'unknown') return said;
    }
    try {
      return await insist('reverse', { id });
    } catch (error) {
      // Nobody was heard for so long that it cannot be reversed any more: then it was paid, and the query says so.
      if (error instanceof Refused && error.code === 'counter.reverse') return insist('query', { id });
      throw error;
    }
  }

  return {
    async charge(asked) {
      const body = { id: asked.id ?? timedId(), ...asked };
      write({ action: 'charge', body: { ...body, code: undefined } });
      let said;
      try {
        said = await send('charge', body);
      } catch (error) {
        if (error instanceof Refused) {
          write({ id: body.id, refused: error.code });
          throw error;
        }
        said = await close(body.id);
      }
      write({ id: body.id, state: said.state });
      return said;
    },
    query: (asked) => insist('query', asked),
    async reverse(asked) {
      write({ action: 'reverse', body: asked });
      return insist('reverse', asked);
    },
    async refund(asked) {
      const body = { id: asked.id ?? timedId(), ...asked };
      write({ action: 'refund', body });
      // The same id again is the same refund.
      return insist('refund', body);
    },
    async daily(asked) {
      const query = new URLSearchParams(Object.entries(signed(till, key, 'daily', asked)).map(([name, value]) => [name, String(value)]));
      const answer = await fetch(`${url}/api/pos/daily?${query}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Refused(await answer.json());
      return answer.text();
    },
  };
}

async function main([action, text = '{}']) {
  const { POS_URL: url, POS_TILL: till, POS_KEY: key, POS_JOURNAL: journal } = process.env;
  if (!url || !till || !key) throw new Error('POS_URL, POS_TILL and POS_KEY must be set');
  const calls = client({ url: url.replace(/\/$/, ''), till, key, journal });
  if (!Object.hasOwn(calls, action)) throw new Error(`one of ${Object.keys(calls).join(', ')}`);
  const said = await calls[action](JSON.parse(text));
  console.log(typeof said === 'string' ? said : JSON.stringify(said, null, 2));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof Refused ? `${error.code}: ${error.message}` : error.message);
    process.exitCode = 1;
  });
}
