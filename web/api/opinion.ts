/** The shapes of opinions, their answers and what their authors say to them, narrower than the generated ones. */
import type { Day, Id } from './types';

export type OpinionState = 'open' | 'answered' | 'refused' | 'merged';
export type OpinionFault = 'insult' | 'person' | 'privacy';
export type OpinionGrade = 'satisfied' | 'mostly' | 'dissatisfied';
export type Standing = 'on_time' | 'due_soon' | 'overdue' | 'very_overdue' | 'done' | 'done_late' | 'cancelled';

/** An answer, or a refusal with its reason; `merged` has no words. */
export interface OpinionAnswer { id: Id; number: number; kind: OpinionState; text: string | null; answered_on: Day }
export interface OpinionShown {
  id: Id;
  /** Null when it is hidden. */
  text: string | null;
  hidden: 'proposed' | 'hidden' | null;
  state: OpinionState;
  merged_into: Id | null;
  /** The oldest first; the last one counts. */
  answers: OpinionAnswer[];
}
export interface OpinionsPage {
  title: string;
  organization_name: string;
  ballots: number;
  destroyed: number;
  opinions: number;
  /** Not dealt with yet. */
  open: number;
  due_on: Day | null;
  items: OpinionShown[];
  next: string | null;
}

export interface OpinionBox {
  evaluation_id: Id;
  title: string;
  organization_id: Id;
  organization_name: string;
  ballots: number;
  destroyed: number;
  opinions: number;
  open: number;
  /** Proposals to hide that nobody has decided. */
  hidings: number;
  /** To the levels above only. */
  pressed: number | null;
  due_on: Day | null;
  derivation: string[];
  done_on: Day | null;
  standing: Standing | null;
}
export interface OpinionForStaff {
  id: Id;
  text: string;
  state: OpinionState;
  merged_into: Id | null;
  answers: OpinionAnswer[];
  grades: Record<OpinionGrade, number>;
  replies: string[];
  hiding: { fault: OpinionFault; reason: string; state: 'proposed' | 'hidden' | 'shown'; decision: string | null } | null;
}
export interface OpinionDesk { of: OpinionBox; answers: boolean; moderates: boolean; items: OpinionForStaff[]; next: string | null }
export interface OpinionFigures { boxes: number; opinions: number; open: number; due_soon: number; overdue: number; hidings: number }
export interface OpinionHiding {
  opinion_id: Id; evaluation_id: Id; title: string; organization_name: string; text: string; fault: OpinionFault; reason: string; proposed_on: Day; may_decide: boolean;
}
export interface OpinionHandled { id: Id; state: OpinionState; open: number }

/** An opinion as whoever has its code sees it. */
export interface MyOpinion {
  evaluation_id: Id;
  title: string;
  organization_name: string;
  text: string;
  state: OpinionState;
  merged: boolean;
  hidden: 'proposed' | 'hidden' | null;
  due_on: Day | null;
  answers: { answer: OpinionAnswer; grade: OpinionGrade | null }[];
  replies: { text: string; waits: boolean }[];
  replies_left: number;
}
