/** The database of a walk's own city, changed beside its server: by somebody who gets past the program. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Stage } from './stage';

/** What is used of the SQLite that newer versions of Node bring; beside an older one `sqlite3` is there. */
interface Sqlite { DatabaseSync: new (file: string) => { exec(sql: string): void; close(): void } }

const WAITS_MS = 10_000;

function told(stage: Stage, option: string): string | null {
  const at = stage.place.indexOf(option);
  return at < 0 ? null : stage.place[at + 1] ?? null;
}

/** Carries out a statement that means the same on both engines; where the server writes just then, it waits. */
export function tamper(stage: Stage, sql: string): void {
  const server = told(stage, '--database');
  if (server) run('psql', [server, '--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', sql]);
  else tamperFile(join(told(stage, '--data') ?? '', 'zhigong.db'), sql);
}

function tamperFile(file: string, sql: string): void {
  const own = process.getBuiltinModule('node:sqlite') as Sqlite | undefined;
  if (!own) return run('sqlite3', ['-batch', '-bail', '-cmd', `.timeout ${WAITS_MS}`, file, sql]);
  const database = new own.DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${WAITS_MS}`);
    database.exec(sql);
  } finally {
    database.close();
  }
}

function run(program: string, words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
