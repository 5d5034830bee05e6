/** A scheme about to be written: what the form holds, what is wrong with it, and what is sent. Pure. */
import type { Question, SchemeAdd, SchemeDocument, SchemeRow } from '@api/voice';

export type QuestionKind = Question['kind'];
/** Every kind's answers stand side by side, so that trying another kind loses nothing. */
export interface QuestionFields {
  id: string; text: string; help: string; weight: string; required: boolean; kind: QuestionKind;
  steps: { label: string; score: string }[];
  /** One a line. */
  options: string;
  least: string; most: string; places: string; smallest: string; largest: string; unit: string; chars: string;
}
export interface SchemeFields {
  code: string;
  /** The version that was copied, which becomes another; 0 for a scheme that is new. */
  seen: number;
  title: string; about: string; basis: string; subject: SchemeDocument['subject']; title_pattern: string;
  quorum: string; rectify: string; electorate: string; without_rated: boolean; opinions: boolean; report_required: boolean;
  days_least: string; days_usual: string; days_most: string; yearly: boolean; issuer: SchemeDocument['issuer']; starts: SchemeDocument['starts'];
  questions: QuestionFields[];
  /** Of a department's: the question whose answers also have results of their own; empty for none. */
  breakdown: string;
  /** Highest number of a question so far: a number is not used again with another meaning. */
  numbered: number;
}
export const questionKinds: Record<QuestionKind, string> = { scale: '按档次评', single: '单选', multiple: '多选', ranking: '排序', number: '填数', text: '写字' };
const MOST_QUESTIONS = 40;
const MOST_NUMBER = 99;

const blank = (id: string): QuestionFields => ({
  id, text: '', help: '', weight: '10', required: true, kind: 'scale',
  steps: [{ label: '满意', score: '100' }, { label: '基本满意', score: '60' }, { label: '不满意', score: '0' }],
  options: '', least: '1', most: '3', places: '3', smallest: '0', largest: '100', unit: '', chars: '200',
});
const numberOf = (id: string): number => Number(id.slice(1)) || 0;

function questionFields(question: Question): QuestionFields {
  const { id, text, help, weight, required, kind } = question;
  const fields = { ...blank(id), text, help: help ?? '', weight: String(weight), required, kind };
  switch (question.kind) {
    case 'scale': return { ...fields, steps: question.steps.map((step) => ({ label: step.label, score: String(step.score) })) };
    case 'single': return { ...fields, options: question.options.join('\n') };
    case 'multiple': return { ...fields, options: question.options.join('\n'), least: String(question.least), most: String(question.most) };
    case 'ranking': return { ...fields, options: question.options.join('\n'), places: String(question.places) };
    case 'number': return { ...fields, smallest: String(question.least), largest: String(question.most), unit: question.unit };
    default: return { ...fields, chars: String(question.most_chars) };
  }
}

/** The form filled from a scheme: as its next version, or for a new scheme that begins as a copy. */
export function schemeFields(row: SchemeRow, asNew: boolean): SchemeFields {
  const own = row.document;
  return {
    code: asNew ? '' : row.code, seen: asNew ? 0 : row.version,
    title: asNew ? '' : own.title, about: own.about, basis: own.basis, subject: own.subject, title_pattern: own.title_pattern,
    quorum: String(own.thresholds.quorum_percent), rectify: String(own.thresholds.rectify_percent), electorate: own.electorate,
    without_rated: own.without_rated, opinions: own.opinions, report_required: own.report_required,
    days_least: String(own.days_open.least), days_usual: String(own.days_open.usual), days_most: String(own.days_open.most),
    yearly: own.yearly, issuer: own.issuer, starts: own.starts,
    questions: own.questions.map(questionFields),
    breakdown: own.breakdown ?? '',
    numbered: Math.max(0, ...own.questions.map((one) => numberOf(one.id))),
  };
}

/** Questions by whose answers a department's result may be broken down. */
export const groupings = (fields: SchemeFields): QuestionFields[] => (fields.subject === 'department' ? fields.questions.filter((one) => one.kind === 'single' && one.required) : []);

/** Adds a question with the next number; none when there are enough. */
export function addQuestion(fields: SchemeFields): void {
  if (fields.questions.length >= MOST_QUESTIONS) return;
  const taken = fields.questions.map((one) => numberOf(one.id));
  let number = fields.numbered + 1;
  if (number > MOST_NUMBER) number = Array.from({ length: MOST_NUMBER }, (_, at) => at + 1).find((free) => !taken.includes(free)) ?? MOST_NUMBER;
  fields.numbered = Math.max(fields.numbered, number);
  fields.questions.push(blank(`q${number}`));
}

/** Moves a question one place up or down. */
export function moveQuestion(fields: SchemeFields, at: number, by: -1 | 1): void {
  const to = at + by;
  if (to < 0 || to >= fields.questions.length) return;
  const [moved] = fields.questions.splice(at, 1);
  if (moved) fields.questions.splice(to, 0, moved);
}

const optionsOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
/** A whole number as typed; NaN when it is none. */
const whole = (text: string): number => (/^-?\d{1,13}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN);
const within = (text: string, least: number, most: number): boolean => whole(text) >= least && whole(text) <= most;
const chars = (text: string): number => [...text.trim()].length;

/** What is wrong with the answers of a question, as the server judges it. */
function kindGap(question: QuestionFields): string | null {
  const options = optionsOf(question.options);
  const labels = (given: string[], most: number) =>
    (given.length >= 2 && given.length <= most && new Set(given).size === given.length && given.every((one) => chars(one) >= 1 && chars(one) <= 60)
      ? null : `要有 2 到 ${most} 个不重复的选项，每个不超过 60 字。`);
  switch (question.kind) {
    case 'scale': {
      const scores = question.steps.map((step) => whole(step.score));
      const falling = scores.every((score, at) => score >= 0 && score <= 100 && (at === 0 || scores[at - 1]! > score));
      return labels(question.steps.map((step) => step.label.trim()), 10) ?? (falling ? null : '档次要从好到差排列，分值 0 到 100 且逐档降低。');
    }
    case 'single': return labels(options, 40);
    case 'multiple': return labels(options, 40) ?? (within(question.least, 1, whole(question.most)) && whole(question.most) <= options.length ? null : '最少、最多选择项数不对。');
    case 'ranking': return labels(options, 20) ?? (within(question.places, 1, options.length) ? null : '要排出的项数不对。');
    case 'number': return whole(question.smallest) < whole(question.largest) && chars(question.unit) <= 10 ? null : '最小值要小于最大值，单位不超过 10 字。';
    default: return within(question.chars, 1, 1000) ? null : '字数上限请填 1 到 1000。';
  }
}

type Gaps = Record<string, string>;

function wordGaps(fields: SchemeFields, gaps: Gaps): void {
  if (!/^[a-z][a-z0-9_]{1,39}$/.test(fields.code.trim())) gaps.code = '请用 2 到 40 个小写字母、数字或下划线，以字母开头。';
  if (chars(fields.title) < 2 || chars(fields.title) > 50) gaps.title = '请控制在 2 到 50 字。';
  for (const field of ['about', 'basis'] as const) if (chars(fields[field]) < 2 || chars(fields[field]) > 200) gaps[field] = '请写 2 到 200 字。';
  const pattern = fields.title_pattern;
  if (chars(pattern) < 2 || chars(pattern) > 60 || !pattern.includes('{year}')) gaps.title_pattern = '请控制在 2 到 60 字，并写上 {year}。';
  else if (['chair', 'union', 'department'].includes(fields.subject) && !pattern.includes('{subject}')) gaps.title_pattern = '要写上 {subject}，让会员知道评的是谁。';
}

function ruleGaps(fields: SchemeFields, gaps: Gaps): void {
  if (fields.subject === 'chair' && !fields.without_rated) gaps.without_rated = '评议主席时，主席和副主席不能参加测评，请勾选。';
  if (!within(fields.quorum, 0, 100) || !within(fields.rectify, 0, 100)) gaps.thresholds = '请填 0 到 100 之间的整数。';
  if (!fields.electorate.trim()) gaps.electorate = '请写明谁参加；面向全体会员的，请选“全体会员”。';
  const [least, usual, most] = [whole(fields.days_least), whole(fields.days_usual), whole(fields.days_most)];
  if (!(least >= 1 && least <= usual && usual <= most && most <= 366)) gaps.days_open = '至少 1 天，最少不多于通常，通常不多于最多，最多 366 天。';
  if (fields.questions.length === 0 || fields.questions.length > MOST_QUESTIONS) gaps.questions = `要有 1 到 ${MOST_QUESTIONS} 道题。`;
}

function questionGaps(fields: SchemeFields, gaps: Gaps): void {
  for (const question of fields.questions) {
    if (chars(question.text) < 2 || chars(question.text) > 100) gaps[question.id] = '题目请控制在 2 到 100 字。';
    else if (!within(question.weight, 0, 1000)) gaps[question.id] = '权重请填 0 到 1000 的整数，0 表示不计入总分。';
    const answers = kindGap(question);
    if (answers) gaps[`${question.id}.answers`] = answers;
  }
}

/** What is missing or wrong, by field; of a question by its id, and by its id with `.answers`. */
export function schemeGaps(fields: SchemeFields): Gaps {
  const gaps: Gaps = {};
  wordGaps(fields, gaps);
  ruleGaps(fields, gaps);
  questionGaps(fields, gaps);
  return gaps;
}

function questionOf(fields: QuestionFields): Question {
  const asked = { id: fields.id, text: fields.text.trim(), ...(fields.help.trim() ? { help: fields.help.trim() } : {}), weight: whole(fields.weight), required: fields.required };
  const options = optionsOf(fields.options);
  switch (fields.kind) {
    case 'scale': return { ...asked, kind: 'scale', steps: fields.steps.map((step) => ({ label: step.label.trim(), score: whole(step.score) })) };
    case 'single': return { ...asked, kind: 'single', options };
    case 'multiple': return { ...asked, kind: 'multiple', options, least: whole(fields.least), most: whole(fields.most) };
    case 'ranking': return { ...asked, kind: 'ranking', options, places: whole(fields.places) };
    case 'number': return { ...asked, kind: 'number', least: whole(fields.smallest), most: whole(fields.largest), unit: fields.unit.trim() };
    default: return { ...asked, kind: 'text', most_chars: whole(fields.chars) };
  }
}

/** What the form says, as the server takes it. */
export function schemeBody(fields: SchemeFields): SchemeAdd {
  return {
    code: fields.code.trim(),
    seen_version: fields.seen,
    document: {
      title: fields.title.trim(), about: fields.about.trim(), basis: fields.basis.trim(), subject: fields.subject, title_pattern: fields.title_pattern.trim(),
      questions: fields.questions.map(questionOf),
      thresholds: { quorum_percent: whole(fields.quorum), rectify_percent: whole(fields.rectify) },
      electorate: fields.electorate.trim(), without_rated: fields.without_rated, opinions: fields.opinions, report_required: fields.report_required,
      days_open: { least: whole(fields.days_least), usual: whole(fields.days_usual), most: whole(fields.days_most) },
      yearly: fields.yearly, issuer: fields.issuer, starts: fields.starts,
      ...(fields.breakdown ? { breakdown: fields.breakdown } : {}),
    },
  };
}
