/**
 * The unified social credit code (GB 32100-2015), checked while it is typed so that a slip is seen at once. The
 * server checks it fully; here only length, alphabet (no I O S V Z) and the check character.
 */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** What is wrong with the code as typed; null while it is empty or when it is right. */
export function usccFault(typed: string, prefix = ''): string | null {
  const code = typed.replace(/\s/g, '').toUpperCase();
  if (code === '') return null;
  const odd = [...code].find((letter) => !ALPHABET.includes(letter));
  if (odd) return `代码里不会有“${odd}”，请对照证书核对。`;
  if (code.length !== 18) return `代码是 18 位，现在是 ${code.length} 位。`;
  if (prefix && !code.startsWith(prefix)) return `工会的代码以 ${prefix} 开头，请核对。`;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * ALPHABET.indexOf(code[at]!), 0);
  if (ALPHABET[(31 - (sum % 31)) % 31] !== code[17]) return '最后一位校验对不上，请逐位核对。';
  return null;
}
