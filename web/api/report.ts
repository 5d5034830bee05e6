/** The shapes of duty reports, narrower than the generated ones. */
import type { Day, Id, Time } from './types';

export interface ReportSection {
  /** Which of the suggested ones it is; empty for one of the chair's own. */
  key: string;
  heading: string;
  text: string;
}
export interface ReportFile {
  file_id: Id;
  content_type: string;
  bytes: number;
  digest: string;
  width: number | null;
  height: number | null;
  caption: string;
}
/** What is shown of a report, submitted or not. */
export interface ReportContent {
  sections: ReportSection[];
  pictures: ReportFile[];
  video: ReportFile | null;
  captions: ReportFile | null;
}
export interface ReportFigures { year: number; as_of: Day; joined: number; left: number; members: number; platform: number }
export interface ReportSubmitted { number: number; submitted_at: Time; hash: string; changed_since: boolean }
export interface ReportDraft extends ReportContent {
  evaluation_id: Id;
  title: string;
  year: number;
  organization_id: Id;
  organization_name: string;
  /** It may be changed and submitted now. */
  open: boolean;
  required: boolean;
  /** 0 before it was ever saved; sent back with a change. */
  version: number;
  saved_at: Time | null;
  hints: { key: string; hint: string }[];
  figures: ReportFigures;
  submitted: ReportSubmitted | null;
}
export interface ReportRow { organization_id: Id; organization_name: string; submitted_at: Time; pictures: number; video: boolean }
export interface Reports {
  required: boolean;
  /** Asked for and still to come. */
  missing: boolean;
  items: ReportRow[];
  /** Unions for which the caller may write one now. */
  writes: { organization_id: Id; organization_name: string }[];
}
export interface ShownReport extends ReportContent {
  evaluation_id: Id;
  title: string;
  year: number;
  organization_id: Id;
  organization_name: string;
  submitted_at: Time;
  hash: string;
}
/** A video on its way; it goes on at `received`. */
export interface VideoUpload { upload_id: Id; bytes: number; received: number; piece_most: number }
