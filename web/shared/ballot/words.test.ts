import { describe, expect, it } from 'vitest';
import { readCode, words } from './words';

describe('a four-word code', () => {
  const four = [words[0], words[7], words[1024], words[2047]].map(String);

  it('stands on 2,048 different words of two characters', () => {
    expect(new Set(words).size).toBe(2048);
    expect(words.every((word) => /^[\u4e00-\u9fff]{2}$/.test(word))).toBe(true);
  });

  it('is read however the words are set apart', () => {
    for (const between of [' ', '', '，', '-', '\n', '　']) expect(readCode(four.join(between))).toEqual({ code: four.join(' ') });
  });

  it('names the word that is not on the list, or how many are missing', () => {
    expect(readCode(`${four[0]} 甲乙 ${four[2]}`)).toEqual({ unknown: ['甲乙'] });
    expect(readCode(`${four[0]} ${four[1]}`)).toEqual({ missing: 2 });
    expect(readCode('')).toEqual({ missing: 4 });
    expect(readCode(`${four.join(' ')} ${four[0]}`)).toEqual({ missing: -1 });
  });
});
