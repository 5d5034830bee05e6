/**
 * Code 128 (ISO/IEC 15417): the bar code of a ballot on paper (set B) and of a pay code (set C, two digits a sign), drawn
 * here so that no code leaves the page and no network is needed.
 *
 *     modulesOf('7K2M')  →  '11010010000…11'   (1 is a bar; one character is one module)
 */

/** Bars and spaces of the 103 values, 4 bits a width; the start signs and the stop sign follow. */
const WIDTHS = ('212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 '
  + '223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 '
  + '112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 '
  + '311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 '
  + '122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 '
  + '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112').split(' ');
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** Start, signs, check and stop. */
function whole(start: number, signs: number[]): number[] {
  const check = signs.reduce((sum, value, at) => sum + value * (at + 1), start) % 103;
  return [start, ...signs, check, STOP];
}

/** The values of a text in set B. Throws for a sign that the set has not. */
export function valuesOf(text: string): number[] {
  return whole(START_B, [...text].map((sign) => {
    const value = sign.charCodeAt(0) - 32;
    if (value < 0 || value > 94) throw new Error(`no sign of Code 128 B: ${sign}`);
    return value;
  }));
}

/** The values of an even number of digits in set C, which is half as long. Throws for anything else. */
export function digitValuesOf(digits: string): number[] {
  if (!/^(\d\d)+$/.test(digits)) throw new Error('Code 128 C takes an even number of digits');
  return whole(START_C, (digits.match(/\d\d/g) ?? []).map(Number));
}

const drawn = (values: number[]) => values
  .map((value) => [...WIDTHS[value]!].map((width, at) => (at % 2 === 0 ? '1' : '0').repeat(Number(width))).join('')).join('');

/** Black and white, one sign a module, without the quiet zone. */
export const modulesOf = (text: string): string => drawn(valuesOf(text));

/** The same for digits, in set C. */
export const digitModulesOf = (digits: string): string => drawn(digitValuesOf(digits));

/** The bars as places and widths in modules. */
export function barsIn(modules: string): { at: number; width: number }[] {
  const bars: { at: number; width: number }[] = [];
  for (const found of modules.matchAll(/1+/g)) bars.push({ at: found.index, width: found[0].length });
  return bars;
}

/** The bars of a text. */
export const barsOf = (text: string) => barsIn(modulesOf(text));
