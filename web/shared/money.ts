/** Amounts of money: whole cents inside, yuan on the page, never a fraction in between. */

const MOST_DIGITS = 12;

/** `1234500` → `12,345.00`. */
export function yuanText(cents: number): string {
  const size = Math.abs(cents);
  const yuan = String(Math.trunc(size / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${cents < 0 ? '-' : ''}${yuan}.${String(size % 100).padStart(2, '0')}`;
}

/** What somebody typed, in cents; null when it is no amount. Commas, spaces and the sign of the yuan are let pass. */
export function centsOf(typed: string): number | null {
  const text = typed.replace(/[\s,，¥￥元]/g, '').replace('．', '.');
  const parts = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  if (!parts || parts[2]!.length > MOST_DIGITS) return null;
  const cents = Number(parts[2]) * 100 + Number((parts[3] ?? '').padEnd(2, '0') || 0);
  return parts[1] ? -cents : cents;
}
