/**
 * What is typed for a question of a paper ballot: the printed numbers of what is ticked, as fast as a keyboard allows.
 *
 *     readEntry(scale, '2')        →  { answer: 1 }
 *     readEntry(multiple, '1 3')   →  { answer: [0, 2] }
 *     readEntry(scale, '')         →  { answer: undefined }   // left blank
 *     readEntry(scale, '9')        →  { wrong: '请填 1 到 3' }
 */
import type { Answer, Answers, Question } from '@api/voice';

export interface Entry { answer?: Answer; wrong?: string }

/** Full-width digits and signs as Chinese keyboards type them. */
const plain = (text: string) => text.normalize('NFKC').trim();

function places(text: string, of: number): number[] | null {
  const parts = plain(text).split(/[\s,，、;.]+/).filter(Boolean);
  const found = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) - 1 : -1));
  const distinct = new Set(found).size === found.length;
  return distinct && found.every((place) => place >= 0 && place < of) ? found : null;
}

/** How a question is typed, said beside its field. */
export function howTyped(question: Question): string {
  switch (question.kind) {
    case 'scale': return `填 1 到 ${question.steps.length}`;
    case 'single': return `填 1 到 ${question.options.length}`;
    case 'multiple': return `填选中的号，空格隔开，${question.least === question.most ? question.most : `${question.least} 到 ${question.most}`} 项`;
    case 'ranking': return `按名次填号，空格隔开，${question.places} 项`;
    case 'number': return `填 ${question.least} 到 ${question.most} 的整数`;
    default: return `照票面录入，不超过 ${question.most_chars} 字`;
  }
}

function listed(question: Question & { kind: 'multiple' | 'ranking' }, typed: string): Entry {
  const [least, most] = question.kind === 'multiple' ? [question.least, question.most] : [question.places, question.places];
  const found = places(typed, question.options.length);
  if (!found || found.length < least || found.length > most) return { wrong: howTyped(question) };
  return { answer: question.kind === 'multiple' ? found.sort((a, b) => a - b) : found };
}

export function readEntry(question: Question, typed: string): Entry {
  const text = plain(typed);
  if (text === '') return question.required ? { wrong: '这一题必填；票面上没填的，整张是废票，不录' } : {};
  switch (question.kind) {
    case 'scale':
    case 'single': {
      const found = places(text, question.kind === 'scale' ? question.steps.length : question.options.length);
      return found?.length === 1 ? { answer: found[0]! } : { wrong: howTyped(question) };
    }
    case 'multiple':
    case 'ranking': return listed(question, text);
    case 'number': {
      const number = /^-?\d{1,13}$/.test(text) ? Number(text) : NaN;
      return number >= question.least && number <= question.most ? { answer: number } : { wrong: howTyped(question) };
    }
    default: return [...text].length <= question.most_chars ? { answer: typed.trim() } : { wrong: howTyped(question) };
  }
}

/** All entries of a sheet; `wrong` by question. */
export function readSheet(questions: readonly Question[], typed: Record<string, string>): { answers: Answers; wrong: Record<string, string> } {
  const answers: Answers = {};
  const wrong: Record<string, string> = {};
  for (const question of questions) {
    const entry = readEntry(question, typed[question.id] ?? '');
    if (entry.wrong) wrong[question.id] = entry.wrong;
    else if (entry.answer !== undefined) answers[question.id] = entry.answer;
  }
  return { answers, wrong };
}
