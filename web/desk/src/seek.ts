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
