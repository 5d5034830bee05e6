/**
 * The routes, in the shape openapi-typescript writes (`paths`), so that `client.ts` does not change when
 * `schema.d.ts` takes over. One line is one route: what goes in, what comes out.
 */
import type { ChannelPaths } from './paths-channels';
import type { ConsultPaths } from './paths-consult';
import type { CounterPaths } from './paths-counter';
import type { DelegatePaths } from './paths-delegates';
import type { EvidencePaths } from './paths-evidence';
import type { ImportPaths } from './paths-imports';
import type { MerchantPaths } from './paths-merchant';
import type { RectifyPaths } from './paths-rectify';
import type { OpinionPaths } from './paths-opinion';
import type { PointsPaths } from './paths-points';
import type { ReportPaths } from './paths-report';
import type { SegmentPaths } from './paths-segments';
import type { VoicePaths } from './paths-voice';
import type * as t from './types';

interface Answer<Out> { 200: { headers: Record<string, unknown>; content: { 'application/json': Out } } }
interface Parameters<Query, Path> { query?: Query; path: Path; header?: Record<string, string> }
export interface Get<Out, Query = Record<string, never>, Path = Record<string, never>> {
  get: { parameters: Path extends Record<string, never> ? { query?: Query; header?: Record<string, string> } : Parameters<Query, Path>; responses: Answer<Out> };
}
export interface Post<Body, Out, Path = Record<string, never>> {
  post: {
    parameters: Path extends Record<string, never> ? { header?: Record<string, string> } : Parameters<undefined, Path>;
    requestBody: { content: { 'application/json': Body } };
    responses: Answer<Out>;
  };
}
export interface Paged { after?: string; limit?: number }
export interface ById { id: t.Id }

export interface Paths extends ChannelPaths, ConsultPaths, CounterPaths, DelegatePaths, EvidencePaths, ImportPaths, MerchantPaths, OpinionPaths, PointsPaths, RectifyPaths, ReportPaths, SegmentPaths, VoicePaths {
  '/api/site': Get<t.Site>;
  '/api/divisions': Get<t.Divisions, { as_of?: t.Day; all?: boolean }>;
  '/api/divisions/province': Get<t.Province>;

  '/api/sign-in/code': Post<{ phone: string }, t.CodeSent>;
  '/api/sign-in/phone': Post<{ phone: string; code: string }, t.Signed>;
  '/api/sign-in/password': Post<{ login: string; password: string }, t.Signed>;
  '/api/sign-in/totp': Post<{ code: string }, t.Signed>;
  '/api/sign-in/enrol-totp': Post<t.Empty, t.TotpSecret>;
  '/api/sign-in/confirm-totp': Post<{ code: string }, t.Signed>;
  '/api/sign-in/new-password': Post<{ password: string }, t.Signed>;
  '/api/sign-in/demo': Post<{ key: string }, t.Signed>;
  '/api/demo/clock': Post<{ hours: number }, { now: string; today: string }>;
  '/api/sign-out': Post<t.Empty, t.Empty>;
  '/api/sign-out-everywhere': Post<t.Empty, { ended: number }>;

  '/api/me': Get<t.Me>;
  '/api/me/sessions': Get<t.Items<t.Session>>;
  '/api/me/data': Get<t.MyData>;
  '/api/me/data/reveal': Post<{ field: t.OwnField }, { value: string }>;
  '/api/me/phone': Post<{ phone: string; code: string }, t.Empty>;
  '/api/me/membership/leave': Post<{ reason: string }, t.Empty>;
  '/api/notices': Get<t.Page<t.Notice>, Paged>;
  '/api/notices/{id}/read': Post<t.Empty, t.Empty, ById>;
  '/api/notices/read-all': Post<t.Empty, { read: number }>;
  '/api/my-union': Get<t.MyUnion>;

  '/api/join/links/{code}': Get<t.JoinLink, Record<string, never>, { code: string }>;
  '/api/join/organizations': Get<t.Items<t.FoundOrganization>, { q: string }>;
  '/api/join/destination': Get<t.Destination, { work: t.Work; division_code: string }>;
  '/api/join/application': Get<t.MyApplication>;
  '/api/join/draft': Post<{ answers: Record<string, unknown> }, { saved_at: t.Time; expires_on: t.Day }>;
  '/api/join/submit': Post<t.JoinAnswers, t.Application>;
  '/api/join/withdraw': Post<t.Empty, t.Application>;
  '/api/applications': Get<t.Page<t.Application>, Paged & { state?: string; organization_id?: t.Id }>;
  '/api/applications/{id}': Get<t.Application & { permissions: string[] }, Record<string, never>, ById>;
  '/api/applications/approve': Post<{ ids: t.Id[] }, { results: t.RowResult[] }>;
  '/api/applications/return': Post<{ ids: t.Id[]; reason: string }, { results: t.RowResult[] }>;
  '/api/applications/{id}/dispatch': Post<{ organization_id: t.Id; note?: string }, t.Application, ById>;

  '/api/takeover': Get<t.TakeoverStatus>;
  '/api/takeover/phone': Post<{ name: string; id_tail: string; consent_version: string }, t.TakenOver>;
  '/api/takeover/code': Post<{ code: string; name: string; id_tail: string; consent_version: string }, t.TakenOver>;
  '/api/members/{id}/hand-over': Post<{ seen_id: boolean }, t.HandOver, ById>;
  '/api/members/{id}/hand-over/end': Post<t.Empty, t.Empty, ById>;

  '/api/todo': Get<t.Todos, Paged>;
  '/api/done': Get<t.Page<t.Done>, Paged>;

  '/api/tree': Get<t.Tree, { as_of?: t.Day }>;
  '/api/organizations': Get<t.Page<t.OrganizationRow>, Paged & { parent_id?: t.Id; within?: t.Id; kind?: string; q?: string; state?: string; import_id?: t.Id; as_of?: t.Day }> & Post<{
    parent_id: t.Id; name: string; kind: t.OrganizationKind; uscc?: string; division_code: string;
    employer?: { name: string; uscc?: string }; employees_declared?: number;
    contact_name?: string; contact_phone?: string; address?: string;
  }, { id: t.Id; state: 'founding' }>;
  '/api/organizations/{id}': Get<t.Organization, { as_of?: t.Day }, ById>;
  '/api/organizations/{id}/approve': Post<{ note?: string; term_years?: number }, t.Empty, ById>;
  '/api/organizations/{id}/return': Post<{ reason: string }, t.Empty, ById>;
  '/api/organizations/{id}/rename': Post<{ name: string; reason: string }, t.Empty, ById>;
  '/api/organizations/{id}/contact': Post<{ contact_name: string; contact_phone: string; address: string }, t.Empty, ById>;
  '/api/organizations/{id}/officers': Post<{ person_id?: t.Id; name?: string; phone?: string; title: t.OfficerTitle; from: t.Day }, { id: t.Id }, ById>;
  '/api/organizations/{id}/officers/{officer_id}/end': Post<{ on: t.Day }, t.Empty, ById & { officer_id: t.Id }>;
  '/api/organizations/{id}/move': Post<{ parent_id: t.Id; from: t.Day; reason: string }, t.Empty, ById>;
  '/api/organizations/{id}/dissolve': Post<{ reason: string }, t.Empty, ById>;
  '/api/organizations/{id}/join-link': Get<t.OrganizationLink, Record<string, never>, ById>;
  '/api/organizations/{id}/join-link/renew': Post<t.Empty, t.OrganizationLink, ById>;

  '/api/members': Get<t.Page<t.MemberRow>, Paged & { organization_id?: t.Id; within?: t.Id; name?: string; id_number?: string; phone?: string; state?: string; import_id?: t.Id; employer_id?: t.Id; taken_over?: boolean }>;
  '/api/members/{id}': Get<t.Member, Record<string, never>, ById>;
  '/api/members/{id}/reveal': Post<{ field: t.OwnField; reason: string }, { value: string }, ById>;
  '/api/members/{id}/end': Post<{ reason: string; state: 'left' | 'retained' }, t.Empty, ById>;

  '/api/roles': Get<t.Page<t.RoleGrant>, Paged & { node_id?: t.Id }> & Post<{ account_id: t.Id; role: string; node_id: t.Id; to?: t.Day }, { id: t.Id }>;
  '/api/roles/kinds': Get<t.Items<t.RoleKind>>;
  '/api/roles/{id}/revoke': Post<{ reason: string }, t.Empty, ById>;
  '/api/accounts': Get<t.Page<t.AccountRow>, Paged & { q?: string }> & Post<{ login: string; name: string; phone: string }, { id: t.Id; one_time_password?: string | null }>;
  '/api/accounts/{id}/reset': Post<{ reason: string }, { one_time_password?: string | null }, ById>;
  '/api/accounts/{id}/unlock': Post<{ reason: string }, t.Empty, ById>;
  '/api/accounts/{id}/disable': Post<{ reason: string }, t.Empty, ById>;
  '/api/accounts/{id}/enable': Post<{ reason: string }, t.Empty, ById>;
  '/api/events': Get<t.Page<t.EventRow>, { kind?: string; aggregate_id?: t.Id; actor?: t.Id; before?: string; limit?: number }>;
  '/api/events/verify': Post<t.Empty, t.Verified>;
  '/api/parameters': Get<t.Items<t.Parameter>> & Post<{ name: string; division_code?: string; value: string; from: t.Day; source: string }, { id: t.Id }>;
  '/api/calendar': Get<t.Calendar, { year?: number }>;
  '/api/calendar-days': Post<{ day: t.Day; working: boolean; name: string; source: string }, { day: t.Day; note: string }>;
}
