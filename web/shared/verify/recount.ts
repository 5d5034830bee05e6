/**
 * The figures, computed from the columns. Shares are hundredths of a per cent; scores, means and quartiles hundredths;
 * rounding is half away from zero. The 95 % interval is that of Wilson with z = 1.96, its lower end rounded down, its upper
 * end up. Big numbers, since nothing may be lost.
 */
import type { Entry, Instrument, Question } from './form';

interface Cell {
  count: number;
  share: number;
  low: number;
  high: number;
}

/** Figures of one question, its fields in the order of the file. */
export type QuestionFigures = Record<string, unknown> & { question: string; answered: number };

/** a / b, half away from zero; nothing of nothing. */
function divided(a: bigint, b: bigint): number | null {
  if (b === BigInt(0)) return null;
  const size = (BigInt(2) * (a < BigInt(0) ? -a : a) + b) / (BigInt(2) * b);
  return Number(a < BigInt(0) ? -size : size);
}

function root(number: bigint): bigint {
  if (number < BigInt(2)) return number;
  let guess = BigInt(1) << BigInt(Math.ceil(number.toString(2).length / 2));
  for (;;) {
    const next = (guess + number / guess) >> BigInt(1);
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Ends of the interval of k of n, in hundredths of a per cent. */
export function interval(count: number, of: number): [number, number] {
  if (of === 0) return [0, 10000];
  const [k, n] = [BigInt(count), BigInt(of)];
  const z2 = BigInt(38416);
  const spread = root(((z2 * z2 * n + BigInt(40000) * z2 * k * (n - k)) * BigInt(100000000)) / n);
  const middle = (BigInt(20000) * k + z2) * BigInt(10000);
  const below = BigInt(20000) * n + BigInt(2) * z2;
  const low = middle < spread ? 0 : Number((middle - spread) / below);
  return [low, Math.min(10000, Number((middle + spread + below - BigInt(1)) / below))];
}

function cells(answers: Entry[], of: number): Cell[] {
  const counts = new Array<number>(of).fill(0);
  for (const entry of answers) {
    for (const option of typeof entry === 'number' ? [entry] : entry) counts[option] = (counts[option] ?? 0) + 1;
  }
  return counts.map((count) => {
    const [low, high] = interval(count, answers.length);
    return { count, share: divided(BigInt(10000) * BigInt(count), BigInt(answers.length)) ?? 0, low, high };
  });
}

function quartile(sorted: number[], quarter: number): number | null {
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * quarter;
  const below = sorted[Math.floor(at / 4)] ?? 0;
  const above = sorted[Math.ceil(at / 4)] ?? 0;
  return 100 * below + 25 * (at % 4) * (above - below);
}

function ranks(answers: Entry[], of: number, places: number): { first: number; points: number }[] {
  const result = Array.from({ length: of }, () => ({ first: 0, points: 0 }));
  for (const entry of answers) {
    if (typeof entry === 'number') continue;
    entry.forEach((option, place) => {
      const rank = result[option];
      if (!rank) return;
      rank.points += places - place;
      if (place === 0) rank.first += 1;
    });
  }
  return result;
}

/** Figures of a question from its column, which was found to fit. */
export function question(asked: Question, answers: Entry[]): QuestionFigures {
  const head = { question: asked.id, answered: answers.length, kind: asked.kind };
  const numbers = answers.filter((entry): entry is number => typeof entry === 'number');
  switch (asked.kind) {
    case 'scale': {
      const steps = asked.steps ?? [];
      const points = numbers.reduce((sum, step) => sum + (steps[step]?.score ?? 0), 0);
      return { ...head, cells: cells(answers, steps.length), score: divided(BigInt(100) * BigInt(points), BigInt(answers.length)) };
    }
    case 'ranking':
      return { ...head, ranks: ranks(answers, asked.options?.length ?? 0, asked.places ?? 0) };
    case 'number': {
      const sum = numbers.reduce((total, number) => total + BigInt(number), BigInt(0));
      const mean = divided(BigInt(100) * sum, BigInt(numbers.length));
      const [lower, median, upper] = [1, 2, 3].map((quarter) => quartile(numbers, quarter));
      return { ...head, mean, lower, median, upper };
    }
    default:
      return { ...head, cells: cells(answers, asked.options?.length ?? 0) };
  }
}

/** Figures of the whole, in the order of the file. */
export function overall(
  instrument: Instrument, asked: Question[], figures: QuestionFigures[], ballots: number, electorate: number,
): Record<string, unknown> {
  const { quorum_percent: quorum, rectify_percent: bar } = instrument.thresholds;
  let [weights, sum] = [BigInt(0), BigInt(0)];
  const rectify: string[] = [];
  figures.forEach((figure, place) => {
    const score = figure.kind === 'scale' ? (figure.score as number | null) : null;
    if (score === null) return;
    const weight = BigInt(asked[place]?.weight ?? 0);
    weights += weight;
    sum += weight * BigInt(score);
    const worst = (figure.cells as Cell[]).slice(-1)[0]?.count ?? 0;
    if (bar > 0 && worst * 100 >= figure.answered * bar) rectify.push(figure.question);
  });
  const reached = ballots * 100 >= electorate * quorum;
  return {
    ballots, electorate, turnout: divided(BigInt(10000) * BigInt(ballots), BigInt(electorate)) ?? 0, quorum_reached: reached,
    advisory: !reached, score: divided(sum, weights), rectify, questions: figures,
  };
}
