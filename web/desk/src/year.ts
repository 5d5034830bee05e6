/** A year as twelve months of weeks (Monday first): which days are worked and why. */
export interface YearDay { day: string; date: number; working: boolean; name: string; /** Differs from what its weekday says. */ moved: boolean; /** Recorded, but not yet reckoned with. */ pending: boolean }
export interface Month { number: number; /** Rows of seven; null before the first and after the last day. */ weeks: (YearDay | null)[][] }

const two = (value: number) => String(value).padStart(2, '0');

export function monthsOf(year: number, known: readonly { day: string; working: boolean; name: string; pending?: boolean }[]): Month[] {
  const byDay = new Map(known.map((one) => [one.day, one]));
  return Array.from({ length: 12 }, (_, month) => ({ number: month + 1, weeks: weeksOf(year, month, byDay) }));
}

function weeksOf(year: number, month: number, byDay: ReadonlyMap<string, { working: boolean; name: string; pending?: boolean }>): (YearDay | null)[][] {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const lead = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const cells: (YearDay | null)[] = Array.from({ length: lead }, () => null);
  for (let date = 1; date <= length; date += 1) {
    const day = `${year}-${two(month + 1)}-${two(date)}`;
    const weekday = (lead + date - 1) % 7 < 5;
    const said = byDay.get(day);
    const working = said?.working ?? weekday;
    cells.push({ day, date, working, name: said?.name ?? '', moved: working !== weekday, pending: said?.pending ?? false });
  }
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** The same day a year later; 29 February becomes 28 February. */
export function yearAfter(day: string): string {
  return `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`.replace('-02-29', '-02-28');
}

/** The last day of a span whose end is given as the first day after it. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** What the cell says aloud. */
export function dayWords(day: YearDay): string {
  return [`${day.date}日`, day.working ? (day.moved ? '调休上班' : '') : (day.moved ? '放假' : '休息'), day.name, day.pending ? '待系统重启后生效' : ''].filter(Boolean).join('，');
}
