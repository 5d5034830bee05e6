/** Files for the walks: made by `zhigong simulate`, or wrong on purpose; all in a folder of their own that goes with the walk. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

export const binary = process.env.ZHIGONG_BIN ?? fileURLToPath(new URL('../../target/debug/zhigong', import.meta.url));

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

/** An Excel workbook of these rows, as plain as one can be: a zip of stored entries. */
export function workbook(rows: readonly (readonly string[])[]): Buffer {
  const plain = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const cell = (text: string, at: number, row: number) => `<c r="${String.fromCharCode(65 + at)}${row}" t="inlineStr"><is><t>${plain(text)}</t></is></c>`;
  const sheet = rows.map((cells, at) => `<row r="${at + 1}">${cells.map((text, column) => cell(text, column, at + 1)).join('')}</row>`).join('');
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const links = 'http://schemas.openxmlformats.org/package/2006/relationships';
  return zipped({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${links}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${links}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
  });
}

function zipped(entries: Record<string, string>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(entries)) {
    const [name, body] = [Buffer.from(path), Buffer.from(text)];
    // Version, no flags, stored, 1 January 2026 (DOS), checksum, sizes, length of the name.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x5c21, 8);
    facts.writeUInt32LE(crc32(body), 10);
    facts.writeUInt32LE(body.length, 14);
    facts.writeUInt32LE(body.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    bodies.push(Buffer.from('PK\u0003\u0004'), facts, name, body);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), facts, place, name);
    offset += 30 + name.length + body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(entries).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\u0005\u0006'), end]);
}
