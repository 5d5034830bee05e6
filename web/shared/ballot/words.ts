/**
 * The four-word code under which the author of an opinion finds the answer, read as it is typed, so that a slip is told
 * at once and word by word. The list is loaded with this module: import it late.
 */
import text from './words.txt?raw';

export const words: readonly string[] = text.trim().split('\n');

const known = new Set(words);
const CODE_WORDS = 4;

/** What somebody typed: the code in its one writing, or what is wrong with it. */
export type Typed = { code: string } | { unknown: string[] } | { missing: number };

export function readCode(typed: string): Typed {
  const signs = typed.match(/[\u4e00-\u9fff]/g) ?? [];
  const found: string[] = [];
  for (let place = 0; place < signs.length; place += 2) found.push((signs[place] ?? '') + (signs[place + 1] ?? ''));
  const unknown = found.filter((word) => word.length === 2 && !known.has(word));
  if (unknown.length > 0) return { unknown };
  if (signs.length !== 2 * CODE_WORDS) return { missing: CODE_WORDS - signs.length / 2 };
  return { code: found.join(' ') };
}
