/**
 * Runs every *.walk.ts in real Chromium against the real binary.
 *
 * ZHIGONG_BIN (default ../target/debug/zhigong) is started with a demo city in a temporary folder; with ZHIGONG_TEST_PG
 * (the address of a PostgreSQL server) once more on a fresh database there. The walks that lead through the whole of an
 * issue go over both engines; the files of the others take turns, since the Rust tests hold both to the same. ZHIGONG_TEST_LONG, or
 * words after `--` that choose walks by name, take everything over both. ZHIGONG_E2E_URL uses a site that is already
 * running instead. Exits non-zero when a walk failed.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { Stage, type Walk } from './stage';

const here = fileURLToPath(new URL('.', import.meta.url));
const binary = process.env.ZHIGONG_BIN ?? join(here, '../../target/debug/zhigong');
const START_MS = 120_000;
/** With a camera that shows a test picture, and may be used without a question. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const CHROMIUM = [...CAMERA, '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** `place`: how the commands of the binary are told where its data is. */
interface Site { label: string; base: string; place: readonly string[]; stop(): Promise<void> }

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

async function start(label: string, more: string[]): Promise<Site> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or name it in ZHIGONG_BIN`);
  const data = mkdtempSync(join(tmpdir(), 'zhigong-e2e-'));
  const port = await freePort();
  const child = spawn(binary, ['serve', '--demo', '--data', data, '--listen', `127.0.0.1:${port}`, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (text: Buffer) => { said = (said + text.toString()).slice(-4000); };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const base = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ended(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await ready(base, child);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${said}`);
  }
  return { label, base, place: ['--data', data, ...more], stop };
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

async function onPostgres(server: string): Promise<Site> {
  const name = `zhigong_e2e_${process.pid}`;
  const sql = (text: string) => execFileSync('psql', [server, '--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', text]);
  sql(`create database ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  const drop = () => sql(`drop database if exists ${name} with (force)`);
  try {
    const site = await start('pg', ['--database', address.toString()]);
    return { ...site, stop: async () => { await site.stop(); drop(); } };
  } catch (error) {
    drop();
    throw error;
  }
}

interface Turn extends Walk { file: number }

async function allWalks(): Promise<Turn[]> {
  const files = readdirSync(here).filter((name) => name.endsWith('.walk.ts')).sort();
  const found = await Promise.all(files.map(async (name, file) => {
    const { walks } = await import(pathToFileURL(here + name).href) as { walks: Walk[] };
    return walks.map((walk) => ({ ...walk, file }));
  }));
  const words = process.argv.slice(2);
  return found.flat().filter((walk) => words.every((word) => walk.name.includes(word)));
}

async function runOne(browser: Browser, site: Site, walk: Walk): Promise<boolean> {
  const began = Date.now();
  const stage = new Stage(browser, site.base, site.label, site.place);
  try {
    await walk.run(stage);
    if (stage.complaints.length) throw new Error(`the console says: ${stage.complaints.join(' | ')}`);
    console.log(`  ok    ${site.label}  ${walk.name}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    await stage.failed(walk.name);
    console.log(`  FAIL  ${site.label}  ${walk.name}\n        ${error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n        ') : String(error)}`);
    return false;
  } finally {
    await stage.close();
  }
}

async function main(): Promise<boolean> {
  const walks = await allWalks();
  const running = process.env.ZHIGONG_E2E_URL;
  const sites: (() => Promise<Site>)[] = running
    ? [async () => ({ label: 'site', base: running.replace(/\/$/, ''), place: [], stop: async () => undefined })]
    : [() => start('sqlite', [])];
  const server = process.env.ZHIGONG_TEST_PG;
  if (server && !running) sites.push(() => onPostgres(server));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM });
  let passed = 0;
  let failed = 0;
  const everywhere = Boolean(process.env.ZHIGONG_TEST_LONG) || process.argv.length > 2;
  const walkAll = async (open: () => Promise<Site>, turn: number) => {
    const site = await open();
    try {
      for (const walk of walks.filter((one) => everywhere || one.both || one.file % sites.length === turn)) {
        if (await runOne(browser, site, walk)) passed += 1;
        else failed += 1;
      }
    } finally {
      await site.stop();
    }
  };
  try {
    // Both sites at once: a walk waits for its pages more than it computes.
    const ends = await Promise.allSettled(sites.map(walkAll));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await browser.close();
  }
  console.log(`E2E: ${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

main().then((good) => process.exit(good ? 0 : 1), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('E2E: 0 passed, 1 failed');
  process.exit(1);
});
