/** The words of opinions at the desk. */
import type { OpinionFault, OpinionGrade, OpinionState, Standing } from '@api/opinion';

type Tone = 'ok' | 'wait' | 'late' | 'over' | 'mark';
export const opinionStates: Record<OpinionState, { text: string; tone: Tone }> = {
  open: { text: '等待答复', tone: 'wait' }, answered: { text: '已答复', tone: 'ok' }, refused: { text: '不采纳', tone: 'over' }, merged: { text: '已合并', tone: 'over' },
};
export const standings: Record<Standing, { text: string; tone: Tone }> = {
  on_time: { text: '按期', tone: 'ok' }, due_soon: { text: '即将到期', tone: 'wait' }, overdue: { text: '逾期', tone: 'late' }, very_overdue: { text: '严重逾期', tone: 'late' },
  done: { text: '按期办结', tone: 'ok' }, done_late: { text: '逾期办结', tone: 'over' }, cancelled: { text: '已取消', tone: 'over' },
};
export const faults: Record<OpinionFault, string> = { insult: '辱骂他人', person: '点名到普通职工', privacy: '涉及他人隐私' };
export const grades: Record<OpinionGrade, string> = { satisfied: '满意', mostly: '基本满意', dissatisfied: '不满意' };
export const hidings = { proposed: '提请不公开，等待决定', hidden: '不公开', shown: '照常公开' } as const;

/** `满意 3，不满意 1`; empty when nobody graded. */
export function graded(counts: Record<OpinionGrade, number>): string {
  return (Object.keys(grades) as OpinionGrade[]).filter((grade) => counts[grade] > 0).map((grade) => `${grades[grade]} ${counts[grade]}`).join('，');
}
