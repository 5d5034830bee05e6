/** The routes of duty reports; `paths.ts` takes them up. Pictures and pieces of a video go out by member/src/voice/report/wire.ts. */
import type { Get, Post } from './paths';
import type * as r from './report';
import type { Empty, Id } from './types';

interface ByEvaluation { evaluation_id: Id }
interface ByReport extends ByEvaluation { organization_id: Id }
interface ByFile extends ByReport { file_id: Id }
interface ByUpload extends ByReport { upload_id: Id }

export interface ReportPaths {
  '/api/evaluations/{evaluation_id}/reports': Get<r.Reports, Record<string, never>, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}': Get<r.ShownReport, Record<string, never>, ByReport>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft': Get<r.ReportDraft, Record<string, never>, ByReport> & Post<{ version: number; sections: r.ReportSection[] }, r.ReportDraft, ByReport>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/submit': Post<{ version: number }, r.ReportDraft, ByReport>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/captions': Post<{ text: string }, r.ReportDraft, ByReport>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/files/{file_id}/describe': Post<{ caption: string }, r.ReportDraft, ByFile>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/files/{file_id}/remove': Post<Empty, r.ReportDraft, ByFile>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video': Post<{ name: string; bytes: number }, r.VideoUpload, ByReport>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video/{upload_id}': Get<r.VideoUpload, Record<string, never>, ByUpload>;
  '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video/{upload_id}/finish': Post<Empty, r.ReportDraft, ByUpload>;
}

/** A picture, the video or the captions of a report: fetched by the browser itself, in parts where it likes. */
export const reportFile = (evaluation: Id, union: Id, file: Id): string => `/api/evaluations/${evaluation}/reports/${union}/files/${file}`;
/** Where a picture is put. */
export const reportPictures = (evaluation: Id, union: Id): string => `/api/evaluations/${evaluation}/reports/${union}/draft/pictures`;
/** Where the piece of a video is put that begins at `offset`. */
export const reportPiece = (evaluation: Id, union: Id, upload: Id, offset: number): string => `/api/evaluations/${evaluation}/reports/${union}/draft/video/${upload}?offset=${offset}`;
