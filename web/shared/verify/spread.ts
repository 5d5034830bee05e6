/**
 * How numbers are spread: worked out of the columns, and held against what the result page shows beside the file. At the most
 * eight bins of equal width from the smallest number to the largest, the last one cut off there.
 */
import { VerifyError } from './form';

export interface Bin {
  from: number;
  to: number;
  count: number;
}
export interface Spread {
  question: string;
  bins: Bin[];
}

const BINS = 8;

/** Of rising whole numbers; of none there are no bins. */
export function binsOf(numbers: readonly number[]): Bin[] {
  const [least, most] = [numbers[0], numbers[numbers.length - 1]];
  if (least === undefined || most === undefined) return [];
  const width = Math.floor((most - least) / BINS) + 1;
  const bins: Bin[] = [];
  for (let from = least; from <= most; from += width) bins.push({ from, to: Math.min(from + width - 1, most), count: 0 });
  for (const number of numbers) {
    const bin = bins[Math.floor((number - least) / width)];
    if (bin) bin.count += 1;
  }
  return bins;
}

const bare = ({ from, to, count }: Bin): string => [from, to, count].join(' ');
const said = ({ question, bins }: Spread): string => [question, ...bins.map(bare)].join('|');

/** Throws `VerifyError` when something is shown that does not come out; what is not shown, or not yet, is no fault. */
export function checkSpreads(came: readonly Spread[], shown: readonly Spread[]): void {
  const right = new Set(came.map(said));
  const wrong = shown.find((one) => !right.has(said(one)));
  if (wrong) throw new VerifyError('spread', wrong.question);
}
