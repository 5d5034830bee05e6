import { describe, expect, it } from 'vitest';
import { barsIn, barsOf, digitModulesOf, digitValuesOf, modulesOf, valuesOf } from './code128';

describe('Code 128 B', () => {
  it('agrees with known check values', () => {
    // Examples that are worked out elsewhere: "PJJ123C" begins with start A there (54), so with start B it is one more.
    expect(valuesOf('PJJ123C')).toEqual([104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
    expect(valuesOf('Wikipedia').at(-2)).toBe(88);
  });

  it('draws start and stop as the standard has them', () => {
    const modules = modulesOf('A');
    expect(modules.startsWith('11010010000')).toBe(true); // Start B
    expect(modules.slice(11, 22)).toBe('10100011000'); // A
    expect(modules.endsWith('1100011101011')).toBe(true); // Stop
  });

  it('has eleven modules a sign and an even number of bars in each', () => {
    const text = '7K2M0QXR9D4T7K2M0';
    expect(modulesOf(text)).toHaveLength(11 * (text.length + 2) + 13);
    const patterns = new Set<string>();
    for (let value = 0; value < 95; value += 1) {
      const pattern = modulesOf(String.fromCharCode(32 + value)).slice(11, 22);
      expect([...pattern].filter((module) => module === '1').length % 2).toBe(0);
      patterns.add(pattern);
    }
    expect(patterns.size).toBe(95);
  });

  it('gives bars that are the modules again', () => {
    const modules = modulesOf('0Z');
    const again = Array.from({ length: modules.length }, () => '0');
    for (const bar of barsOf('0Z')) for (let at = 0; at < bar.width; at += 1) again[bar.at + at] = '1';
    expect(again.join('')).toBe(modules);
  });

  it('refuses what it cannot say', () => {
    expect(() => modulesOf('票')).toThrow();
  });
});

describe('Code 128 C', () => {
  it('agrees with known values', () => {
    // 105 + 12·1 + 34·2 + 56·3 + 78·4 = 665, which is 47 over a multiple of 103.
    expect(digitValuesOf('12345678')).toEqual([105, 12, 34, 56, 78, 47, 106]);
  });

  it('takes two digits a sign and nothing else', () => {
    expect(digitModulesOf('123456789012345678')).toHaveLength(11 * 11 + 13);
    expect(digitModulesOf('00').startsWith('11010011100')).toBe(true); // Start C
    for (const odd of ['', '1', '123', '1a', '１２']) expect(() => digitValuesOf(odd)).toThrow();
  });

  it('has bars that are the modules again', () => {
    const modules = digitModulesOf('6612345678');
    expect(barsIn(modules).reduce((sum, bar) => sum + bar.width, 0)).toBe([...modules].filter((one) => one === '1').length);
  });
});
