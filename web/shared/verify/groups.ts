/**
 * Groups: where the instrument has a breakdown, the columns of everybody who gave one answer to one question, and whether they
 * may stand in the file at all. What a group that is shown must be, and what is left of the whole when all of them are taken
 * away, says the crate `zhigong-verifier` (`group.rs`); the codes are the same.
 */
import { columnFits } from './column';
import { VerifyError } from './form';
import type { Breakdown, Column, Instrument, Publication, Question } from './form';

const LEAST = 5;

/** What comes out of the groups of a publication whose columns were found to fit; nothing without a breakdown. Throws `VerifyError`. */
export function groups(publication: Publication, instrument: Instrument, asked: Question[]): Breakdown | undefined {
  const by = instrument.breakdown ?? undefined;
  const listed: unknown = publication.groups;
  if (by === undefined) {
    if (listed !== undefined) throw new VerifyError('form');
    return undefined;
  }
  const scales = asked.filter((one) => one.kind === 'scale');
  const options = optionsOf(asked, by, scales.length);
  if (!Array.isArray(listed)) throw new VerifyError('form');
  const ballots = publication.commitments.length;
  const column = (id: string): Column | undefined => publication.columns.find((one) => one.question === id);
  const sizes = counted(column(by), options);
  const whole = scales.map((scale) => cells(scale, column(scale.id), ballots));
  const shown = groupsOf(publication.groups ?? [], sizes, scales, by);
  const rest = whole.map((all) => [...all]);
  let safe = true;
  for (const group of shown) {
    for (const [at, mine] of group.cells.entries()) {
      const left = rest[at] ?? [];
      mine.forEach((cell, step) => { left[step] = (left[step] ?? 0) - cell; });
      safe = safe && tellsOfMany(mine, whole[at] ?? []) && left.every((cell) => cell >= 0);
    }
  }
  const withheld = [...sizes.keys()].filter((option) => (sizes[option] ?? 0) > 0 && shown.every((group) => group.option !== option));
  if (!safe || (shown.length > 0 && !restIsSafe(withheld.length, rest, whole))) throw new VerifyError('groups', by);
  const told = shown.map(({ option, people, cells: all }) => ({ option, people, scales: scales.map((scale, at) => scaleOf(scale.id, all[at] ?? [])) }));
  return { question: by, groups: told, withheld };
}

/** How many answers the question has by which groups are made. */
function optionsOf(asked: Question[], by: string, scales: number): number {
  const question = asked.find((one) => one.id === by);
  if (!question?.required || question.kind !== 'single' || scales === 0) throw new VerifyError('instrument');
  return question.options?.length ?? 0;
}

interface Shown { option: number; people: number; cells: number[][] }

/** The groups of the file, each in its order and large enough, with columns that fit. */
function groupsOf(listed: NonNullable<Publication['groups']>, sizes: number[], scales: Question[], by: string): Shown[] {
  let last = -1;
  return listed.map((group) => {
    if (typeof group !== 'object' || group === null) throw new VerifyError('form');
    const people = Number.isInteger(group.option) ? sizes[group.option] ?? 0 : 0;
    if (people < LEAST || group.option <= last) throw new VerifyError('groups', by);
    last = group.option;
    if (!Array.isArray(group.columns) || group.columns.length !== scales.length) throw new VerifyError('columns');
    return { option: group.option, people, cells: scales.map((scale, at) => {
      const column = group.columns[at];
      if (column?.question !== scale.id) throw new VerifyError('columns');
      if (!Array.isArray(column.answers) || !columnFits(scale, column.answers, people)) throw new VerifyError('column', scale.id);
      return cells(scale, column, people);
    }) };
  });
}

/** What belongs to nobody is nothing; else it is that of two groups at least, and of many. */
function restIsSafe(withheld: number, rest: number[][], whole: number[][]): boolean {
  if (withheld === 0) return rest.flat().every((cell) => cell === 0);
  return withheld > 1 && rest.every((cells, at) => tellsOfMany(cells, whole[at] ?? []));
}

/** No answer is that of one to four, and none that of all where others answered otherwise. */
function tellsOfMany(cells: number[], whole: number[]): boolean {
  const several = (all: number[]): boolean => all.filter((cell) => cell > 0).length > 1;
  return cells.every((cell) => cell <= 0 || cell >= LEAST) && (several(cells) || !several(whole));
}

function counted(column: Column | undefined, of: number): number[] {
  const counts = new Array<number>(of).fill(0);
  for (const entry of column?.answers ?? []) if (typeof entry === 'number') counts[entry] = (counts[entry] ?? 0) + 1;
  return counts;
}

/** Per step, and behind them how many left the scale out. */
function cells(scale: Question, column: Column | undefined, people: number): number[] {
  return [...counted(column, scale.steps?.length ?? 0), people - (column?.answers.length ?? 0)];
}

function scaleOf(question: string, all: number[]): { question: string; answered: number; counts: number[] } {
  const counts = all.slice(0, -1);
  return { question, answered: counts.reduce((sum, count) => sum + count, 0), counts };
}
