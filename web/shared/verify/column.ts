/** Columns: whether the answers to a question are answers to it. */
import type { Entry, Question } from './form';

/** Whether answers fit their question, stand in order, and are as many as so many people can or must give. */
export function columnFits(asked: Question, answers: readonly Entry[], people: number): boolean {
  const enough = asked.required ? answers.length === people : answers.length <= people;
  const sorted = (entry: Entry, at: number): boolean => at === 0 || order(answers[at - 1] ?? 0, entry) <= 0;
  return enough && answers.every((entry) => fits(asked, entry)) && answers.every(sorted);
}

/** Number by number, the shorter first. */
function order(one: Entry, other: Entry): number {
  const [left, right] = [one, other].map((entry) => (typeof entry === 'number' ? [entry] : entry)) as [number[], number[]];
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const apart = (left[place] ?? 0) - (right[place] ?? 0);
    if (apart !== 0) return apart;
  }
  return left.length - right.length;
}

function fits(asked: Question, entry: Entry): boolean {
  const index = (value: unknown, of: number): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) < of;
  const options = asked.options?.length ?? 0;
  switch (asked.kind) {
    case 'scale':
      return index(entry, asked.steps?.length ?? 0);
    case 'single':
      return index(entry, options);
    case 'number':
      return Number.isSafeInteger(entry) && (entry as number) >= (asked.least ?? 0) && (entry as number) <= (asked.most ?? 0);
    default: {
      if (!Array.isArray(entry) || !entry.every((one) => index(one, options)) || new Set(entry).size !== entry.length) return false;
      if (asked.kind === 'ranking') return entry.length === asked.places;
      const rising = entry.every((one, at) => at === 0 || (entry[at - 1] ?? 0) < one);
      return rising && entry.length >= (asked.least ?? 0) && entry.length <= (asked.most ?? 0);
    }
  }
}
