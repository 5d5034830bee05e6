import { describe, expect, it } from 'vitest';
import type { DutyRow, RectificationItem, RectificationPage, RectificationProblem } from '@api/rectify';
import { closurePoll, dayAfter, dutyWords, planGap, unsettled, wantsPlan } from './rectify';

const item = (state: RectificationItem['state']): RectificationItem => ({
  id: 'i', attempt: 1, state, begun_on: '2026-12-01', claimed_on: null, settled_on: null, duty: null, review_duty: null, evidence: [], answers: [], finding: null, finding_reason: null,
});
const problem = (id: string, ...items: RectificationItem[]): RectificationProblem => ({
  id, source: 'rating', text: '示例', share: 3000, added_on: '2026-12-01', measure: null, owner: null, items,
});
const page = (...problems: RectificationProblem[]) => ({ problems }) as RectificationPage;
const duty = (standing: DutyRow['standing'], days_late: number) => ({ standing, days_late }) as DutyRow;

describe('a rectification on the phone', () => {
  it('knows which problems a plan must answer', () => {
    const all = page(problem('a'), problem('b', item('open')), problem('c', item('claimed')), problem('d', item('not_fixed'), item('open')), problem('e', item('fixed')));
    expect(unsettled(all).map((one) => one.id)).toEqual(['a', 'b', 'd']);
    expect(wantsPlan(all)).toBe(true);
    expect(wantsPlan(page(problem('b', item('open'))))).toBe(false);
  });

  it('says how late a duty is', () => {
    expect(dutyWords(duty('overdue', 3))).toEqual({ text: '逾期 3 天', tone: 'late' });
    expect(dutyWords(duty('very_overdue', 20)).text).toBe('严重逾期 20 天');
    expect(dutyWords(duty('done_late', 2)).text).toBe('逾期 2 天办结');
    expect(dutyWords(duty('on_time', 0)).text).toBe('期限内');
    expect(dutyWords(duty('cancelled', 0)).text).toBe('已取消');
  });

  it('finds what a promise lacks', () => {
    const line = { measure: '换热水器', owner: '示例负责人', due_on: '2027-01-15' };
    expect(planGap(line, '2026-12-01', '2027-05-30')).toBeNull();
    expect(planGap({ ...line, measure: '换' }, '2026-12-01', '2027-05-30')).toContain('措施');
    expect(planGap({ ...line, owner: ' ' }, '2026-12-01', '2027-05-30')).toContain('负责人');
    expect(planGap({ ...line, due_on: '2026-12-01' }, '2026-12-01', '2027-05-30')).toContain('期限');
    expect(planGap({ ...line, due_on: '2027-05-31' }, '2026-12-01', '2027-05-30')).toContain('2027-05-30');
    expect(dayAfter('2026-12-31', 180)).toBe('2027-06-29');
  });

  it('takes the key hash from the form that was fixed', () => {
    const form = { title: '示例 · 整改回访（第 1 次）', issuer: 'blind_rsa', key_hash: 'ab', questions: [] };
    const poll = closurePoll({
      evaluation_id: 'e', title: '', round: 1, items: 0, closes_on: '2026-12-08', closes_at: '', poll_id: 'p', issuer: 'separated', public_key: 'cd',
      form_text: JSON.stringify(form), form_hash: '', drawn: false,
    });
    expect([poll.key_hash, poll.issuer, poll.title, poll.id]).toEqual(['ab', 'blind_rsa', '示例 · 整改回访（第 1 次）', 'p']);
  });
});
