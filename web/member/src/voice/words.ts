/** The Chinese words of evaluations on the phone. */
import type { EvaluationState, SubjectKind } from '@api/voice';

export const subjectWords: Record<SubjectKind, string> = { chair: '述职测评', union: '职工之家评议', department: '执法部门评议', survey: '问卷征集', fund: '资金使用评议' };
export const stateWords: Record<EvaluationState, { text: string; tone: 'ok' | 'warn' | 'late' | '' }> = {
  draft: { text: '草稿', tone: 'warn' }, freezing: { text: '正在开启', tone: 'warn' }, open: { text: '进行中', tone: 'ok' }, closing: { text: '正在计票', tone: 'warn' },
  published: { text: '已公布', tone: 'ok' }, too_few: { text: '票数过少，不公布', tone: '' }, withdrawn: { text: '已撤回', tone: '' },
};

/** `12.34`: hundredths as people read them, without needless zeros. */
export const hundredths = (value: number): string => String(Number((value / 100).toFixed(2)));
export const percent = (value: number): string => `${Number((value / 100).toFixed(1))}%`;

const SKEW_MINUTES = 10;
/** A sentence when the clock of the device is far from the server's; the server's counts. */
export function skewText(served: string | null, now: Date): string | null {
  const minutes = Math.round((now.getTime() - Date.parse(served ?? '')) / 60_000);
  if (!(Math.abs(minutes) >= SKEW_MINUTES)) return null;
  return `这部手机的时间${minutes > 0 ? '快' : '慢'}了约 ${Math.abs(minutes)} 分钟。截止时间以系统时间为准，不看手机时间。`;
}
