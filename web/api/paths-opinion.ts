/** The routes of opinions; `paths.ts` takes them up. Those under `mine` are asked as nobody: see member/src/voice/wire.ts. */
import type * as o from './opinion';
import type { Get, Paged, Post } from './paths';
import type { Empty, Id, Page } from './types';

interface ByEvaluation { evaluation_id: Id }
interface ByOpinion { opinion_id: Id }

export interface OpinionPaths {
  '/api/evaluations/{evaluation_id}/opinions': Get<o.OpinionsPage, Paged, ByEvaluation>;
  '/api/evaluations/{evaluation_id}/opinions/all': Get<o.OpinionDesk, Paged & { state?: o.OpinionState }, ByEvaluation>;
  '/api/opinions/{opinion_id}/answer': Post<{ text: string; seen: number }, o.OpinionHandled, ByOpinion>;
  '/api/opinions/{opinion_id}/refuse': Post<{ text: string; seen: number }, o.OpinionHandled, ByOpinion>;
  '/api/opinions/{opinion_id}/merge': Post<{ into: Id; seen: number }, o.OpinionHandled, ByOpinion>;
  '/api/opinions/{opinion_id}/hiding': Post<{ fault: o.OpinionFault; reason: string }, Empty, ByOpinion>;
  '/api/opinions/{opinion_id}/hiding/decide': Post<{ hide: boolean; reason: string }, Empty, ByOpinion>;
  '/api/opinions/{opinion_id}/problem': Post<{ text: string }, Empty, ByOpinion>;
  '/api/opinion-boxes': Get<Page<o.OpinionBox>, Paged & { within?: Id; only?: 'open' | 'overdue' | 'hiding' }>;
  '/api/opinion-boxes/figures': Get<o.OpinionFigures, { within?: Id }>;
  '/api/opinion-hidings': Get<Page<o.OpinionHiding>, Paged>;
  '/api/opinions/mine': Post<{ code: string }, o.MyOpinion>;
  '/api/opinions/mine/reply': Post<{ code: string; text: string }, o.MyOpinion>;
  '/api/opinions/mine/grade': Post<{ code: string; answer_id: Id; grade: o.OpinionGrade }, o.MyOpinion>;
}
