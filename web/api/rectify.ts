/** The shapes of duties and rectifications, narrower than the generated ones. */
import type { Day, Id, Time } from './types';
import type { Issuer } from './voice';

export type DutyKind = 'report' | 'answer' | 'plan' | 'item' | 'review';
export type Standing = 'on_time' | 'due_soon' | 'overdue' | 'very_overdue' | 'done' | 'done_late' | 'cancelled';
export interface DutyExtension { cause: 'granted' | 'calendar'; from_on: Day; to_on: Day; reason: string | null; changed_on: Day }
export interface DutyRow {
  id: Id;
  kind: DutyKind;
  subject_id: Id;
  evaluation_id: Id;
  title: string;
  organization_id: Id;
  organization_name: string;
  begun_on: Day;
  due_on: Day;
  /** How the last day came about, line by line. */
  derivation: string[];
  done_on: Day | null;
  /** Since when it is not owed any more. */
  cancelled_on: Day | null;
  standing: Standing;
  days_late: number;
  /** How many levels above were told. */
  told_level: number;
  extensions: DutyExtension[];
  may_extend: boolean;
}
export type DutyFigures = Record<Standing, number>;

export type ItemState = 'open' | 'claimed' | 'asked' | 'review' | 'fixed' | 'not_fixed';
export type Finding = 'fixed' | 'not_fixed';
export interface EvidenceFile { file_id: Id; name: string; content_type: string }
export interface Evidence { text: string; added_on: Day; files: EvidenceFile[] }
export interface ClosureAnswer { round: number; fixed: number; partly: number; not_fixed: number }
export interface RectificationItem {
  id: Id;
  attempt: number;
  state: ItemState;
  begun_on: Day;
  claimed_on: Day | null;
  settled_on: Day | null;
  duty: DutyRow | null;
  review_duty: DutyRow | null;
  evidence: Evidence[];
  answers: ClosureAnswer[];
  finding: Finding | null;
  finding_reason: string | null;
}
export interface RectificationProblem {
  id: Id;
  source: 'rating' | 'opinion' | 'chair' | 'above';
  text: string;
  /** Hundredths of a per cent, for a rating. */
  share: number | null;
  added_on: Day;
  measure: string | null;
  /** Only to members and staff. */
  owner: string | null;
  items: RectificationItem[];
}
export interface PlanRow { version: number; filed_on: Day; promises: { problem_id: Id; measure: string; owner: string | null; due_on: Day }[] }
export interface ClosureRound {
  poll_id: Id; round: number; state: 'open' | 'closing' | 'counted' | 'too_few'; opened_on: Day; closes_at: Time; counted_on: Day | null; ballots: number | null;
  /** Left over at the close, 0 to 4: in no figure. */
  destroyed: number | null;
  form_hash: string; hash: string | null; merkle_root: string | null;
}
/** A round in which the caller may answer now. */
export interface OpenClosure {
  evaluation_id: Id;
  title: string;
  round: number;
  items: number;
  closes_on: Day;
  closes_at: Time;
  poll_id: Id;
  issuer: Issuer;
  public_key: string;
  /** The canonical bytes of its instrument; the hash stands over them. */
  form_text: string;
  form_hash: string;
  drawn: boolean;
}
export interface HistoryLine { on: Day; kind: string; text: string }
export interface RectificationPage {
  evaluation_id: Id;
  title: string;
  organization_id: Id;
  organization_name: string;
  /** Null where nothing was found. */
  opened_on: Day | null;
  closed_on: Day | null;
  plan_duties: DutyRow[];
  /** Of the plan in force; 0 without one. */
  version: number;
  longest_days: number;
  problems: RectificationProblem[];
  plans: PlanRow[];
  rounds: ClosureRound[];
  open: OpenClosure | null;
  history: HistoryLine[];
  may: { work: boolean; add: boolean; review: boolean; inside: boolean };
}
export interface Promised { problem_id: Id; measure: string; owner: string; due_on: Day }
export interface RectificationRow {
  evaluation_id: Id; title: string; organization_id: Id; organization_name: string; opened_on: Day; closed_on: Day | null; problems: number; fixed: number;
}
export interface ReviewRow { item_id: Id; attempt: number; problem: string; evaluation_id: Id; organization_id: Id; organization_name: string; duty: DutyRow }
