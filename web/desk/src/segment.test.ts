import { describe, expect, it } from 'vitest';
import { coveredText, shownValues } from './segment';

describe('what is said of a rule', () => {
  it('tells few as few', () => {
    expect(coveredText({ as_of: '2026-11-23', people: null, fewer_than: 5 })).toBe('现在符合的不足 5 人。');
    expect(coveredText({ as_of: '2026-11-23', people: 1234, fewer_than: 5 })).toBe('现在符合的有 1,234 人。');
  });
  it('shows the words of a field as they are written', () => {
    const field = { name: 'sex', label: '性别', kind: 'choice' as const, values: [{ value: 'female', label: '女' }, { value: 'male', label: '男' }], note: '' };
    expect(shownValues(field)).toBe('"female" 女，"male" 男');
  });
});
