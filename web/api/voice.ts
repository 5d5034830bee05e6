/** The shapes of evaluations, polls, campaigns and results, narrower than the generated ones. */
import type { OpenClosure } from './rectify';
import type { Day, Id, OrganizationKind, Time } from './types';

export type SubjectKind = 'chair' | 'union' | 'department' | 'survey' | 'fund';
export type EvaluationState = 'draft' | 'freezing' | 'open' | 'closing' | 'published' | 'too_few' | 'withdrawn';

interface Asked { id: string; text: string; help?: string | null; /** Share in the overall score; 0 counts for itself alone. */ weight: number; required: boolean }
export type ScaleQuestion = Asked & { kind: 'scale'; steps: { label: string; score: number }[] };
export type SingleQuestion = Asked & { kind: 'single'; options: string[] };
export type MultipleQuestion = Asked & { kind: 'multiple'; options: string[]; least: number; most: number };
export type RankingQuestion = Asked & { kind: 'ranking'; options: string[]; places: number };
export type NumberQuestion = Asked & { kind: 'number'; least: number; most: number; unit: string };
export type TextQuestion = Asked & { kind: 'text'; most_chars: number };
export type Question = ScaleQuestion | SingleQuestion | MultipleQuestion | RankingQuestion | NumberQuestion | TextQuestion;

/** A step or option by its place from 0, or a number; places in order; words. */
export type Answer = number | number[] | string;
export type Answers = Record<string, Answer>;

export interface Thresholds { quorum_percent: number; rectify_percent: number }
export interface DaysOpen { least: number; usual: number; most: number }
export type Issuer = 'blind_rsa' | 'separated';

/** The frozen part of an evaluation, as far as pages read it; its hash stands over the whole text. */
export interface Instrument {
  evaluation_id: Id;
  title: string;
  year: number;
  questions: Question[];
  issuer: Issuer;
  key_hash: string;
  opinion_key_hash?: string | null;
  /** Of what members read before they answer. */
  document_hash?: string | null;
  opens_on: Day;
  closes_at: Time;
}
export interface Poll {
  id: Id;
  purpose: 'rating' | 'opinion' | 'closure';
  /** 0, or the round of asking again. */
  round: number;
  issuer: Issuer;
  /** Hexadecimal. */
  public_key: string;
  key_hash: string;
  state: string;
  closes_at: Time;
}

/** What waits for the caller's vote: evaluations, and rounds of asking again. */
export interface OpenForMe { items: OpenEvaluation[]; closures: OpenClosure[] }
export interface OpenEvaluation {
  id: Id;
  title: string;
  subject_kind: SubjectKind;
  subject_name: string;
  organization_name: string;
  closes_on: Day | null;
  closes_at: Time | null;
  drawn: boolean;
  opinion_drawn: boolean;
  polls: Poll[];
}
export interface EvaluationRow {
  id: Id;
  /** Sent back with a change. */
  version: number;
  scheme: string;
  scheme_version: number;
  title: string;
  year: number;
  subject_kind: SubjectKind;
  subject_name: string;
  organization_id: Id;
  organization_name: string;
  /** More than one vote jointly. */
  unions: number;
  state: EvaluationState;
  opens_on: Day | null;
  closes_on: Day | null;
  closes_at: Time | null;
  /** Null until it is frozen. */
  electorate: number | null;
  campaign_id: Id | null;
  created_at: Time;
  opened_at: Time | null;
  closed_at: Time | null;
}
export interface EvaluationPage {
  evaluation: EvaluationRow;
  about: string;
  basis: string;
  questions: Question[];
  thresholds: Thresholds;
  /** Who may answer, in CEL. */
  rule: string;
  without_rated: boolean;
  opinions: boolean;
  report_required: boolean;
  days_open: DaysOpen;
  /** Frozen; of it whom or what it is about. */
  instrument: { subject: { id: Id | null } } | null;
  /** The canonical bytes that were hashed. */
  instrument_text: string | null;
  instrument_hash: string | null;
  polls: Poll[];
  /** Null for whoever is no elector. */
  mine: { drawn: boolean; paper: boolean; opinion_drawn: boolean } | null;
  /** Only to those above. */
  drawn: number | null;
  may: { work: boolean; rule: boolean };
}
export interface EvaluationCreate {
  scheme: string; organization_id: Id; year?: number; title?: string; closes_on?: Day; department_id?: Id; fund_id?: Id; union_ids?: Id[];
}

export interface SchemeDocument {
  title: string;
  about: string;
  basis: string;
  subject: SubjectKind;
  /** With `{subject}`, `{union}` and `{year}`. */
  title_pattern: string;
  questions: Question[];
  /** The question by whose answers a result is shown in groups as well. */
  breakdown?: string | null;
  thresholds: Thresholds;
  electorate: string;
  without_rated: boolean;
  opinions: boolean;
  report_required: boolean;
  days_open: DaysOpen;
  yearly: boolean;
  issuer: Issuer;
  starts: 'union' | 'town' | 'county' | 'city';
}
export interface SchemeRow { code: string; version: number; document: SchemeDocument; added_at: Time }
/** `seen_version`: the latest one when the page was opened, 0 for a new scheme. */
export interface SchemeAdd { code: string; document: SchemeDocument; seen_version?: number }

export interface CampaignRow {
  id: Id;
  title: string;
  scheme: string;
  scheme_version: number;
  year: number;
  organization_id: Id;
  organization_name: string;
  state: 'preparing' | 'running' | 'withdrawn';
  opens_on: Day;
  closes_on: Day;
  kinds: OrganizationKind[];
  least_members: number | null;
  most_members: number | null;
  rule: string;
  started_at: Time;
}
export type Outcome = 'alone' | 'joint' | 'too_few' | 'already' | 'no_chair';
export interface CampaignPage { campaign: CampaignRow; outcomes: Partial<Record<Outcome, number>>; states: Partial<Record<EvaluationState, number>> }
export interface CampaignUnion { organization_id: Id; organization_name: string; outcome: Outcome; evaluation_id: Id | null; state: EvaluationState | null }
export interface CampaignStart {
  scheme: string; organization_id: Id; year?: number; title?: string; opens_on: Day; closes_on?: Day; kinds?: OrganizationKind[];
  least_members?: number; most_members?: number;
  /** The scheme's own unless told. */
  rule?: string;
}

export type CoverageGroup = 'town' | 'firm';
export interface CoverageFigure { unions: number; covered: number; missing: number }
export interface Coverage { scheme: string; year: number; firm_people: number; towns: CoverageFigure; firms: CoverageFigure }
export interface CoverageUnion {
  organization_id: Id; name: string; group: CoverageGroup; people: number | null; covered: boolean; evaluation_id: Id | null; state: EvaluationState | null;
}
export interface Department { id: Id; name: string; organization_id: Id; organization_name: string; synthetic: boolean; added_at: Time; ended_on: Day | null }

/** Shares and scores in hundredths. */
export interface Cell { count: number; share: number; low: number; high: number }
export interface Rank { first: number; points: number }
interface Figured { question: string; answered: number }
export type QuestionFigures =
  | (Figured & { kind: 'scale'; cells: Cell[]; score: number | null })
  | (Figured & { kind: 'single' | 'multiple'; cells: Cell[] })
  | (Figured & { kind: 'ranking'; ranks: Rank[] })
  | (Figured & { kind: 'number'; mean: number | null; lower: number | null; median: number | null; upper: number | null });
export interface Figures {
  ballots: number;
  electorate: number;
  turnout: number;
  quorum_reached: boolean;
  advisory: boolean;
  score: number | null;
  /** Questions from which a plan of rectification is due. */
  rectify: string[];
  questions: QuestionFigures[];
  /** By the answers to one question, where the instrument says so. */
  breakdown?: Breakdown | null;
}
export interface GroupScale { question: string; answered: number; /** Per step. */ counts: number[] }
export interface Breakdown {
  question: string;
  /** Those that are shown, by their options from 0. */
  groups: { option: number; people: number; scales: GroupScale[] }[];
  /** Options that some chose and whose groups are held back together. */
  withheld: number[];
}
export interface ShownResult {
  evaluation_id: Id;
  title: string;
  year: number;
  subject_name: string;
  organization_id: Id;
  organization_name: string;
  questions: Question[];
  figures: Figures;
  /** Of every hundred. */
  quorum_percent: number;
  /** Ballots that were left over at the close, 0 to 4: in no figure. */
  destroyed: number;
  file_bytes: number;
  hash: string;
  merkle_root: string;
  public_key: string;
  published_at: Time;
}
export type AuditMismatch = 'file' | 'commitment' | 'ballots' | 'column' | 'figures';
/** What came of opening the ballots. */
export interface Audited {
  ballots: number;
  fits: boolean;
  mismatch: AuditMismatch | null;
  /** Of a column. */
  question: string | null;
  hash: string;
}
export interface AuditRow { at: Time; by: string | null; reason: string; fits: boolean; mismatch: AuditMismatch | null; question: string | null }
export interface ResultRow {
  evaluation_id: Id;
  title: string;
  year: number;
  subject_kind: SubjectKind;
  organization_id: Id;
  organization_name: string;
  ballots: number;
  turnout: number;
  advisory: boolean;
  published_at: Time;
}
