/** What a search for a person means: digits of a phone, an ID number, else a name or its beginning. */
export type Seek = { name: string } | { id_number: string } | { phone: string } | Record<string, never>;

export function seekOf(typed: string): Seek {
  const text = typed.trim();
  const packed = text.replace(/[\s-]/g, '').toUpperCase();
  if (text === '') return {};
  if (/^(\+?86)?1\d{10}$/.test(packed)) return { phone: packed.slice(-11) };
  if (/^(\d{15}|\d{17}[\dX])$/.test(packed)) return { id_number: packed };
  return { name: text };
}

/** What the search will do with what is typed so far, and what is still wrong with it. */
export function seekHint(typed: string): string {
  const found = seekOf(typed);
  if ('phone' in found) return '按完整手机号查，只列出这个号码的人。';
  if ('id_number' in found) return '按完整证件号查，只列出这个人。';
  const digits = typed.replace(/[\s-]/g, '');
  if (/^\d{3,}[\dXx]?$/.test(digits)) return `手机号是 11 位、证件号是 18 位，都要写完整；现在是 ${digits.length} 位。`;
  return 'name' in found ? '按姓名查，可以只写开头几个字。' : '姓名可以只写开头；证件号、手机号要写完整。';
}
