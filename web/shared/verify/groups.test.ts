import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Breakdown, Entry, Publication, Question } from './form';
import { recount, VerifyError } from './index';
import { published } from './published.fixture';
import { overall, question } from './recount';

/** Counted by hand; crates/voice/src/result/tests/groups.rs reads the same boxes. */
interface ByHand { box: string; lumps: [number, number, number | null, number][]; breakdown: Breakdown }
// The path is no literal: the bundler would take it for an asset of the page.
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const boxes = JSON.parse(read('./fixtures/groups.json')) as ByHand[];

const steps = [{ score: 100 }, { score: 60 }, { score: 0 }];
const questions: Question[] = [
  { id: 'q1', text: '示例第 1 题', weight: 2, required: true, kind: 'scale', steps },
  { id: 'q2', text: '示例第 2 题', weight: 1, required: false, kind: 'scale', steps },
  { id: 'q6', text: '示例第 6 题', weight: 0, required: true, kind: 'single', options: ['食堂', '班车', '体检'] },
];
const thresholds = { quorum_percent: 1, rectify_percent: 30 };

/** The columns that a server that tells the truth writes of what it says. */
const columnsOf = ({ groups }: Breakdown): NonNullable<Publication['groups']> => groups.map(({ option, scales }) => ({
  option, columns: scales.map((one) => ({ question: one.question, answers: one.counts.flatMap((times, step) => new Array<Entry>(times).fill(step)) })),
}));

function publicationOf({ lumps, breakdown }: Omit<ByHand, 'box'>): Publication {
  const ballots = lumps.flatMap(([option, first, second, times]) => Array.from({ length: times }, () => (
    { q1: first, q6: option, ...(second !== null && { q2: second }) } as Record<string, Entry>
  )));
  const electorate = ballots.length * 2;
  const came = questions.map((one) => question(one, ballots.flatMap((ballot) => ballot[one.id] ?? []).sort()));
  const instrument = { evaluation_id: '', title: '', questions, thresholds, issuer: '', key_hash: '' };
  const figures = { ...overall(instrument, questions, came, ballots.length, electorate), breakdown } as unknown as Publication['figures'];
  return published({ questions, thresholds, electorate, ballots, figures, breakdown: 'q6', groups: columnsOf(breakdown) });
}

function told(publication: unknown): string {
  try {
    recount(publication as Publication);
  } catch (error) {
    if (error instanceof VerifyError) return error.code;
    throw error;
  }
  return 'good';
}

describe('groups', () => {
  it.each(boxes.map((one) => [one.box, one] as const))('%s', (_, one) => {
    const publication = publicationOf(one);
    expect(recount(publication).figures.breakdown).toEqual(one.breakdown);
  });

  const first = boxes[0]!;
  /** The first box, of which a server that lies says something else. */
  const lied = (change: (breakdown: Breakdown) => void): string => {
    const breakdown = structuredClone(first.breakdown);
    change(breakdown);
    return told(publicationOf({ ...first, breakdown }));
  };
  const scale = (of: string, counts: number[]) => ({ question: of, answered: counts.reduce((sum, count) => sum + count, 0), counts });
  const group = (option: number, one: number[], other: number[]) => ({ option, people: scale('q1', one).answered, scales: [scale('q1', one), scale('q2', other)] });

  it('of four, of all but one, and with more than there is are found, whatever their columns say', () => {
    expect(lied(() => undefined)).toBe('good');
    expect(lied((by) => { by.groups.push(group(2, [0, 4, 0], [4, 0, 0])); by.withheld = [1]; })).toBe('groups');
    expect(lied((by) => { by.groups.push(group(1, [6, 6, 0], [6, 6, 0])); by.withheld = [2]; })).toBe('groups');
    expect(lied((by) => { by.groups = [group(0, [10, 0, 10], [10, 10, 0])]; })).toBe('groups');
    expect(lied((by) => { by.groups = [group(0, [0, 20, 0], [10, 10, 0])]; })).toBe('groups');
    expect(lied((by) => { by.withheld = []; })).toBe('groups');
    expect(lied((by) => { by.groups[0]!.people = 19; })).toBe('groups');
    expect(lied((by) => { by.groups[0]!.scales[0]!.counts = [9, 11]; })).toBe('groups');
  });

  it('whose columns are changed are found', () => {
    const good = publicationOf(first);
    const changed = (change: (groups: NonNullable<Publication['groups']>) => void): string => {
      const groups = structuredClone(good.groups ?? []);
      change(groups);
      return told({ ...good, groups });
    };
    const answers = good.groups?.[0]?.columns[0]?.answers ?? [];
    expect(answers).toHaveLength(20);
    for (const at of answers.keys()) {
      expect(changed(([one]) => { one!.columns[0]!.answers[at] = 2; }), `answer ${at}`).not.toBe('good');
      expect(changed(([one]) => { one!.columns[1]!.answers.splice(at, 1); }), `answer ${at}`).not.toBe('good');
    }
    expect(changed(([one]) => { one!.columns[0]!.answers[9] = 1; })).toBe('groups');
    expect(changed(([one]) => { one!.columns.pop(); })).toBe('columns');
    expect(changed(([one]) => { one!.option = 1; })).not.toBe('good');
    expect(changed((all) => { all.push(all[0]!); })).toBe('groups');
    expect(changed((all) => { all.pop(); })).toBe('groups');
    expect(told({ ...good, groups: undefined })).toBe('form');
    expect(told({ ...good, groups: [null] })).toBe('form');
  });

  it('do not stand where the instrument announced none', () => {
    const file = read('./fixtures/small.jsonl').split('\n')[0] ?? '';
    const old = JSON.parse(file) as Publication;
    expect(recount(old).figures).not.toHaveProperty('breakdown');
    expect(told({ ...old, groups: [] })).toBe('form');
    expect(told({ ...old, figures: { ...old.figures, breakdown: first.breakdown } })).toBe('groups');
  });
});
