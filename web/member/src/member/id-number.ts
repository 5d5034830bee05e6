/**
 * A first look at an ID number before it is sent, so that a slip is seen at once; the server decides.
 * Resident ID and 港澳台居民居住证: GB 11643 (18 characters with a check character; the old 15 digits pass on).
 */
import type { IdKind } from '@api/types';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** The check character of the first 17 digits. */
export function checkCharacter(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return CHECKS[sum % 11] ?? '';
}

/** What is wrong with the number, in a sentence; null when it may be sent. */
export function idNumberLack(kind: IdKind, text: string): string | null {
  const number = text.trim().toUpperCase();
  if (!number) return '请填写证件号码。';
  if (kind === 'foreign_permanent_resident') {
    return /^(9\d{16}[\dX]|[A-Z]{3}\d{12})$/.test(number) ? null : '永久居留身份证号是 9 开头的 18 位，或三个字母加 12 位数字，请核对。';
  }
  if (kind === 'resident_id' && /^\d{15}$/.test(number)) return null;
  if (!/^\d{17}[\dX]$/.test(number)) return `证件号码应是 18 位，现在是 ${number.length} 位，请核对。`;
  if (kind === 'hk_mo_tw_residence_permit' && !/^8[123]0000/.test(number)) return '港澳台居民居住证号以 810000、820000 或 830000 开头，请核对。';
  if (!isDay(number.slice(6, 14))) return '证件号码里的出生日期不对，请核对。';
  return checkCharacter(number) === number[17] ? null : '证件号码最后一位对不上，请核对有没有写错。';
}

function isDay(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1800 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
