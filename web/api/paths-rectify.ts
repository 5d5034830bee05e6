/** The routes of duties and rectifications; `paths.ts` takes them up. Files go in by `sendEvidence`, and out by plain links. */
import type { Get, Paged, Post } from './paths';
import type * as r from './rectify';
import { sendFile } from './send';
import type { Day, Empty, Id, Page } from './types';

interface ByEvaluation { evaluation_id: Id }
interface ByItem { item_id: Id }

export interface RectifyPaths {
  '/api/duties': Get<Page<r.DutyRow>, Paged & { kind?: r.DutyKind; standing?: r.Standing; within?: Id; evaluation_id?: Id }>;
  '/api/duties/figures': Get<r.DutyFigures, { kind?: r.DutyKind; within?: Id }>;
  '/api/duties/{duty_id}/extend': Post<{ due_on: Day; reason: string }, r.DutyRow, { duty_id: Id }>;

  '/api/rectifications': Get<Page<r.RectificationRow>, Paged & { closed?: boolean }>;
  '/api/rectifications/reviews': Get<Page<r.ReviewRow>, Paged>;
  '/api/rectifications/items/{item_id}/evidence': Post<{ text: string; file_ids?: Id[]; claim?: boolean }, Empty, ByItem>;
  '/api/rectifications/items/{item_id}/review': Post<{ finding: r.Finding; reason: string }, Empty, ByItem>;
  '/api/evaluations/{evaluation_id}/rectification': Get<r.RectificationPage, Record<string, never>, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/rectification/problems': Post<{ text: string }, Empty, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/rectification/plan': Post<{ version: number; promises: r.Promised[] }, Empty, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/rectification/ask': Post<Empty, Empty, ByEvaluation>;
}

/** A picture or document of evidence, and the published file of a round: plain links. */
export const evidenceFile = (file: Id): string => `/api/rectifications/files/${file}`;
export const closureFile = (poll: Id): string => `/api/closures/${poll}/file`;

/** Takes a file to the server; it counts as evidence once something that was done names it. */
export const sendEvidence = (evaluation: Id, file: File): Promise<r.EvidenceFile> => sendFile(`/api/evaluations/${evaluation}/rectification/files`, file);
