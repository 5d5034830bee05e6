#!/usr/bin/env node
/**
 * Checks a slip (凭证) of a transfer against the root that was published of its day. Both are files; nothing is asked of
 * the server here, and none of its code is used. Node 18 or later, whose OpenSSL knows SM3 (most builds do).
 *
 *     curl -o day.json https://…/api/points/days/2026-11-23        # or a copy that somebody else kept
 *     node examples/check-receipt.mjs slip.json day.json
 *
 * The tree is that of RFC 9162 with SM3; the bytes of a transfer stand in crates/rewards/src/ledger/day/leaf.rs.
 */
import { createHash, getHashes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const FIELDS = ['id', 'fingerprint', 'book_id', 'seq', 'kind', 'debit_id', 'credit_id', 'amount_cents', 'reason', 'shop_id', 'reverses_id', 'event_id', 'at_micros', 'day'];
const sm3 = (...parts) => createHash('sm3').update(Buffer.concat(parts)).digest();
const eight = (number) => { const bytes = Buffer.alloc(8); bytes.writeBigInt64BE(BigInt(number)); return bytes; };
const bytesOf = (name, value) => {
  if (typeof value === 'number') return eight(value);
  return name === 'fingerprint' || /(^|_)id$/.test(name) ? Buffer.from(value.replaceAll('-', ''), 'hex') : Buffer.from(value, 'utf8');
};
const field = (name, value) => (value === null ? Buffer.of(0) : Buffer.concat([Buffer.of(1), eight(bytesOf(name, value).length), bytesOf(name, value)]));

/** The root to which a slip leads; null when no tree of its size has a way of this length. */
function rootOf({ transfer, place, size, path }) {
  let [at, last] = [place, size - 1];
  let hash = sm3(Buffer.of(0), Buffer.from('zhigong transfer 1'), ...FIELDS.map((name) => field(name, transfer[name])));
  for (const beside of path.map((text) => Buffer.from(text, 'hex'))) {
    if (last === 0) return null;
    const right = at % 2 === 1 || at === last;
    hash = right ? sm3(Buffer.of(1), beside, hash) : sm3(Buffer.of(1), hash, beside);
    while (right && at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && place >= 0 && place < size ? hash.toString('hex') : null;
}

if (!getHashes().includes('sm3')) throw new Error('this Node has no SM3: use one that is built with OpenSSL 1.1.1 or later');
const [slip, day] = process.argv.slice(2, 4).map((name) => JSON.parse(readFileSync(name, 'utf8')));
const published = day.items.find((one) => one.book_id === slip.transfer.book_id && one.day === slip.transfer.day);
const good = published?.transfers === slip.size && published.first_seq + slip.place === slip.transfer.seq && published.root === rootOf(slip);
console.log(good ? `in the root of ${published.day}: number ${slip.place + 1} of ${slip.size}` : 'NOT in the published root of its day');
process.exitCode = good ? 0 : 1;
