import { describe, expect, it } from 'vitest';
import type { Figures, Question } from '@api/voice';
import { groupsOf } from './groups';

const questions: Question[] = [
  { id: 'q1', text: '打过交道吗', weight: 0, required: true, kind: 'single', options: ['办过事', '投诉举报过', '没有打过交道'] },
  { id: 'q2', text: '办事效率', weight: 1, required: false, kind: 'scale', steps: [{ label: '好', score: 100 }, { label: '差', score: 0 }] },
];
const figures: Figures = { ballots: 27, electorate: 40, turnout: 6750, quorum_reached: true, advisory: false, score: null, rectify: [], questions: [] };

describe('groups of a result', () => {
  it('are read with who left a scale out, and those held back by name only', () => {
    const breakdown = { question: 'q1', groups: [{ option: 0, people: 20, scales: [{ question: 'q2', answered: 15, counts: [10, 5] }] }], withheld: [1, 2] };
    expect(groupsOf({ ...figures, breakdown }, questions)).toEqual({
      by: '打过交道吗', shown: [{ label: '办过事', people: 20, lines: [{ text: '办事效率', said: '好 10；差 5；没有填 5' }] }], withheld: ['投诉举报过', '没有打过交道'],
    });
  });

  it('are not there without a breakdown', () => expect(groupsOf(figures, questions)).toBeNull());
});
