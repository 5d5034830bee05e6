import { describe, expect, it } from 'vitest';
import { checkOf, dataOf, formatOf, pathOf, places, qrOf, SIZE } from './qr';

const hex = (bytes: number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Reads a code back: format, mask, bits, digits. Damage is not mended. */
function read(grid: boolean[][]): string {
  let format = 0;
  for (let bit = 0; bit < 15; bit += 1) {
    const [row, column]: [number, number] = bit < 6 ? [bit, 8] : bit < 8 ? [bit + 1, 8] : bit === 8 ? [8, 7] : [8, 14 - bit];
    if (grid[row]![column]) format |= 1 << bit;
    const twin = bit < 8 ? grid[8]![SIZE - 1 - bit] : grid[SIZE - 15 + bit]![8];
    expect(twin).toBe(grid[row]![column]);
  }
  const mask = [0, 1, 2, 3, 4, 5, 6, 7].find((one) => formatOf(one) === format);
  expect(mask).toBeDefined();
  const hit = (r: number, c: number) => [
    (r + c) % 2, r % 2, c % 3, (r + c) % 3, ((r >> 1) + Math.floor(c / 3)) % 2, ((r * c) % 2) + ((r * c) % 3),
    (((r * c) % 2) + ((r * c) % 3)) % 2, (((r + c) % 2) + ((r * c) % 3)) % 2,
  ][mask!] === 0;
  const bits = places().map(([row, column]) => (grid[row]![column]! !== hit(row, column) ? '1' : '0')).join('');
  const data = (bits.slice(0, 128).match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  const check = (bits.slice(128, 208).match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  expect(check).toEqual(checkOf(data));
  let length = parseInt(bits.slice(4, 14), 2);
  let at = 14;
  let digits = '';
  for (; length > 0; length -= 3) {
    const part = Math.min(length, 3);
    digits += String(parseInt(bits.slice(at, at + 1 + 3 * part), 2)).padStart(part, '0');
    at += 1 + 3 * part;
  }
  return digits;
}

describe('a QR code', () => {
  it('has the bytes of the example in ISO/IEC 18004', () => {
    const data = dataOf('01234567');
    expect(hex(data)).toBe('10200c566180ec11ec11ec11ec11ec11');
    expect(hex(checkOf(data))).toBe('a524d4c1ed36c7872c55');
  });

  it('has the format bits of the table in the standard', () => {
    expect([0, 1, 2, 3].map((mask) => formatOf(mask).toString(2).padStart(15, '0')))
      .toEqual(['101010000010010', '101000100100101', '101111001111100', '101101101001011']);
  });

  it('has room for 26 bytes', () => {
    expect(places()).toHaveLength(26 * 8);
    expect(new Set(places().map(String)).size).toBe(26 * 8);
  });

  it('can be read back, whatever the digits', () => {
    for (const digits of ['661234567812345678', '000000000000000000', '669999999999999999', '7', '01234567', '1234567890123456789012345678901234']) {
      expect(read(qrOf(digits))).toBe(digits);
    }
  });

  it('stands on its three finders', () => {
    const grid = qrOf('661234567812345678');
    for (const [top, left] of [[0, 0], [0, 14], [14, 0]] as const) {
      const rows = Array.from({ length: 7 }, (_none, r) => grid[top + r]!.slice(left, left + 7).map((dark) => (dark ? '#' : '.')).join(''));
      expect(rows).toEqual(['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']);
    }
    expect(pathOf(grid).startsWith('M0 0h1v1h-1z')).toBe(true);
  });

  it('refuses what it cannot say', () => {
    for (const odd of ['', '12a', '1'.repeat(35)]) expect(() => qrOf(odd)).toThrow();
  });
});
