import { describe, expect, it } from 'vitest';
import { chooseDoor, chooseWork, employmentOf, firstOpen, fromReturned, lack, nextStep, stepBefore, stepOfField, stepsOf, toSubmit, type Answers } from './flow';

const CONSENT = '2026-11-01';
const ID = '11010519491231002X';
const rider: Answers = {
  door: 'open', work: 'food_delivery', district_code: '440703', division_code: '440703101', name: '虚构骑手', id_kind: 'resident_id',
  id_number: ID, employment_form: 'platform', consent_version: CONSENT,
};
const worker: Answers = {
  door: 'employer', organization_id: 'o1', organization_name: '示例玩具厂工会', employer_name: '示例玩具厂', name: '虚构职工',
  id_number: ID, employment_form: 'labour_contract', consent_version: CONSENT,
};

describe('the screens', () => {
  it('begin with the two doors', () => {
    expect(stepsOf({})).toEqual(['door']);
    expect(firstOpen({}, CONSENT)).toBe('door');
  });

  it('ask a platform worker for work and town, not for an employer or a contract', () => {
    expect(stepsOf(rider)).toEqual(['door', 'work', 'town', 'destination', 'name', 'identity', 'consent', 'check']);
  });

  it('ask the form of employment of who works where there is no union', () => {
    expect(stepsOf({ ...rider, work: 'employer_without_union' })).toContain('employment');
  });

  it('ask nothing the link has said', () => {
    expect(stepsOf({ ...worker, link_code: 'ABC', employer_known: true })).toEqual(['name', 'identity', 'employment', 'consent', 'check']);
    expect(stepsOf({ ...worker, link_code: 'ABC' })[0]).toBe('employer');
  });

  it('follow each other both ways', () => {
    for (const answers of [rider, worker]) {
      const steps = stepsOf(answers);
      steps.slice(0, -1).forEach((step, at) => {
        expect(nextStep(step, answers)).toBe(steps[at + 1]);
        expect(stepBefore(steps[at + 1]!, answers)).toBe(step);
      });
      expect(stepBefore(steps[0]!, answers)).toBeNull();
      expect(nextStep('check', answers)).toBe('check');
    }
  });

  it('stop at the first one that lacks something', () => {
    expect(firstOpen({ door: 'open' }, CONSENT)).toBe('work');
    expect(firstOpen({ ...rider, division_code: undefined }, CONSENT)).toBe('town');
    expect(firstOpen({ ...worker, organization_id: undefined }, CONSENT)).toBe('organization');
    expect(firstOpen({ ...rider, id_number: '' }, CONSENT)).toBe('identity');
    expect(firstOpen(rider, 'newer text')).toBe('consent');
    expect(firstOpen(rider, CONSENT)).toBe('check');
  });
});

describe('what a screen lacks', () => {
  it.each([
    ['', '请填写姓名'], ['   ', '请填写姓名'], ['李', '至少两个字'], ['李4', '不能有数字'], ['李<script>', '不能用的符号'],
    ['李\u0000四', '不能用的符号'], ['李\u202e四', '不能用的符号'], ['字'.repeat(10_000), '最多 50 个字'],
  ])('refuses the name %j', (name, said) => {
    expect(lack('name', { name }, CONSENT)).toContain(said);
  });

  it.each(['虚构职工', '买买提·虚构', 'Example Person'])('takes the name %s', (name) => {
    expect(lack('name', { name }, CONSENT)).toBeNull();
  });

  it.each([
    ['resident_id', '11010519491231002X', null], ['resident_id', '11010519491231002x', null], ['resident_id', '440524188001010014', null],
    ['resident_id', '110105194912310021', '最后一位'], ['resident_id', '110105199902300017', '出生日期'], ['resident_id', '1101051949123100', '18 位'],
    ['resident_id', '110105491231002', null], ['hk_mo_tw_residence_permit', ID, '810000'], ['foreign_permanent_resident', 'ABC123456789012', null],
    ['foreign_permanent_resident', ID, '9 开头'], ['resident_id', '=cmd()', '18 位'],
  ] as const)('looks at %s %s', (id_kind, id_number, said) => {
    const found = lack('identity', { id_kind, id_number }, CONSENT);
    if (said === null) expect(found).toBeNull();
    else expect(found).toContain(said);
  });
});

describe('changing one’s mind', () => {
  it('at the door keeps the person and lets the rest go', () => {
    expect(chooseDoor(rider, 'employer')).toEqual({ door: 'employer', name: '虚构骑手', id_kind: 'resident_id', id_number: ID, consent_version: CONSENT });
    expect(chooseDoor(rider, 'open')).toBe(rider);
  });

  it('about the work changes the form of employment with it', () => {
    expect(chooseWork(rider, 'employer_without_union').employment_form).toBeUndefined();
    expect(chooseWork({ ...rider, work: 'employer_without_union', employment_form: 'flexible' }, 'courier').employment_form).toBe('platform');
    expect(employmentOf(undefined)).toBeNull();
  });
});

describe('the request', () => {
  it('is there only when nothing is missing', () => {
    expect(toSubmit({ ...rider, name: '' }, CONSENT)).toBeNull();
    expect(toSubmit({}, CONSENT)).toBeNull();
  });

  it('holds what the door needs and nothing of the other', () => {
    expect(toSubmit({ ...rider, organization_name: '行业工会', id_number: ID.toLowerCase() }, CONSENT)).toEqual({
      door: 'open', organization_id: null, link_code: null, work: 'food_delivery', division_code: '440703101', employer_name: null,
      name: '虚构骑手', id_kind: 'resident_id', id_number: ID, employment_form: 'platform', consent_version: CONSENT,
    });
    expect(toSubmit(worker, CONSENT)).toMatchObject({ door: 'employer', organization_id: 'o1', employer_name: '示例玩具厂', work: null, division_code: null });
  });

  it('knows the screen of a refused field', () => {
    expect(stepOfField('id_number')).toBe('identity');
    expect(stepOfField('unknown')).toBeNull();
    expect(stepOfField(null)).toBeNull();
  });
});

describe('a returned application', () => {
  it('brings back all but the ID number', () => {
    const answers = fromReturned({
      id: 'a', state: 'returned', door: 'open', organization_id: 'o2', organization_name: '行业工会', work: 'courier', division_code: '440703101',
      name: '虚构快递员', id_number_masked: '110105********002X', phone_masked: '138****0000', employer_name: null, employment_form: 'platform',
      submitted_at: '2026-11-20T00:00:00Z', answer_by: '2026-11-27', derivation: [], overdue: false, return_reason: '照片', decided_at: null, history: [],
    });
    expect(answers).toMatchObject({ door: 'open', work: 'courier', district_code: '440703', division_code: '440703101', name: '虚构快递员' });
    expect(answers.id_number).toBeUndefined();
    expect(firstOpen(answers, CONSENT)).toBe('identity');
  });
});
