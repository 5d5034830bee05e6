/**
 * Runs every *.walk.ts in real Chromium against the real binary.
 *
 * ZHIGONG_BIN (default ../target/debug/zhigong) makes a demo city in a temporary folder; with ZHIGONG_TEST_PG (the address
 * of a PostgreSQL server) another one in a database there. Every file of walks has a copy of a city and a server to itself,
 * so that files walk beside each other, in any order. The walks that lead through the whole of an issue go over both
 * engines; the files of the others take turns, since the Rust tests hold both to the same. ZHIGONG_TEST_LONG, or words after
 * `--` that choose walks by name, take everything over both. ZHIGONG_E2E_URL uses a site that is already running instead;
 * ZHIGONG_E2E_AT_ONCE says how many files are walked at once. Exits non-zero when a walk failed.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { binary } from './files';
import { Stage, type Walk } from './stage';

const here = fileURLToPath(new URL('.', import.meta.url));
const START_MS = 120_000;
/** Files that are walked at once: a walk waits for its pages, and for what happens every minute, more than it computes. */
const AT_ONCE = Number(process.env.ZHIGONG_E2E_AT_ONCE ?? 3);
/** Where one of these began last, the others would wait for it. */
const LONGEST = ['year', 'results', 'channels', 'report', 'yuan', 'settlement', 'import', 'stopped'];
/** With a camera that shows a test picture, and may be used without a question. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const CHROMIUM = [...CAMERA, '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** `place`: how the commands of the binary are told where its data is. */
interface Site { base: string; place: readonly string[]; stop(): Promise<void> }
/** A demo city of which every file of walks gets a copy. */
interface City { label: string; copy(): Promise<Site>; remove(): Promise<void> }

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

async function start(data: string, more: string[]): Promise<Site> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or name it in ZHIGONG_BIN`);
  const port = await freePort();
  const child = spawn(binary, ['serve', '--demo', '--data', data, '--listen', `127.0.0.1:${port}`, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (text: Buffer) => { said = (said + text.toString()).slice(-4000); };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const base = `http://127.0.0.1:${port}`;
  try {
    await ready(base, child);
  } catch (error) {
    await ended(child);
    throw new Error(`${String(error)}\n${said}`);
  }
  return { base, place: ['--data', data, ...more], stop: () => ended(child) };
}

async function ready(base: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(`${base}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the server was not ready after ${START_MS / 1000} s`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

/** Databases of this run on a PostgreSQL server, by number; on SQLite they are files in the folder of the data. */
function databases(server: string | undefined) {
  const name = (number: number) => `zhigong_e2e_${process.pid}_${number}`;
  const sql = async (text: string) => {
    if (server) await promisify(execFile)('psql', [server, '--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', text]);
  };
  return {
    create: (number: number, from?: number) => sql(`create database ${name(number)} ${from === undefined ? '' : `template ${name(from)}`}`),
    drop: (number: number) => sql(`drop database if exists ${name(number)} with (force)`),
    options(number: number): string[] {
      if (!server) return [];
      const address = new URL(server);
      address.pathname = `/${name(number)}`;
      return ['--database', address.toString()];
    },
  };
}

async function makeCity(label: string, server?: string): Promise<City> {
  const database = databases(server);
  const made = mkdtempSync(join(tmpdir(), 'zhigong-e2e-'));
  const gone = async (data: string, number: number) => {
    rmSync(data, { recursive: true, force: true });
    await database.drop(number);
  };
  let copies = 0;
  try {
    await database.create(0);
    await (await start(made, database.options(0))).stop();
  } catch (error) {
    await gone(made, 0);
    throw error;
  }
  const copy = async (): Promise<Site> => {
    copies += 1;
    const [number, data] = [copies, mkdtempSync(join(tmpdir(), 'zhigong-e2e-'))];
    try {
      cpSync(made, data, { recursive: true });
      await database.create(number, 0);
      const site = await start(data, database.options(number));
      return { ...site, stop: async () => { await site.stop(); await gone(data, number); } };
    } catch (error) {
      await gone(data, number);
      throw error;
    }
  };
  return { label, copy, remove: () => gone(made, 0) };
}

interface WalkFile { name: string; walks: Walk[] }
interface Turn { city: City; file: WalkFile }

async function allFiles(): Promise<WalkFile[]> {
  const names = readdirSync(here).filter((name) => name.endsWith('.walk.ts')).sort();
  const words = process.argv.slice(2);
  const files = await Promise.all(names.map(async (name) => {
    const { walks } = await import(pathToFileURL(here + name).href) as { walks: Walk[] };
    return { name: name.replace('.walk.ts', ''), walks: walks.filter((walk) => words.every((word) => walk.name.includes(word))) };
  }));
  return files.filter((file) => file.walks.length > 0);
}

/** Which file is walked in which city, the longest first. */
function allTurns(files: WalkFile[], cities: City[]): Turn[] {
  const everywhere = Boolean(process.env.ZHIGONG_TEST_LONG) || process.argv.length > 2;
  const turns = files.flatMap((file, at) => cities.map((city, turn) => {
    const walks = everywhere || at % cities.length === turn ? file.walks : file.walks.filter((walk) => walk.both);
    return { city, file: { name: file.name, walks } };
  }));
  const place = ({ file }: Turn) => (LONGEST.includes(file.name) ? LONGEST.indexOf(file.name) : LONGEST.length);
  return turns.filter(({ file }) => file.walks.length > 0).sort((one, other) => place(one) - place(other));
}

async function runOne(browser: Browser, site: Site, label: string, walk: Walk): Promise<boolean> {
  const began = Date.now();
  const stage = new Stage(browser, site.base, label, site.place);
  try {
    await walk.run(stage);
    if (stage.complaints.length) throw new Error(`the console says: ${stage.complaints.join(' | ')}`);
    console.log(`  ok    ${label}  ${walk.name}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    await stage.failed(walk.name);
    console.log(`  FAIL  ${label}  ${walk.name}\n        ${error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n        ') : String(error)}`);
    return false;
  } finally {
    await stage.close();
  }
}

async function allCities(): Promise<City[]> {
  const running = process.env.ZHIGONG_E2E_URL?.replace(/\/$/, '');
  const nothing = async () => undefined;
  if (running) return [{ label: 'site', copy: async () => ({ base: running, place: [], stop: nothing }), remove: nothing }];
  const server = process.env.ZHIGONG_TEST_PG;
  return Promise.all([makeCity('sqlite'), ...(server ? [makeCity('pg', server)] : [])]);
}

async function main(): Promise<boolean> {
  const files = await allFiles();
  const cities = await allCities();
  const turns = allTurns(files, cities);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM });
  let passed = 0;
  let failed = 0;
  const lane = async () => {
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const { city: { label, copy }, file } = turn;
      const site = await copy();
      try {
        for (const walk of file.walks) {
          if (await runOne(browser, site, label, walk)) passed += 1;
          else failed += 1;
        }
      } finally {
        await site.stop();
      }
    }
  };
  try {
    // A site that is already there has one city for all.
    const lanes = Array.from({ length: process.env.ZHIGONG_E2E_URL ? 1 : AT_ONCE }, lane);
    for (const end of await Promise.allSettled(lanes)) if (end.status === 'rejected') throw end.reason;
  } finally {
    await browser.close();
    for (const city of cities) await city.remove();
  }
  console.log(`E2E: ${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

main().then((good) => process.exit(good ? 0 : 1), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('E2E: 0 passed, 1 failed');
  process.exit(1);
});
