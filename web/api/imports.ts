/** The shapes of imports, exports and employers, narrower than the generated ones (states and parts as unions). */
import type { Day, Id, MembershipState, Time } from './types';

export type FileFormat = 'xlsx' | 'csv';
/** `register`: unions, employers and officers; `roster`: members. */
export type ImportKind = 'register' | 'roster';
export type ImportPart = 'members' | 'unions' | 'employers' | 'officers';
export type ImportState = 'draft' | 'checking' | 'checked' | 'running' | 'done' | 'cancelled' | 'failed';
export type ImportPhase = 'check' | 'run';

/** A file that was uploaded and belongs to no import yet. */
export interface StagedFile { file_id: Id; name: string; bytes: number; format: FileFormat; sheets: string[] }

/** The outcome of rows: `added + unchanged + rejected` is what was seen so far. */
export interface Outcome { added: number; unchanged: number; rejected: number }

/** Phones of people who are known: entered where none was registered, not taken where another one is. */
export interface ImportPhones { entered: number; kept: number; /** The first rows of those not taken. */ kept_rows: number[] }

export interface ImportRow extends Outcome {
  id: Id;
  kind: ImportKind;
  organization_id: Id;
  organization_name: string;
  state: ImportState;
  file_names: string[];
  /** Null until the files were counted. */
  rows_total: number | null;
  /** Rows seen so far. */
  position: number;
  created_at: Time;
  finished_at: Time | null;
  account_name: string | null;
}
export interface ImportField { name: string; label: string; required: boolean; column: number | null }
export interface ImportFile {
  number: number;
  part: ImportPart;
  name: string;
  bytes: number;
  sheets: string[];
  /** Which of `sheets`. */
  sheet: number;
  /** The row of the header, counted from 1 as the spreadsheet shows it. */
  header_row: number;
  header: string[];
  fields: ImportField[];
  /** The first rows below the header, personal numbers masked. */
  sample: string[][];
  /** Labels of required fields that have no column. */
  missing: string[];
}
export interface ImportMay { check: boolean; run: boolean; cancel: boolean; resume: boolean; adjust: boolean }
export interface ImportPage extends ImportRow {
  checked_at: Time | null;
  started_at: Time | null;
  /** A sentence when it failed or is being tried again. */
  trouble: string | null;
  may: ImportMay;
  files: ImportFile[];
  by_code: { code: string; message: string; rows: number }[];
  phase: ImportPhase;
  parts: (Outcome & { part: ImportPart; phones: ImportPhones })[];
}
export interface FaultRow {
  file_number: number;
  row_number: number;
  code: string;
  faults: { column?: string | null; code: string; message: string }[];
}

export type ExportState = 'waiting' | 'running' | 'ready' | 'failed' | 'expired';
export interface ExportRow {
  id: Id;
  /** Stands on every row of the file. */
  mark: string;
  kind: 'members' | 'unions';
  organization_id: Id;
  organization_name: string;
  within: boolean;
  format: FileFormat;
  reason: string | null;
  state: ExportState;
  rows: number;
  bytes: number | null;
  created_at: Time;
  finished_at: Time | null;
  expires_at: Time | null;
  trouble: string | null;
}

export interface EmployerHit {
  id: Id;
  name: string;
  uscc: string | null;
  division_code: string;
  division_name: string;
  organization_id: Id | null;
  organization_name: string | null;
  members: number;
  /** How the search found it. */
  matched: 'code' | 'name' | 'alias' | 'similar';
  synthetic: boolean;
}
export interface Employer extends EmployerHit {
  aliases: string[];
  unions: { organization_id: Id; name: string; valid_from: Day; valid_to: Day | null }[];
  members_by_state: { state: MembershipState; members: number }[];
  may_change: boolean;
}
