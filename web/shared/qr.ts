/**
 * A QR code (ISO/IEC 18004) of a few digits: version 1 (21 × 21), numeric mode, error correction M, at most 34 digits.
 * Small on purpose: a pay code is drawn on the phone, without a network and without a library.
 *
 *     qrOf('661234567812345678')  →  21 rows of 21 booleans, dark is true
 */

export const SIZE = 21;
const DATA = 16;
const CHECK = 10;
const MOST_DIGITS = 34;
type Grid = (boolean | null)[][];

/* Reed-Solomon over GF(256) with x⁸ + x⁴ + x³ + x² + 1. */
const [EXP, LOG] = (() => {
  const exp = new Array<number>(512).fill(0);
  const log = new Array<number>(256).fill(0);
  for (let at = 0, value = 1; at < 255; at += 1) {
    exp[at] = value;
    exp[at + 255] = value;
    log[value] = at;
    value <<= 1;
    if (value & 0x100) value ^= 0x11d;
  }
  return [exp, log] as const;
})();
const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!);

function generator(): number[] {
  let poly = [1];
  for (let power = 0; power < CHECK; power += 1) {
    const next = new Array<number>(poly.length + 1).fill(0);
    poly.forEach((factor, at) => {
      next[at]! ^= factor;
      next[at + 1]! ^= times(factor, EXP[power]!);
    });
    poly = next;
  }
  return poly;
}

/** The digits as 16 bytes of data. */
export function dataOf(digits: string): number[] {
  if (!/^\d+$/.test(digits) || digits.length > MOST_DIGITS) throw new Error(`a QR code takes 1 to ${MOST_DIGITS} digits here`);
  const bits = (value: number, length: number) => value.toString(2).padStart(length, '0');
  let text = bits(1, 4) + bits(digits.length, 10);
  for (const part of digits.match(/\d{1,3}/g) ?? []) text += bits(Number(part), 1 + 3 * part.length);
  text = (text + '0000').slice(0, DATA * 8);
  text += '0'.repeat((8 - (text.length % 8)) % 8);
  const bytes = (text.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  for (let filler = 0xec; bytes.length < DATA; filler ^= 0xec ^ 0x11) bytes.push(filler);
  return bytes;
}

/** The 10 bytes by which damage is mended. */
export function checkOf(data: readonly number[]): number[] {
  const poly = generator();
  const rest = [...data, ...new Array<number>(CHECK).fill(0)];
  for (let at = 0; at < data.length; at += 1) {
    const factor = rest[at]!;
    poly.forEach((one, offset) => { rest[at + offset]! ^= times(one, factor); });
  }
  return rest.slice(data.length);
}

/** The 15 bits that say "level M" and which mask, with their own check. */
export function formatOf(mask: number): number {
  let rest = mask << 10; // M is 00
  for (let bit = 14; bit >= 10; bit -= 1) if (rest & (1 << bit)) rest ^= 0x537 << (bit - 10);
  return ((mask << 10) | rest) ^ 0x5412;
}

const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_r, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** Finders with their white edge, timing, and the room of the format: what holds no data. */
function frame(): { grid: Grid; taken: boolean[][] } {
  const grid: Grid = Array.from({ length: SIZE }, () => new Array<boolean | null>(SIZE).fill(null));
  const taken = Array.from({ length: SIZE }, () => new Array<boolean>(SIZE).fill(false));
  const put = (r: number, c: number, dark: boolean) => {
    if (r < 0 || c < 0 || r >= SIZE || c >= SIZE) return;
    grid[r]![c] = dark;
    taken[r]![c] = true;
  };
  for (const [top, left] of [[0, 0], [0, SIZE - 7], [SIZE - 7, 0]] as const) {
    for (let r = -1; r <= 7; r += 1) {
      for (let c = -1; c <= 7; c += 1) {
        const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
        put(top + r, left + c, ring !== 2 && ring !== 4);
      }
    }
  }
  for (let at = 8; at < SIZE - 8; at += 1) {
    put(6, at, at % 2 === 0);
    put(at, 6, at % 2 === 0);
  }
  for (let at = 0; at < 9; at += 1) {
    taken[8]![at] = true;
    taken[at]![8] = true;
    if (at < 8) {
      taken[8]![SIZE - 1 - at] = true;
      taken[SIZE - 1 - at]![8] = true;
    }
  }
  return { grid, taken };
}

/** Where the bits of the data go, in their order: in double columns from the right, up and down in turns. */
export function places(): [row: number, column: number][] {
  const { taken } = frame();
  const found: [number, number][] = [];
  let up = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      const row = up ? SIZE - 1 - step : step;
      for (const column of [right, right - 1]) if (!taken[row]![column]) found.push([row, column]);
    }
    up = !up;
  }
  return found;
}

function masked(bytes: readonly number[], mask: number): boolean[][] {
  const { grid } = frame();
  places().forEach(([row, column], at) => {
    const bit = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
    grid[row]![column] = (bit === 1) !== MASKS[mask]!(row, column);
  });
  const format = formatOf(mask);
  for (let bit = 0; bit < 15; bit += 1) {
    const dark = ((format >> bit) & 1) === 1;
    // Beside the finder at the top left, and once more beside the two others.
    const [row, column]: [number, number] = bit < 6 ? [bit, 8] : bit < 8 ? [bit + 1, 8] : bit === 8 ? [8, 7] : [8, 14 - bit];
    grid[row]![column] = dark;
    if (bit < 8) grid[8]![SIZE - 1 - bit] = dark;
    else grid[SIZE - 15 + bit]![8] = dark;
  }
  grid[SIZE - 8]![8] = true;
  return grid.map((line) => line.map(Boolean));
}

/** How hard a grid is to read: runs, blocks, what looks like a finder, and too much of one colour. */
export function penalty(grid: readonly boolean[][]): number {
  const lines = [...grid, ...grid.map((_line, at) => grid.map((row) => row[at]!))];
  let sum = 0;
  for (const line of lines) {
    const text = line.map((dark) => (dark ? '1' : '0')).join('');
    for (const run of text.match(/1{5,}|0{5,}/g) ?? []) sum += run.length - 2;
    for (let at = 0; at + 11 <= SIZE; at += 1) if (['10111010000', '00001011101'].includes(text.slice(at, at + 11))) sum += 40;
  }
  for (let r = 0; r + 1 < SIZE; r += 1) {
    for (let c = 0; c + 1 < SIZE; c += 1) {
      const dark = grid[r]![c];
      if (grid[r]![c + 1] === dark && grid[r + 1]![c] === dark && grid[r + 1]![c + 1] === dark) sum += 3;
    }
  }
  const dark = grid.flat().filter(Boolean).length;
  return sum + 10 * Math.floor(Math.abs((dark * 100) / (SIZE * SIZE) - 50) / 5);
}

/** The code of these digits under the mask that reads best. */
export function qrOf(digits: string): boolean[][] {
  const data = dataOf(digits);
  const bytes = [...data, ...checkOf(data)];
  const all = MASKS.map((_mask, at) => masked(bytes, at));
  return all.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/** The dark parts as one SVG path, a module being one unit. */
export function pathOf(grid: readonly boolean[][]): string {
  return grid.map((line, row) => line.map((dark, column) => (dark ? `M${column} ${row}h1v1h-1z` : '')).join('')).join('');
}
