import type { WalletBook } from '@api/points';
import { describe, expect, it } from 'vitest';
import { endsText, inTurn } from './words';

describe('until when points are good', () => {
  it('counts the last day itself', () => {
    expect(endsText('2026-12-31', '2026-11-23')).toBe('用到 12月31日（还有 38 天）');
    expect(endsText('2026-11-23', '2026-11-23')).toBe('用到 11月23日（今天是最后一天）');
    expect(endsText('2027-01-01', '2026-11-23')).toBe('用到 2027年1月1日（还有 39 天）');
    expect(endsText('2026-11-22', '2026-11-23')).toBe('用到 11月22日（已到期，夜里收回）');
  });

  it('shows lots of all books in the order in which they are spent', () => {
    const book = (book_id: string, ends: string[]) => ({
      book_id, book_name: book_id, lots: ends.map((expires_on, at) => ({ id: `${book_id}${at}`, expires_on })),
    }) as unknown as WalletBook;
    const books = [book('own', ['2026-12-31', '2027-06-30']), book('b', ['2026-12-31', '2026-12-31']), book('a', ['2026-11-30', '2026-12-31'])];
    expect(inTurn(books).map((lot) => lot.id)).toEqual(['a0', 'own0', 'a1', 'b0', 'b1', 'own1']);
  });
});
