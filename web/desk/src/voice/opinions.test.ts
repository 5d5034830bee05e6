import { describe, expect, it } from 'vitest';
import { graded } from './opinions';

describe('the words of opinions', () => {
  it('tell only grades that somebody gave', () => {
    expect(graded({ satisfied: 3, mostly: 0, dissatisfied: 1 })).toBe('满意 3，不满意 1');
    expect(graded({ satisfied: 0, mostly: 0, dissatisfied: 0 })).toBe('');
  });
});
