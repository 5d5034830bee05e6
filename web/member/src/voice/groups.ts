/** Groups of a published result as people read them: by the answers to one question what each scale came to. */
import type { Figures, Question } from '@api/voice';
import { countText } from '@shared/format';

export interface ReadGroup { label: string; people: number; lines: { text: string; said: string }[] }
export interface ReadGroups {
  /** The question by whose answers. */
  by: string;
  shown: ReadGroup[];
  /** Options whose groups are held back together. */
  withheld: string[];
}

export const withheldText = '人数太少，合并不显示';
export const whyWithheld = '有的组人太少，或者一组人答得都一样，单独列出会看出谁怎么答；要和它合在一起才看不出的组，也一并不显示。';

/** Nothing where the instrument has no breakdown. */
export function groupsOf({ breakdown }: Figures, questions: readonly Question[]): ReadGroups | null {
  if (!breakdown) return null;
  const asked = (id: string) => questions.find((question) => question.id === id);
  const by = asked(breakdown.question);
  const label = (option: number): string => (by?.kind === 'single' ? by.options[option] : undefined) ?? `第 ${option + 1} 项`;
  const shown = breakdown.groups.map(({ option, people, scales }) => ({
    label: label(option), people,
    lines: scales.map(({ question: id, answered, counts }) => {
      const scale = asked(id);
      const step = (at: number): string => (scale?.kind === 'scale' ? scale.steps[at]?.label : undefined) ?? `第 ${at + 1} 档`;
      const said = counts.map((count, at) => `${step(at)} ${countText(count)}`);
      if (answered < people) said.push(`没有填 ${countText(people - answered)}`);
      return { text: scale?.text ?? id, said: said.join('；') };
    }),
  }));
  return { by: by?.text ?? breakdown.question, shown, withheld: breakdown.withheld.map(label) };
}
