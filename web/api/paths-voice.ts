/** The routes of evaluations, campaigns and results; `paths.ts` takes them up. Casting a ballot is not among them: see member/src/voice/wire.ts. */
import type { Get, Paged, Post } from './paths';
import type { Day, Empty, Id, Items, Page } from './types';
import type * as v from './voice';

interface ByEvaluation { evaluation_id: Id }
interface ByCampaign { campaign_id: Id }

export interface VoicePaths {
  '/api/evaluations/open': Get<v.OpenForMe>;
  '/api/evaluations': Get<Page<v.EvaluationRow>, Paged & { state?: v.EvaluationState; scheme?: string; year?: number; within?: Id; campaign_id?: Id }> & Post<v.EvaluationCreate, v.EvaluationRow>;
  '/api/evaluations/{evaluation_id}': Get<v.EvaluationPage, Record<string, never>, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/adjust': Post<{ version: number; title?: string; closes_on?: Day; rule?: string }, v.EvaluationRow, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/open': Post<Empty, v.EvaluationRow, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/withdraw': Post<Empty, Empty, ByEvaluation>;
  '/api/evaluations/coverage': Get<v.Coverage, { scheme?: string; year?: number; within?: Id }>;
  '/api/evaluations/coverage/unions': Get<Page<v.CoverageUnion>, Paged & { scheme?: string; year?: number; within?: Id; group?: v.CoverageGroup; covered?: boolean }>;

  '/api/schemes': Get<Items<v.SchemeRow>> & Post<v.SchemeAdd, v.SchemeRow>;
  '/api/schemes/{code}': Get<v.SchemeRow, { version?: number }, { code: string }>;
  '/api/departments': Get<Page<v.Department>, Paged & { organization_id?: Id }> & Post<{ organization_id: Id; name: string }, v.Department>;
  '/api/departments/{department_id}/end': Post<Empty, v.Department, { department_id: Id }>;

  '/api/campaigns': Get<Page<v.CampaignRow>, Paged> & Post<v.CampaignStart, v.CampaignRow>;
  '/api/campaigns/{campaign_id}': Get<v.CampaignPage, Record<string, never>, ByCampaign>;
  '/api/campaigns/{campaign_id}/unions': Get<Page<v.CampaignUnion>, Paged & { outcome?: v.Outcome }, ByCampaign>;
  '/api/campaigns/{campaign_id}/withdraw': Post<Empty, { drafts: number }, ByCampaign>;

  '/api/polls/{id}/draw': Post<{ request: string; kiosk?: boolean }, { answer: string }, { id: Id }>;

  '/api/results': Get<Page<v.ResultRow>, Paged & { organization_id?: Id; year?: number; subject_kind?: v.SubjectKind }>;
  '/api/evaluations/{evaluation_id}/result': Get<v.ShownResult, Record<string, never>, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/audit': Post<{ reason: string }, v.Audited, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/audits': Get<Items<v.AuditRow>, Record<string, never>, ByEvaluation>;
}

/** The published file: a plain link. */
export const resultFile = (evaluation: Id): string => `/api/evaluations/${evaluation}/file`;
