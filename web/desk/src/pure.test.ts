import { describe, expect, it } from 'vitest';
import { emptyFounding, foundingBody, foundingGaps } from './founding';
import { idleStep } from './idle';
import { byName } from './labels';
import { deskPath, memberRowsPath, unionRowsPath } from './paths';
import { retyped } from './pointrule';
import { bankSays, bankSteps, fundingState, groundPath, lineNumber, yesSays } from './points';
import { seekOf } from './seek';
import { inUrgency } from './todo';
import { mayStandUnder, placeSuits, takesMembers } from './unions';
import { usccFault } from './uscc';
import { mayDo } from './verbs';
import { dayBefore, dayWords, monthsOf, yearAfter } from './year';

describe('small rules of the desk', () => {
  it('orders Chinese names by pinyin', () => {
    expect(['赵敏', '陈志强', '李明', '王秀兰'].sort(byName)).toEqual(['陈志强', '李明', '王秀兰', '赵敏']);
  });

  it('tells a line without a number by its place among its equals', () => {
    expect(lineNumber('LS2026110300017')).toBe('LS2026110300017');
    expect(lineNumber('无流水号-20261103-500-0123456789ab-1')).toBe('无流水号');
    expect(lineNumber('无流水号-20261103-500-0123456789ab-2')).toBe('无流水号（同样的第 2 笔）');
  });

  it('knows a phone, an ID and a name apart', () => {
    expect(seekOf(' 138 0013 8000 ')).toEqual({ phone: '13800138000' });
    expect(seekOf('+86-13800138000')).toEqual({ phone: '13800138000' });
    expect(seekOf('11010519491231002x')).toEqual({ id_number: '11010519491231002X' });
    expect(seekOf('110105491231002')).toEqual({ id_number: '110105491231002' });
    expect(seekOf('陈志')).toEqual({ name: '陈志' });
    expect(seekOf('  ')).toEqual({});
  });

  it('puts late things first, then by due day, then by waiting', () => {
    const item = (id: string, overdue: boolean, due: string | null, waiting_since: string) => ({ id, overdue, due, waiting_since });
    const sorted = inUrgency([item('c', false, null, '1'), item('b', false, '2026-11-25', '9'), item('d', false, null, '2'), item('a', true, '2026-11-30', '9')]);
    expect(sorted.map((one) => one.id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leads from money to what it stands on, and says what a yes does', () => {
    expect(groundPath({ kind: 'points_funding', id: 'x', budget_id: 'b' })).toBe('/points/budgets/b');
    expect(groundPath({ kind: 'settlement', id: 'x', budget_id: null })).toBe('/settlements/x');
    expect(yesSays('issue_batch', 123_400, 1_200)).toBe('同意后从预算里留出 1,234.00 元，开始发给 1,200 人，不能撤回。');
    expect(yesSays('points_funding', 50, null)).toBe('同意后 0.50 元立即记账。');
    expect(groundPath({ kind: 'issue_correction', id: 'x', budget_id: null })).toBe('/points/batches/x');
    expect(yesSays('issue_correction', 6_000, 6)).toBe('同意后从 6 人那里收回没有用掉的积分，最多 60.00 元；用掉的不收。收回以后不能撤回。');
  });

  it('leads from the ledger to the bank by the steps that move something', () => {
    const figures = { balance_cents: 95, custody_cents: 70, unmatched_cents: 0, payouts_under_way_cents: 30, returns_under_way_cents: 0, ahead_cents: 5, expected_cents: 95, difference_cents: 0 };
    const steps = bankSteps(figures);
    expect(steps.map((step) => step.cents)).toEqual([70, 30, -5]);
    expect(steps.reduce((sum, step) => sum + step.cents, 0)).toBe(figures.expected_cents);
    expect([0, 5, -1_000].map(bankSays)).toEqual(['相符', '银行比账上应有的多 0.05 元', '银行比账上应有的少 10.00 元']);
    const said = (kind: 'top_up' | 'give_back', state: 'done' | 'paid') => fundingState({ kind, state }).text;
    expect([said('top_up', 'done'), said('give_back', 'done'), said('give_back', 'paid')]).toEqual(['已办结', '已批准，待银行付款', '银行已付']);
  });

  it('types a rule again that came back, from today on', () => {
    const rule = { id: 'r', organization_id: 'o', organization_name: '', budget_id: 'b', name: '入会礼', event_kind: 'membership.started', event_label: '', amount_cents: 1_500, daily_cents: null, yearly_cents: 3_000, total_cents: 600_000, given_cents: 0, from_on: '2026-11-01', to_on: '2026-11-30', valid_days: 365, state: 'returned' as const, made_by: null, made_at: '', return_reason: '请写明依据' };
    expect(retyped(rule, '2026-12-05')).toEqual({ budget_id: 'b', name: '入会礼', event_kind: 'membership.started', amount: '15.00', daily: '', yearly: '30.00', total: '6000.00', from_on: '2026-12-05', to_on: '2026-12-31', valid: '365' });
  });

  it('checks a credit code while it is typed', () => {
    expect(usccFault('')).toBeNull();
    expect(usccFault('81440700MC0000012J', '81')).toBeNull();
    expect(usccFault('91350100m000100y43')).toBeNull();
    expect(usccFault('911100001000013428')).toContain('校验');
    expect(usccFault('91440300708461136T', '81')).toContain('81');
    expect(usccFault('9135')).toContain('18 位');
    expect(usccFault('9135010OM000100Y43')).toContain('O');
  });

  it('says what a founding lacks and sends only what was typed', () => {
    const fields = { ...emptyFounding(), parent_id: 'p', division_code: '440705101', name: ' 大泽五金厂工会委员会 ', employer_name: '大泽五金厂', employees: '126' };
    expect(Object.keys(foundingGaps(emptyFounding()))).toEqual(['parent_id', 'division_code', 'name', 'employer_name']);
    expect(foundingGaps(fields)).toEqual({});
    expect(foundingGaps({ ...fields, employees: '一百' })).toHaveProperty('employees_declared');
    expect(foundingBody(fields)).toMatchObject({ name: '大泽五金厂工会委员会', employees_declared: 126, employer: { name: '大泽五金厂' }, uscc: undefined });
    expect(foundingBody({ ...fields, kind: 'town_joint' }).employer).toBeUndefined();
  });

  it('offers only places and parents that can be approved', () => {
    const town = { code: '440705101', name: '大泽镇', parent_code: '440705', level: 'town' as const };
    expect(mayStandUnder('grassroots', 'town_joint')).toBe(true);
    expect(mayStandUnder('joint_grassroots', 'county_federation')).toBe(false);
    expect(mayStandUnder('grassroots', 'grassroots')).toBe(false);
    expect(takesMembers('town_federation')).toBe(false);
    expect(takesMembers('town_joint')).toBe(true);
    expect(placeSuits('grassroots', town, '440700')).toBe(true);
    expect(placeSuits('grassroots', town, '440703')).toBe(false);
    expect(placeSuits('county_federation', town, null)).toBe(false);
    expect(dayBefore('2029-03-01')).toBe('2029-02-28');
    expect(yearAfter('2028-02-29')).toBe('2029-02-28');
  });

  it('warns before the session ends and renews only for somebody who is there', () => {
    const limit = 30 * 60_000;
    expect(idleStep(5 * 60_000, 0, 4 * 60_000, limit)).toBe('fine');
    expect(idleStep(11 * 60_000, 0, 10 * 60_000, limit)).toBe('renew');
    expect(idleStep(11 * 60_000, 0, 0, limit)).toBe('fine');
    expect(idleStep(28.5 * 60_000, 0, 0, limit)).toBe('warn');
    expect(idleStep(30 * 60_000, 0, 0, limit)).toBe('over');
  });

  it('reads a verb or a permission', () => {
    expect(mayDo(['rename'], 'rename')).toBe(true);
    expect(mayDo(['organization.approve'], 'approve')).toBe(true);
    expect(mayDo([], 'approve')).toBe(false);
  });

  it('writes addresses with their question', () => {
    expect(unionRowsPath('a', null)).toBe('/unions/list?within=a&state=established');
    expect(unionRowsPath('a', '2025-01-01')).toBe('/unions/list?within=a&state=established&as_of=2025-01-01');
    const id = '0192f000-0000-7000-8000-000000000001';
    expect(deskPath(`/desk/applications/${id}`)).toBe(`/applications/${id}`);
    for (const page of ['merchants', 'disputes', 'settlements']) expect(deskPath(`/desk/${page}/${id}`)).toBe(`/${page}/${id}`);
    expect(deskPath(`/organizations/${id}`)).toBe(`/unions/${id}`);
    for (const odd of [null, '/home', '//evil.example', '/desk//evil.example', 'https://evil.example', '/unions/../x']) expect(deskPath(odd)).toBeNull();
    expect(memberRowsPath('a b')).toBe('/members?within=a%20b');
  });

  it('lays out a year, Monday first, with moved days', () => {
    const months = monthsOf(2026, [{ day: '2026-01-01', working: false, name: '元旦' }, { day: '2026-01-04', working: true, name: '元旦' }]);
    expect(months).toHaveLength(12);
    expect(months.flatMap((month) => month.weeks.flat()).filter(Boolean)).toHaveLength(365);
    const [first] = months[0]!.weeks;
    expect(first!.map((day) => day?.date ?? null)).toEqual([null, null, null, 1, 2, 3, 4]);
    expect(dayWords(first![3]!)).toBe('1日，放假，元旦');
    expect(dayWords(first![6]!)).toBe('4日，调休上班，元旦');
    expect(dayWords(first![5]!)).toBe('3日，休息');
  });
});
