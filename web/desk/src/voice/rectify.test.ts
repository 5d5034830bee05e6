import { describe, expect, it } from 'vitest';
import type { DutyRow } from '@api/rectify';
import { deskPath } from '../paths';
import { dutyPath, lateCount, standingText, toldText } from './rectify';

const duty = (more: Partial<DutyRow>) => ({ standing: 'on_time', days_late: 0, kind: 'plan', evaluation_id: 'e', ...more }) as DutyRow;

describe('duties at the desk', () => {
  it('says how late they are and whom was told', () => {
    expect(standingText(duty({ standing: 'overdue', days_late: 3 }))).toBe('逾期 3 天');
    expect(standingText(duty({ standing: 'done', days_late: 0 }))).toBe('按期办结');
    expect(standingText(duty({ standing: 'done_late', days_late: 2 }))).toBe('逾期办结 2 天');
    expect(standingText(duty({ standing: 'cancelled', days_late: 0 }))).toBe('已取消');
    expect([toldText(0), toldText(2)]).toEqual(['', '已告知上 2 级']);
    expect(lateCount({ on_time: 1, due_soon: 2, overdue: 3, very_overdue: 4, done: 5, done_late: 6, cancelled: 7 })).toBe(7);
  });

  it('opens the page behind a duty, and behind a message', () => {
    expect(dutyPath(duty({ kind: 'item' }))).toBe('/evaluations/e/rectification');
    expect(dutyPath(duty({ kind: 'answer' }))).toBe('/evaluations/e');
    const id = '01900000-0000-7000-8000-000000010009';
    expect(deskPath('/duties')).toBe('/duties');
    for (const link of [`/evaluations/${id}/rectification`, `/chair/evaluations/${id}/rectification`]) expect(deskPath(link)).toBe(`/evaluations/${id}/rectification`);
  });
});
