import { describe, expect, it } from 'vitest';
import { centsOf, yuanText } from './money';

describe('amounts of money', () => {
  it('shows cents as yuan', () => {
    expect([0, 5, 120, 1234500, -60001].map(yuanText)).toEqual(['0.00', '0.05', '1.20', '12,345.00', '-600.01']);
  });

  it('reads what people type, and nothing else', () => {
    expect(['12345', '12,345.6', ' ¥0.05 元', '-600.01'].map(centsOf)).toEqual([1234500, 1234560, 5, -60001]);
    for (const odd of ['', '1.234', '1e3', '十元', '--1', '9999999999999']) expect(centsOf(odd)).toBeNull();
  });
});
