/** The words of duties and rectifications at the desk. Pure. */
import type { DutyFigures, DutyKind, DutyRow, ItemState, RectificationProblem, Standing } from '@api/rectify';

type Tone = 'ok' | 'wait' | 'late' | 'over' | 'mark';
export const dutyKinds: Record<DutyKind, string> = { report: '述职报告', answer: '答复意见', plan: '整改方案', item: '整改事项', review: '上级核查' };
export const standings: Record<Standing, { text: string; tone: Tone }> = {
  on_time: { text: '期限内', tone: 'over' }, due_soon: { text: '即将到期', tone: 'wait' }, overdue: { text: '逾期', tone: 'late' }, very_overdue: { text: '严重逾期', tone: 'late' },
  done: { text: '按期办结', tone: 'ok' }, done_late: { text: '逾期办结', tone: 'wait' }, cancelled: { text: '已取消', tone: 'over' },
};
export const itemStates: Record<ItemState, { text: string; tone: Tone }> = {
  open: { text: '整改中', tone: 'wait' }, claimed: { text: '已报完成', tone: 'wait' }, asked: { text: '回访中', tone: 'wait' },
  review: { text: '等上级核查', tone: 'mark' }, fixed: { text: '已整改', tone: 'ok' }, not_fixed: { text: '没有整改到位', tone: 'late' },
};
export const sources: Record<RectificationProblem['source'], string> = { rating: '评议结果', opinion: '会员意见', chair: '工会自查', above: '上级工会' };

/** How a duty stands, with its days. */
export function standingText(duty: DutyRow): string {
  const words = standings[duty.standing].text;
  return duty.days_late > 0 && duty.standing !== 'done' ? `${words} ${duty.days_late} 天` : words;
}
/** The order of the figures on the page: what presses comes first. */
export const STANDINGS: readonly Standing[] = ['very_overdue', 'overdue', 'due_soon', 'on_time', 'done', 'done_late', 'cancelled'];
export const lateCount = (figures: DutyFigures): number => figures.overdue + figures.very_overdue;

/** Whom the levels above a union were told of, one after the other. */
export const toldText = (level: number): string => (level === 0 ? '' : `已告知上 ${level} 级`);
/** The page behind a duty. */
export const dutyPath = (duty: DutyRow): string =>
  (['plan', 'item', 'review'].includes(duty.kind) ? `/evaluations/${duty.evaluation_id}/rectification` : `/evaluations/${duty.evaluation_id}`);
