/** Which column of a file fills which field: what the person chose, what is still missing, what is left over. */
import type { ImportField, ImportFile } from '@api/imports';

export type Choice = Record<string, number | null>;

/** `A`, `B` … `Z`, `AA`: as the spreadsheet names its columns. */
export function columnLetter(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return letters;
}

export function choiceOf(fields: readonly ImportField[]): Choice {
  return Object.fromEntries(fields.map((field) => [field.name, field.column ?? null]));
}

/** The words above each column; a column of data without any has an empty one. */
export function headingsOf(file: Pick<ImportFile, 'header' | 'sample'>): string[] {
  const width = Math.max(file.header.length, ...file.sample.map((row) => row.length));
  return Array.from({ length: width }, (_, index) => file.header[index] ?? '');
}

export interface ColumnOption { value: string; text: string; /** Another field has this column; one column fills one field. */ taken: boolean }

/** What a field may choose from: the letter, then the words of the header, and who has the column already. */
export function columnOptions(file: Pick<ImportFile, 'header' | 'sample' | 'fields'>, choice: Choice, field: string): ColumnOption[] {
  const holders = new Map(file.fields.filter((one) => one.name !== field && choice[one.name] !== null).map((one) => [choice[one.name], one.label]));
  return headingsOf(file).map((words, index) => {
    const holder = holders.get(index);
    const text = words ? `${columnLetter(index)} 列：${words}` : `${columnLetter(index)} 列（没有表头）`;
    return { value: String(index), text: holder ? `${text}（已用于${holder}）` : text, taken: holder !== undefined };
  });
}

/** The columns that no field uses: they are not imported, and the person should know. Empty ones are left out. */
export function unusedColumns(file: Pick<ImportFile, 'header' | 'sample' | 'fields'>): string[] {
  const used = new Set(file.fields.map((field) => field.column));
  const filled = (index: number) => file.sample.some((row) => (row[index] ?? '') !== '');
  return headingsOf(file).flatMap((words, index) => {
    if (used.has(index) || (words === '' && !filled(index))) return [];
    return [words || `${columnLetter(index)} 列（没有表头）`];
  });
}

/** What stands in a field's column in the first rows, to be compared by eye; empty cells left out. */
export function examplesOf(file: Pick<ImportFile, 'sample'>, column: number | null): string[] {
  if (column === null) return [];
  return file.sample.map((row) => row[column] ?? '').filter((cell) => cell !== '').slice(0, 2);
}

/** A typed row number; null when it is none. */
export function headerRowOf(typed: string): number | null {
  const row = Number(typed.trim());
  return /^\d{1,4}$/.test(typed.trim()) && row >= 1 ? row : null;
}
