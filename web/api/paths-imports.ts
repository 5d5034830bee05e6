/** The routes of imports, exports and employers; `paths.ts` takes them up. Downloads are plain links and stand in `links`. */
import type * as i from './imports';
import type { ById, Get, Paged, Post } from './paths';
import type { Empty, Id, Page } from './types';

export interface ImportPaths {
  '/api/imports': Get<Page<i.ImportRow>, Paged> & Post<{ kind: i.ImportKind; organization_id: Id; files: { file_id: Id; part: i.ImportPart }[] }, i.ImportPage>;
  '/api/imports/files': Post<Blob, i.StagedFile>;
  '/api/imports/{id}': Get<i.ImportPage, Record<string, never>, ById>;
  '/api/imports/{id}/columns': Post<{ number: number; sheet: number; header_row: number; columns: Record<string, number | null> }, i.ImportPage, ById>;
  '/api/imports/{id}/check': Post<Empty, i.ImportPage, ById>;
  '/api/imports/{id}/run': Post<Empty, i.ImportPage, ById>;
  '/api/imports/{id}/cancel': Post<Empty, i.ImportPage, ById>;
  '/api/imports/{id}/resume': Post<Empty, i.ImportPage, ById>;
  '/api/imports/{id}/faults': Get<Page<i.FaultRow>, Paged & { phase?: i.ImportPhase; code?: string }, ById>;

  '/api/exports': Get<Page<i.ExportRow>, Paged> & Post<{ organization_id: Id; within: boolean; state?: string; import_id?: Id; format: i.FileFormat; reason: string }, i.ExportRow>;
  '/api/exports/{id}': Get<i.ExportRow, Record<string, never>, ById>;

  '/api/employers': Get<Page<i.EmployerHit>, Paged & { q?: string }>;
  '/api/employers/{id}': Get<i.Employer, Record<string, never>, ById>;
  '/api/employers/{id}/alias': Post<{ name: string }, Empty, ById>;
  '/api/employers/{id}/alias/remove': Post<{ name: string }, Empty, ById>;
}

/** Addresses a browser opens by itself: the cookie goes with them, the answer is a file. */
export const links = {
  template: (part: i.ImportPart, format: i.FileFormat): string => `/api/imports/template?part=${part}&format=${format}`,
  errors: (id: Id, format: i.FileFormat): string => `/api/imports/${id}/error-file?format=${format}`,
  exported: (id: Id): string => `/api/exports/${id}/file`,
};
