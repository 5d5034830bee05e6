/** Files for the walks: made by `zhigong simulate`, or wrong on purpose; all in a folder of their own that goes with the walk. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.ZHIGONG_BIN ?? fileURLToPath(new URL('../../target/debug/zhigong', import.meta.url));

export interface Files {
  /** The register: unions, employers, officers, naming each other. */
  register: string[];
  roster: string;
  /** Rows of the roster that were made wrong: the number in the file, and the code each must be rejected with. */
  planted: { row: number; code: string }[];
  /** A file of this name and these bytes. */
  wrong(name: string, bytes: string | Buffer): string;
  drop(): void;
}

/** Fields of the lines of a CSV file; none of ours has a line break inside a field. */
export function csvLines(path: string): string[] {
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line !== '');
}

export function makeFiles(unions: number, rows: number): Files {
  const folder = mkdtempSync(join(tmpdir(), 'zhigong-files-'));
  const [register, roster] = [join(folder, 'register'), join(folder, '花名册.xlsx')];
  const run = (...words: string[]) => execFileSync(binary, ['simulate', ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  run('register', '--out', register, '--unions', String(unions), '--seed', '7');
  run('roster', '--out', roster, '--rows', String(rows), '--faults', '2', '--register', register, '--seed', '7');
  return {
    register: ['unions.xlsx', 'employers.csv', 'officers.xlsx'].map((name) => join(register, name)),
    roster,
    planted: csvLines(`${roster}.faults.csv`).slice(1).map((line) => line.split(',')).filter((cells) => /^\d+$/.test(cells[0]!)).map((cells) => ({ row: Number(cells[0]), code: cells[2]! })),
    wrong(name, bytes) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    drop: () => rmSync(folder, { recursive: true, force: true }),
  };
}
