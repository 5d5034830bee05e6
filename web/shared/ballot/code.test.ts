import { describe, expect, it } from 'vitest';
import { newCode, noCode, stretched } from './code';
import { readCode, words } from './words';

describe('the code of an opinion', () => {
  it('is four words of the list, which are read again as they are', () => {
    for (let time = 0; time < 50; time += 1) {
      const code = newCode();
      expect(code.split(' ')).toHaveLength(4);
      expect(readCode(code)).toEqual({ code });
    }
    expect(newCode(() => new Uint8Array(8))).toBe([words[0], words[0], words[0], words[0]].join(' '));
    expect(newCode(() => Uint8Array.from([7, 255, 8, 0, 0, 1, 255, 255]))).toBe([words[2047], words[0], words[1], words[2047]].join(' '));
  });

  it('is stretched as the server does it', async () => {
    const code = [words[0], words[1], words[1024], words[2047]].join(' ');
    expect(await stretched(code)).toBe('c43a50c044cbeb6f4f3adb3be1a679765ae6c447a806a478339e9d1c28add8fd');
  }, 30_000);

  it('cannot be told from what a blank sheet carries', () => {
    expect(noCode()).toMatch(/^[0-9a-f]{64}$/);
    expect(noCode()).not.toBe(noCode());
  });
});
