import { describe, expect, it } from 'vitest';
import { codeIn, shopIn, spokenAmount } from './words';

describe('what is scanned or typed', () => {
  it('finds the shop of a sign', () => {
    expect(shopIn('https://zg.example/pay/123456?x=1')).toBe('123456');
    expect(shopIn(' 123456 ')).toBe('123456');
    expect(shopIn('0192f0c1-0000-7000-8000-000000000001')).toBe('0192f0c1-0000-7000-8000-000000000001');
    for (const odd of ['', '12345', '661234567812345678', 'https://example.com/', '/pay/']) expect(shopIn(odd)).toBeNull();
  });

  it('finds the digits of a code', () => {
    expect(codeIn('6612 3456 7812 345678')).toBe('661234567812345678');
    expect(codeIn('0042')).toBe('0042');
    for (const odd of ['', '123', '12345', '281234567812345678', '66123456781234567x']) expect(codeIn(odd)).toBeNull();
  });

  it('reads an amount aloud', () => {
    expect([100, 1250, 1205, 99, 120000].map(spokenAmount)).toEqual(['1元', '12点5元', '12点05元', '0点99元', '1200元']);
  });
});
