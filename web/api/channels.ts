/** The shapes of reminders, ballots on paper, posters and honesty flags. */
import type { Day, Id, Time } from './types';
import type { Answers, Question } from './voice';

export interface ReminderRound { kind: 'opening' | 'middle' | 'last'; due_at: Time; state: 'planned' | 'running' | 'done' | 'dropped' }
export interface Reminders {
  electors: number;
  with_account: number;
  without_account: number;
  /** Told by the last round that has ended, or drawn before: one number. Null before the first round has ended. */
  told: number | null;
  rounds: ReminderRound[];
}

export interface EvaluationPoster { title: string; subject_name: string; organization_name: string; opens_on: Day; closes_on: Day; url: string; qr_svg: string }

export type SheetKind = 'rating' | 'opinion';
export interface SheetFigures { printed: number; handed_out: number; first_entries: number; disputed: number; entered: number; void: number }
export interface PaperPage {
  title: string;
  /** Nothing is entered after it. */
  closes_at: Time;
  open: boolean;
  printed: number;
  handed_out: number;
  first_entries: number;
  disputed: number;
  entered: number;
  void: number;
  /** Sheets for opinions; null where members are asked for none. */
  opinions: SheetFigures | null;
  /** Whoever is rated keeps away from the sheets. */
  rated: boolean;
  may_hand_out: boolean;
}
/** `code` for the bar code, `typed` for the keyboard; both are told once. */
export interface PrintedSheet { code: string; typed: string }
export interface PrintedSheets { of: SheetKind; title: string; subject_name: string; closes_at: Time; questions: Question[]; sheets: PrintedSheet[] }
export interface ElectorRow { person_id: Id; name: string; id_number_masked: string | null; organization_name: string }
export interface SheetEntry { code: string; answers: Answers }
export interface SheetEntered { outcome: 'first_entry' | 'disputed' | 'entered'; /** The end of its number. */ label: string }
export interface DisputedSheet { label: string; /** The caller is one of the two. */ mine: boolean; of: SheetKind }
export interface HandedOut { /** A sheet for opinions as well. */ opinion_sheet: boolean }
export interface OpinionSheetEntry { words: string | null; pressed: boolean }
export interface OpinionSheetEnter { code: string; words: string; pressed: boolean }

export interface Honesty {
  draws: number;
  burst: { from: Time; draws: number; percent: number } | null;
  share_percent: number;
  least_draws: number;
}
