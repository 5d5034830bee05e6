import { describe, expect, it } from 'vitest';
import { firstPath, mayEnter, navOf, needsOf, nextPath } from './nav';

const rooms = (permissions: string[]) => navOf(permissions).flatMap((wing) => wing.rooms.map((room) => room.name));

describe('the rooms a person sees', () => {
  it('shows a town officer what waits, the unions, members and applications', () => {
    const held = ['organization.read', 'organization.approve', 'member.read', 'application.read', 'application.decide', 'application.dispatch'];
    expect(rooms(held)).toEqual(['todo', 'done', 'unions', 'members', 'employers', 'applications']);
    expect(firstPath(held)).toBe('/todo');
  });

  it('opens the import to who may bring in members or the register, and the export to who may take out', () => {
    expect(rooms(['member.import', 'member.export'])).toEqual(['imports', 'exports']);
    expect(rooms(['register.import'])).toEqual(['imports']);
  });

  it('opens the evaluations to who may read them, the vice chair among them', () => {
    expect(rooms(['evaluation.read'])).toEqual(['evaluations', 'campaigns', 'duties', 'rectifications', 'coverage', 'departments', 'department-results', 'funds', 'schemes']);
  });

  it('opens the list of things to do to who decides on money, contracts or disputes', () => {
    expect(rooms(['points.approve'])).toEqual(['todo', 'done', 'points-approvals']);
    for (const need of ['merchant.approve', 'settlement.approve', 'dispute.decide']) expect(rooms([need])).toEqual(['todo']);
    expect(rooms(['points.audit'])).toEqual(['todo', 'points-proof', 'ledger']);
  });

  it('begins the day of who audits the money, and has nothing to approve, with whether the books agree', () => {
    const held = ['points.read', 'points.audit', 'spend_flag.read'];
    expect(rooms(held)).toEqual(['todo', 'points-budgets', 'points-batches', 'points-rules', 'points-proof', 'ledger', 'spend-flags']);
    expect(firstPath(held)).toBe('/points/proof');
    expect(firstPath([...held, 'points.approve'])).toBe('/todo');
  });

  it('shows the three administrators different rooms', () => {
    expect(rooms(['account.read', 'account.manage', 'parameter.read', 'parameter.change'])).toEqual(['accounts', 'parameters', 'calendar']);
    expect(rooms(['account.read', 'role.read', 'role.grant'])).toEqual(['accounts', 'roles']);
    expect(rooms(['event.read', 'event.verify', 'role.read', 'account.read'])).toEqual(['accounts', 'roles', 'events']);
  });

  it('shows a member without a role nothing and sends him to his own account', () => {
    expect(navOf([])).toEqual([]);
    expect(firstPath([])).toBe('/me');
  });

  it('opens a page by one of its permissions, and an open page to all', () => {
    expect(mayEnter(needsOf('events'), ['event.read'])).toBe(true);
    expect(mayEnter(needsOf('events'), ['role.read'])).toBe(false);
    expect(mayEnter(undefined, [])).toBe(true);
  });

  it('goes on only to pages of the desk after sign-in', () => {
    expect(nextPath('/unions?district=440705')).toBe('/unions?district=440705');
    for (const odd of ['//evil.example', '/\\evil.example', 'https://evil.example', '/sign-in?next=/x', undefined, ['/a']]) expect(nextPath(odd)).toBeNull();
  });
});
