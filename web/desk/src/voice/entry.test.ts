import { describe, expect, it } from 'vitest';
import type { Question } from '@api/voice';
import { readEntry, readSheet } from './entry';

const asked = { text: '示例题目', weight: 1, required: true };
const scale: Question = { ...asked, id: 'q1', kind: 'scale', steps: [{ label: '满意', score: 100 }, { label: '基本满意', score: 60 }, { label: '不满意', score: 0 }] };
const many: Question = { ...asked, id: 'q2', kind: 'multiple', options: ['甲', '乙', '丙'], least: 1, most: 2, required: false };
const rank: Question = { ...asked, id: 'q3', kind: 'ranking', options: ['甲', '乙', '丙'], places: 2 };
const number: Question = { ...asked, id: 'q4', kind: 'number', least: -5, most: 100, unit: '元' };
const text: Question = { ...asked, id: 'q5', kind: 'text', most_chars: 4 };

describe('what is typed from a sheet', () => {
  it('is read by the printed numbers', () => {
    const cases: [Question, string, unknown][] = [
      [scale, '1', 0], [scale, ' ３ ', 2], [many, '3 1', [0, 2]], [many, '3，1', [0, 2]], [rank, '3 1', [2, 0]], [number, '-5', -5], [number, '１００', 100], [text, ' 很好 ', '很好'],
    ];
    for (const [question, typed, answer] of cases) expect(readEntry(question, typed), typed).toEqual({ answer });
  });

  it('is refused when it cannot stand on the sheet', () => {
    const cases: [Question, string][] = [
      [scale, ''], [scale, '0'], [scale, '4'], [scale, '1 2'], [scale, '满意'], [many, '1 2 3'], [many, '1 1'], [many, '4'], [rank, '1'], [rank, '1 1'], [number, '101'], [number, '1.5'], [text, '一二三四五'],
    ];
    for (const [question, typed] of cases) expect(readEntry(question, typed).wrong, `${question.id} ${typed}`).toBeTruthy();
  });

  it('leaves out what is blank and need not be there', () => {
    expect(readEntry(many, '')).toEqual({});
    expect(readSheet([scale, many], { q1: '2' })).toEqual({ answers: { q1: 1 }, wrong: {} });
    expect(Object.keys(readSheet([scale, many, rank], { q2: '9' }).wrong)).toEqual(['q1', 'q2', 'q3']);
  });
});
