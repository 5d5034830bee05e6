/** The papers behind a batch of points. */
import type { Id, Time } from './types';

/** A paper that was taken in, and can be added within a day. */
export interface IssueEvidenceFile { file_id: Id; name: string; content_type: string; bytes: number }
export interface IssueEvidenceRow extends IssueEvidenceFile { digest: string; added_by: string | null; added_at: Time }
export interface IssueEvidenceList { items: IssueEvidenceRow[]; may_add: boolean }
