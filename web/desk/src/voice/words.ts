/** The words of evaluations at the desk, and what can be told of a campaign before it is started. Pure. */
import type { ReminderRound } from '@api/channels';
import type { AuditMismatch, CampaignStart, EvaluationState, Outcome, Question, SchemeDocument, SubjectKind } from '@api/voice';
import type { OrganizationKind } from '@api/types';

type Tone = 'ok' | 'wait' | 'late' | 'over' | 'mark';
export const states: Record<EvaluationState, { text: string; tone: Tone }> = {
  draft: { text: '草稿', tone: 'wait' }, freezing: { text: '正在定名单', tone: 'wait' }, open: { text: '投票中', tone: 'ok' }, closing: { text: '正在计票', tone: 'wait' },
  published: { text: '已公布', tone: 'ok' }, too_few: { text: '票数过少', tone: 'over' }, withdrawn: { text: '已撤回', tone: 'over' },
};
export const outcomes: Record<Outcome, { text: string; note: string }> = {
  alone: { text: '单独评议', note: '会员够 5 人，各评各的' },
  joint: { text: '联合评议', note: '不足 5 人，与本镇街其他小工会一起投' },
  too_few: { text: '人数太少，没有评', note: '合起来也不足 5 人，保守不了秘密' },
  already: { text: '这一年已发起过', note: '不重复发起' },
  no_chair: { text: '没有登记主席', note: '登记主席后再单独发起' },
};
export const campaignStates = { preparing: { text: '正在建草稿', tone: 'wait' }, running: { text: '已建好', tone: 'ok' }, withdrawn: { text: '已撤回', tone: 'over' } } as const;
export const subjects: Record<SubjectKind, string> = { chair: '评主席', union: '评职工之家', department: '评执法部门', survey: '问卷征集', fund: '评资金使用' };
export const levels: Record<SchemeDocument['starts'], string> = { union: '本级工会', town: '镇街工会', county: '县级总工会', city: '市总工会' };
export const rounds: Record<ReminderRound['kind'], string> = { opening: '开启时', middle: '过半时', last: '截止前' };
export const roundStates: Record<ReminderRound['state'], string> = { planned: '待发', running: '正在发', done: '已发', dropped: '时间太近或已截止' };
const mismatches: Record<AuditMismatch, string> = {
  file: '公布的文件不是当时签发的那一份', commitment: '有选票打不开，或和它的封条对不上', ballots: '选票和公布的封条不是同一批，有多出来的或少了的',
  column: '选票上的回答和公布的这一题不一样', figures: '公布的数字不是这些选票算出来的',
};
/** What came of opening the ballots, in a sentence. */
export function auditText(one: { fits: boolean; mismatch: AuditMismatch | null; question: string | null }): string {
  if (one.fits) return '全部一致。';
  const where = one.question ? `（${one.question}）` : '';
  return `对不上：${one.mismatch ? mismatches[one.mismatch] : '原因不明'}${where}。`;
}
export const groups = { town: '镇街工会', firm: '企业工会' } as const;

/** Kinds of unions that a campaign goes through unless others are named. */
export const BASE_KINDS: readonly OrganizationKind[] = ['grassroots', 'joint_grassroots', 'industry', 'trade'];

/** How a question is answered, in one line. */
export function howAnswered(question: Question): string {
  switch (question.kind) {
    case 'scale': return question.steps.map((step) => `${step.label} ${step.score}`).join(' / ');
    case 'single': return `单选：${question.options.join(' / ')}`;
    case 'multiple': return `多选 ${question.least}–${question.most} 项：${question.options.join(' / ')}`;
    case 'ranking': return `排出前 ${question.places} 项：${question.options.join(' / ')}`;
    case 'number': return `填数：${question.least} 到 ${question.most} ${question.unit}`;
    default: return `写字，最多 ${question.most_chars} 字`;
  }
}

export interface CampaignFields { scheme: string; organization_id: string; year: string; opens_on: string; closes_on: string; kind: string; least: string; most: string; rule: string }
export const emptyCampaign = (): CampaignFields => ({ scheme: '', organization_id: '', year: '', opens_on: '', closes_on: '', kind: '', least: '', most: '', rule: '' });

const whole = (text: string): number | null => (/^\d{1,7}$/.test(text.trim()) ? Number(text.trim()) : null);

/** What is still missing or wrong, by field. */
export function campaignGaps(fields: CampaignFields, today: string): Record<string, string> {
  const gaps: Record<string, string> = {};
  if (!fields.scheme) gaps.scheme = '请选择方案。';
  if (!fields.organization_id) gaps.organization_id = '请选择在哪个工会之下开展。';
  if (fields.year && !/^20\d\d$/.test(fields.year.trim())) gaps.year = '请填四位年份。';
  if (!fields.opens_on) gaps.opens_on = '请选择开始日期。';
  else if (fields.opens_on < today) gaps.opens_on = '开始日期不能早于今天。';
  if (fields.closes_on && fields.closes_on <= fields.opens_on) gaps.closes_on = '截止日期要在开始日期之后。';
  for (const side of ['least', 'most'] as const) if (fields[side] && whole(fields[side]) === null) gaps[side] = '请填整数。';
  const [least, most] = [whole(fields.least), whole(fields.most)];
  if (least !== null && most !== null && least > most) gaps.most = '上限不能小于下限。';
  return gaps;
}

export function campaignBody(fields: CampaignFields): CampaignStart {
  const [least, most] = [whole(fields.least), whole(fields.most)];
  return {
    scheme: fields.scheme, organization_id: fields.organization_id, opens_on: fields.opens_on,
    ...(fields.year ? { year: Number(fields.year) } : {}),
    ...(fields.closes_on ? { closes_on: fields.closes_on } : {}),
    ...(fields.kind ? { kinds: [fields.kind as OrganizationKind] } : {}),
    ...(least !== null ? { least_members: least } : {}),
    ...(most !== null ? { most_members: most } : {}),
    ...(fields.rule.trim() ? { rule: fields.rule.trim() } : {}),
  };
}

/** Which unions a campaign would go through, of those that a list shows. */
export function inCampaign(fields: CampaignFields, union: { kind: OrganizationKind; members: number; state: string }): boolean {
  const kinds: readonly string[] = fields.kind ? [fields.kind] : BASE_KINDS;
  const [least, most] = [whole(fields.least), whole(fields.most)];
  return union.state === 'established' && kinds.includes(union.kind) && (least === null || union.members >= least) && (most === null || union.members <= most);
}
