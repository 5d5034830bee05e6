/** The Chinese words of opinions on the phone. */
import type { OpinionAnswer, OpinionFault, OpinionGrade, OpinionState } from '@api/opinion';

type Tone = 'ok' | 'warn' | 'late' | '';
export const opinionStates: Record<OpinionState, { text: string; tone: Tone }> = {
  open: { text: '等待答复', tone: 'warn' }, answered: { text: '已答复', tone: 'ok' }, refused: { text: '不采纳', tone: '' }, merged: { text: '已合并', tone: '' },
};
export const gradeWords: Record<OpinionGrade, string> = { satisfied: '满意', mostly: '基本满意', dissatisfied: '不满意' };
export const faultWords: Record<OpinionFault, string> = { insult: '辱骂他人', person: '点名到普通职工', privacy: '涉及他人隐私' };
export const hiddenWords = { proposed: '这条意见的文字正由上级工会审核，先不公开。', hidden: '这条意见的文字经上级工会审核，不公开。' } as const;

/** What stands above an answer. */
export function answerHead(answer: OpinionAnswer, last: boolean): string {
  const what = answer.kind === 'refused' ? '不采纳的理由' : '工会答复';
  return last ? what : `${what}（已有新的答复）`;
}
/** Answers with words, the newest first. */
export const inWords = (answers: readonly OpinionAnswer[]): OpinionAnswer[] => answers.filter((one) => one.text !== null).reverse();
