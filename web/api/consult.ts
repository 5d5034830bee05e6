/** The shapes of consultations, budget items and departments after their evaluation. Amounts are whole cents, scores and shares hundredths. */
import type { Day, Id, Time } from './types';
import type { EvaluationState, Figures } from './voice';

export interface Article { heading: string; text: string }
export interface DocumentFile { id: Id; name: string; kind: 'pdf' | 'docx'; bytes: number; /** SM3, hexadecimal. */ digest: string }
export interface ConsultDocument {
  evaluation_id: Id;
  /** Sent back with a change; 0 where there is none yet. */
  version: number;
  title: string;
  source: string;
  preface: string;
  articles: Article[];
  files: DocumentFile[];
  hash: string;
  changed_at: Time;
}
export interface DocumentWrite { version: number; title: string; source: string; preface: string; articles: Article[] }

export interface Spread { question: string; bins: { from: number; to: number; count: number }[] }
export interface WordsCount { question: string; shown: number; hidden: number; waiting: number }
export type Verdict = 'adopted' | 'partly' | 'not_adopted';
export interface FollowUp { id: Id; theme: string; verdict: Verdict; reason: string; entered_on: Day; replaces: Id | null; replaced: boolean }
export interface Reply { id: Id; said: string; signed_by: string; replied_on: Day; entered_on: Day; /** The department filed it itself. */ through_link: boolean }
export type ReplyLinkState = 'open' | 'used' | 'revoked' | 'expired';
/** `token` is what follows `/department#`; it is told once. */
export interface ReplyLinkMade { id: Id; token: string; expires_on: Day }
export interface ReplyLink { id: Id; made_on: Day; expires_on: Day; state: ReplyLinkState; uses: number }
export interface DepartmentLinkOpened { evaluation_id: Id; title: string; department_name: string; organization_name: string; expires_on: Day; replies: Reply[] }
export interface After {
  document: boolean;
  fund_id: Id | null;
  spreads: Spread[];
  words: WordsCount[];
  answers: FollowUp[];
  /** The latest first. */
  replies: Reply[];
  may: { moderate: boolean; answer: boolean; reply: boolean };
}
export interface Words { id: Id; question: string; text: string }
export type WordsState = 'waiting' | 'shown' | 'hidden';
export type WordsReason = 'personal' | 'insult' | 'unlawful' | 'empty';
export interface ModeratedWords { id: Id; question: string; said: string; state: WordsState; shown: string | null; reason: WordsReason | null }
export interface WordsDecide { state: WordsState; verdict: 'show' | 'hide'; shown?: string; reason?: WordsReason }

export interface FundRow {
  id: Id;
  version: number;
  organization_id: Id;
  organization_name: string;
  year: number;
  name: string;
  purpose: string;
  target: string;
  target_number: number | null;
  unit: string | null;
  budget_cents: number;
  spent_cents: number;
  state: 'running' | 'closed';
  outcome: string | null;
  outcome_number: number | null;
  closed_on: Day | null;
}
export interface FundEntry { id: Id; kind: 'spent' | 'correction' | 'note'; day: Day; cents: number; what: string; corrects: Id | null }
export interface FundReview { evaluation_id: Id; title: string; state: EvaluationState; closes_on: Day | null; figures: Figures | null }
export interface FundPage { fund: FundRow; entries: FundEntry[]; reviews: FundReview[]; may_keep: boolean }
export interface FundCreate {
  organization_id: Id; year?: number; name: string; purpose: string; target: string; target_number?: number; unit?: string; budget_cents: number;
}
export interface FundEntryInput { kind: FundEntry['kind']; day?: Day; cents: number; what: string; corrects?: Id }

export interface DepartmentResult {
  evaluation_id: Id;
  name: string;
  ballots: number;
  electorate: number;
  turnout: number;
  advisory: boolean;
  score: number | null;
  low: number | null;
  high: number | null;
  /** Others from which the interval does not tell it apart. */
  like: Id[];
  replied: boolean;
  published_at: Time;
}
export interface DepartmentResults { scheme: string; year: number; items: DepartmentResult[] }
