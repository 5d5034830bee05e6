/** The routes of reminders, ballots on paper, posters and honesty flags; `paths.ts` takes them up. */
import type * as c from './channels';
import type { Get, Post } from './paths';
import type { Id, Items } from './types';

interface ByEvaluation { evaluation_id: Id }
type None = Record<string, never>;

export interface ChannelPaths {
  '/api/evaluations/{evaluation_id}/reminders': Get<c.Reminders, None, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/poster': Get<c.EvaluationPoster, None, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/honesty': Get<c.Honesty, None, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper': Get<c.PaperPage, None, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/print': Post<{ sheets: number; of?: c.SheetKind }, c.PrintedSheets, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/electors': Get<Items<c.ElectorRow>, { name: string }, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/hand-out': Post<{ person_id: Id }, c.HandedOut, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/enter': Post<c.SheetEntry, c.SheetEntered, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/opinions/look': Post<{ code: string }, { entries: c.OpinionSheetEntry[] }, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/opinions/enter': Post<c.OpinionSheetEnter, c.SheetEntered, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/paper/disputed': Get<Items<c.DisputedSheet>, None, ByEvaluation>;
}
