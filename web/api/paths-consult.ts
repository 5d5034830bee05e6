/** The routes of consultations, budget items and departments; `paths.ts` takes them up. */
import type * as c from './consult';
import type { Get, Paged, Post } from './paths';
import type { Day, Empty, Id, Items, Page } from './types';

interface ByEvaluation { evaluation_id: Id }
interface ByFund { fund_id: Id }
type None = Record<string, never>;

export interface ConsultPaths {
  '/api/evaluations/{evaluation_id}/document': Get<c.ConsultDocument, None, ByEvaluation> & Post<c.DocumentWrite, c.ConsultDocument, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/document/files/{file_id}/remove': Post<Empty, Empty, ByEvaluation & { file_id: Id }>;
  '/api/evaluations/{evaluation_id}/after': Get<c.After, None, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/words': Get<Page<c.Words>, Paged & { question?: string }, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/moderation': Get<Page<c.ModeratedWords>, Paged & { state?: c.WordsState }, ByEvaluation>;
  '/api/words/{words_id}/decide': Post<c.WordsDecide, Empty, { words_id: Id }>;
  '/api/evaluations/{evaluation_id}/follow-up': Post<{ theme: string; verdict: c.Verdict; reason: string; replaces?: Id }, c.FollowUp, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/reply': Post<{ said: string; signed_by: string; replied_on?: Day; replaces?: Id }, c.Reply, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/reply-links': Get<Items<c.ReplyLink>, None, ByEvaluation> & Post<Empty, c.ReplyLinkMade, ByEvaluation>;
  '/api/reply-links/{link_id}/revoke': Post<Empty, Empty, { link_id: Id }>;
  '/api/department-link': Post<{ token: string }, c.DepartmentLinkOpened>;
  '/api/department-link/reply': Post<{ token: string; said: string; signed_by: string }, c.Reply>;
  '/api/department-results': Get<c.DepartmentResults, { organization_id: Id; scheme?: string; year?: number }>;

  '/api/funds': Get<Page<c.FundRow>, Paged & { organization_id?: Id; year?: number; state?: c.FundRow['state'] }> & Post<c.FundCreate, c.FundRow>;
  '/api/funds/{fund_id}': Get<c.FundPage, None, ByFund>;
  '/api/funds/{fund_id}/adjust': Post<{ version: number; purpose?: string; target?: string; budget_cents?: number }, c.FundRow, ByFund>;
  '/api/funds/{fund_id}/entries': Post<c.FundEntryInput, { id: Id; spent_cents: number }, ByFund>;
  '/api/funds/{fund_id}/close': Post<{ version: number; outcome: string; outcome_number?: number }, c.FundRow, ByFund>;
}

/** A file of a document: a plain link. */
export const documentFile = (evaluation: Id, file: Id): string => `/api/evaluations/${evaluation}/document/files/${file}`;
/** Where a file of a document is sent to. */
export const documentFiles = (evaluation: Id, name: string): string => `/api/evaluations/${evaluation}/document/files?name=${encodeURIComponent(name)}`;
