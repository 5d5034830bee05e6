/** The routes of the papers behind a batch; `paths.ts` takes them up. Files go in by `sendIssueEvidence`, and out by plain links. */
import type * as e from './evidence';
import type { Get, Post } from './paths';
import { sendFile } from './send';
import type { Id } from './types';

interface ByBatch { batch_id: Id }

export interface EvidencePaths {
  '/api/points/batches/{batch_id}/evidence': Get<e.IssueEvidenceList, Record<string, never>, ByBatch> & Post<{ file_ids: Id[] }, e.IssueEvidenceList, ByBatch>;
}

/** Takes a paper to the server; it is evidence once it is added. */
export const sendIssueEvidence = (batch: Id, file: File): Promise<e.IssueEvidenceFile> => sendFile(`/api/points/batches/${batch}/evidence/files`, file);
/** A paper, for who makes, approves or audits the batch: a plain link. */
export const issueEvidence = (file: Id): string => `/api/points/evidence/${file}`;
