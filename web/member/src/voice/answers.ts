/**
 * What a ballot says, before anybody sees it: which question lacks what, on which screen it stands, and the canonical
 * form in which phone, server and whoever recounts write the same bytes (`voice::instrument::answer`).
 */
import type { Answer, Answers, Question } from '@api/voice';

/** Most screens a rating is spread over. */
const SCREENS = 3;

/** Spreads the questions over at most three screens, in their order, as evenly as their number allows. */
export function screensOf(questions: readonly Question[]): Question[][] {
  const count = Math.min(SCREENS, Math.ceil(questions.length / 4)) || 1;
  const screens: Question[][] = [];
  let from = 0;
  for (let screen = 0; screen < count; screen += 1) {
    const to = from + Math.ceil((questions.length - from) / (count - screen));
    screens.push(questions.slice(from, to));
    from = to;
  }
  return screens;
}

const SECONDS = { scale: 8, single: 10, multiple: 15, ranking: 30, number: 15, text: 40 } as const;

/** How long it takes, in whole minutes: half a minute for the ballot itself, and what each kind of question takes. */
export function minutesFor(questions: readonly Question[]): number {
  const seconds = questions.reduce((sum, question) => sum + SECONDS[question.kind], 30);
  return Math.max(1, Math.round(seconds / 60));
}

/** The same text as the server keeps: composed, without white space at its ends. */
const words = (text: string) => text.normalize('NFC').replace(/^[\s\u0085]+|[\s\u0085]+$/g, '');

function isEmpty(answer: Answer | undefined): boolean {
  if (answer === undefined) return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === 'string' && words(answer) === '';
}

/** What is still to be done with a question, for the person; null when it can go out. */
export function lackOf(question: Question, answer: Answer | undefined): string | null {
  if (isEmpty(answer)) return question.required ? '这一题要填，请选好再往下。' : null;
  switch (question.kind) {
    case 'multiple': {
      const count = (answer as number[]).length;
      if (count < question.least) return `至少选 ${question.least} 项，还差 ${question.least - count} 项。`;
      return count > question.most ? `最多选 ${question.most} 项，请去掉 ${count - question.most} 项。` : null;
    }
    case 'ranking': {
      const left = question.places - (answer as number[]).length;
      return left > 0 ? `要排出 ${question.places} 项，还差 ${left} 项。` : null;
    }
    case 'number': {
      const number = answer as number;
      const fits = Number.isInteger(number) && number >= question.least && number <= question.most;
      return fits ? null : `请填 ${question.least} 到 ${question.most} 之间的整数。`;
    }
    case 'text': {
      const over = [...words(answer as string)].length - question.most_chars;
      return over > 0 ? `超出 ${over} 个字，请缩短。` : null;
    }
    default: return null;
  }
}

/** The first question that lacks something; null when the ballot can go out. An empty ballot lacks its first question. */
export function firstLack(questions: readonly Question[], answers: Answers): { question: string; says: string } | null {
  for (const question of questions) {
    const says = lackOf(question, answers[question.id]);
    if (says) return { question: question.id, says };
  }
  const any = questions.some((question) => !isEmpty(answers[question.id]));
  return any || !questions[0] ? null : { question: questions[0].id, says: '还没有填写任何一题，请至少填一题。' };
}

/** Answers as they are sent, committed to and counted: keys sorted, choices ascending, a ranking in its order. */
export function canonical(questions: readonly Question[], answers: Answers): Answers {
  const sorted = [...questions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const out: Answers = {};
  for (const question of sorted) {
    const answer = answers[question.id];
    if (answer === undefined || isEmpty(answer)) continue;
    if (question.kind === 'multiple') out[question.id] = [...(answer as number[])].sort((a, b) => a - b);
    else if (question.kind === 'text') out[question.id] = words(answer as string);
    else out[question.id] = answer;
  }
  return out;
}

/** Answers of a draft that no longer fit the questions are left out. */
export function fitting(questions: readonly Question[], answers: Record<string, unknown>): Answers {
  const out: Answers = {};
  for (const question of questions) {
    const answer = answers[question.id];
    const listed = question.kind === 'multiple' || question.kind === 'ranking';
    const right = question.kind === 'text' ? typeof answer === 'string'
      : listed ? Array.isArray(answer) && answer.every((one) => Number.isInteger(one) && one >= 0 && one < question.options.length)
        : typeof answer === 'number';
    if (right) out[question.id] = answer as Answer;
  }
  return out;
}

/** An answer in words, for the check before it goes out. */
export function answerText(question: Question, answer: Answer | undefined): string {
  if (answer === undefined || isEmpty(answer)) return '没有填';
  switch (question.kind) {
    case 'scale': return question.steps[answer as number]?.label ?? '';
    case 'single': return question.options[answer as number] ?? '';
    case 'multiple': return (answer as number[]).map((place) => question.options[place]).join('、');
    case 'ranking': return (answer as number[]).map((place, at) => `${at + 1}. ${question.options[place]}`).join('　');
    case 'number': return `${answer as number} ${question.unit}`.trim();
    default: return words(answer as string);
  }
}
