/** The words of rectifications on the phone, and what follows from where they stand. Pure. */
import type { DutyRow, ItemState, OpenClosure, RectificationItem, RectificationPage, RectificationProblem } from '@api/rectify';
import type { Instrument } from '@api/voice';
import type { BoothPoll } from './booth';

type Tone = 'ok' | 'warn' | 'late' | '';
export const itemWords: Record<ItemState, { text: string; tone: Tone }> = {
  open: { text: '整改中', tone: 'warn' }, claimed: { text: '已报完成，等回访', tone: 'warn' }, asked: { text: '正在回访', tone: 'warn' },
  review: { text: '等上级核查', tone: 'warn' }, fixed: { text: '已整改', tone: 'ok' }, not_fixed: { text: '没有整改到位', tone: 'late' },
};
export const sourceWords: Record<RectificationProblem['source'], string> = { rating: '评议结果', opinion: '会员意见', chair: '工会自查', above: '上级工会' };

/** How a duty stands, with its days. */
export function dutyWords(duty: DutyRow): { text: string; tone: Tone } {
  switch (duty.standing) {
    case 'overdue': return { text: `逾期 ${duty.days_late} 天`, tone: 'late' };
    case 'very_overdue': return { text: `严重逾期 ${duty.days_late} 天`, tone: 'late' };
    case 'done_late': return { text: `逾期 ${duty.days_late} 天办结`, tone: 'warn' };
    case 'done': return { text: '按期办结', tone: 'ok' };
    case 'cancelled': return { text: '已取消', tone: '' };
    case 'due_soon': return { text: '即将到期', tone: 'warn' };
    default: return { text: '期限内', tone: '' };
  }
}

/** The attempt that runs, or the last one; none before the plan. */
export const lastItem = (problem: RectificationProblem): RectificationItem | null => problem.items[problem.items.length - 1] ?? null;
/** Problems that a plan must answer: without an attempt, or being worked on. */
export const unsettled = (page: RectificationPage): RectificationProblem[] =>
  page.problems.filter((problem) => { const item = lastItem(problem); return !item || item.state === 'open'; });
/** A plan is wanted: none was filed, or a problem came after it. */
export const wantsPlan = (page: RectificationPage): boolean => page.problems.some((problem) => problem.items.length === 0);

/** The round as its fixed form describes it. */
export function closurePoll(open: OpenClosure): BoothPoll {
  const form = JSON.parse(open.form_text) as Instrument;
  return {
    id: open.poll_id, evaluation_id: open.evaluation_id, title: form.title, issuer: form.issuer,
    public_key: open.public_key, key_hash: form.key_hash, questions: form.questions,
  };
}

export interface PlanLine { measure: string; owner: string; due_on: string }

/** What is still missing of a promise. */
export function planGap(line: PlanLine, today: string, last: string): string | null {
  if (line.measure.trim().length < 2) return '请写措施（2 到 500 字）。';
  if (line.owner.trim().length < 2) return '请写负责人（2 到 40 字）。';
  if (!line.due_on) return '请选择期限。';
  return line.due_on > today && line.due_on <= last ? null : `期限要在明天到 ${last} 之间。`;
}

/** A day so many days later. */
export const dayAfter = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
