import { describe, expect, it } from 'vitest';
import type { Application, Me, MyApplication, Todos } from '@api/types';
import { waitingFor } from './waiting';
import { deskAddress, memberPath } from '../notice/link';

const TODAY = '2026-11-22';
const me: Me = {
  account_id: 'a', login: null, phone_masked: null, person: null, membership: null, roles: [], permissions: [], unread: 0, todo: 0, demo: true, idle_minutes: 30,
};
const application = (state: Application['state'], more: Partial<Application> = {}): MyApplication => ({
  draft: null,
  application: {
    id: 'p', state, door: 'open', organization_id: null, organization_name: null, work: 'courier', division_code: null, name: '虚构', id_number_masked: '',
    phone_masked: '', employer_name: null, employment_form: 'platform', submitted_at: '2026-11-20T00:00:00Z', answer_by: '2026-11-27', derivation: [],
    overdue: false, return_reason: null, decided_at: null, history: [], ...more,
  },
});

describe('what waits', () => {
  it('for a stranger to the union is joining', () => {
    expect(waitingFor(me, { application: null, draft: null }, null, TODAY).map((one) => one.to)).toEqual(['/join']);
  });

  it('for staff who are nobody’s member is not joining', () => {
    const officer = { ...me, roles: [{ role: 'town_officer', label: '', node_id: 'n', node_name: '' }] };
    expect(waitingFor(officer, { application: null, draft: null }, null, TODAY)).toEqual([]);
  });

  it('is the draft, the clock or the reason', () => {
    const draft = { application: null, draft: { answers: {}, saved_at: '', expires_on: '2026-11-29' } };
    expect(waitingFor(me, draft, null, TODAY)[0]).toMatchObject({ to: '/apply', detail: '草稿留到 11月29日' });
    expect(waitingFor(me, application('submitted'), null, TODAY)[0]?.detail).toBe('11月27日前答复，还有 5 天');
    expect(waitingFor(me, application('submitted', { overdue: true }), null, TODAY)[0]?.late).toBe(true);
    expect(waitingFor(me, application('returned', { return_reason: '单位名称不对' }), null, TODAY)[0]?.detail).toBe('单位名称不对');
  });

  it('for a chair counts the people, with the nearest day', () => {
    const todos: Todos = {
      items: [{ kind: 'application', id: 'x', title: '', detail: '', node_name: '示例工会', waiting_since: '', due: '2026-11-24', overdue: false, link: '' }],
      counts: { application: 12 },
    };
    const chair = { ...me, unread: 3, roles: [{ role: 'chair', label: '', node_id: 'n', node_name: '' }] };
    expect(waitingFor(chair, null, todos, TODAY).map((one) => one.title)).toEqual(['12 人申请入会，等您审核', '3 条消息没看']);
    todos.items.push({ kind: 'issue_batch', id: 'y', title: '示例工会：端午慰问', detail: '', node_name: '示例工会', waiting_since: '', due: null, overdue: false, link: '/points/batches/y' });
    expect(waitingFor(chair, null, todos, TODAY)[1]).toMatchObject({ title: '1 件事等您在工作台办', detail: '示例工会：端午慰问', to: '/desk/todo', desk: true });
  });
});

describe('a notice leads', () => {
  it('only to pages a member has', () => {
    expect(memberPath('/union')).toBe('/union');
    expect(memberPath('/applications/00000000-0000-7000-8000-000000000103')).toBe('/approvals/00000000-0000-7000-8000-000000000103');
    expect(memberPath('/join/application')).toBe('/apply/status');
    for (const link of ['/disputes/', '/shop/disputes/', '/shop/merchants/', '/payments/'].map((path) => `${path}00000000-0000-7000-8000-000000000103`)) expect(memberPath(link)).toBe(link);
    for (const link of [null, 'https://example.com', '//example.com', 'javascript:alert(1)', '/desk/roles']) expect(memberPath(link)).toBeNull();
    expect(deskAddress('/points/approvals')).toBe('/desk/points/approvals');
    expect(deskAddress('/desk/disputes/00000000-0000-7000-8000-000000000103')).toBe('/desk/disputes/00000000-0000-7000-8000-000000000103');
    for (const link of [null, '/home', '//example.com', '/desk/../x', '/desk/roles']) expect(deskAddress(link)).toBeNull();
  });
});
