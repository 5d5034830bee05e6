/**
 * Dates, spans and numbers as people say them. Times arrive in UTC and are shown in China time (UTC+8, no summer time),
 * whatever the clock of the device says.
 */
const CHINA_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const inChina = (time: string) => new Date(Date.parse(time) + CHINA_MS);
const two = (value: number) => String(value).padStart(2, '0');

/** `2026-11-27` → `11月27日`; with the year when it is not the year of `today`. */
export function dayText(day: string | null | undefined, today?: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(day ?? '');
  if (!parts) return '—';
  const text = `${Number(parts[2])}月${Number(parts[3])}日`;
  return today?.slice(0, 4) === parts[1] ? text : `${parts[1]}年${text}`;
}

/** A UTC time as the China day `YYYY-MM-DD`. */
export function dayOf(time: string): string {
  const date = inChina(time);
  return Number.isNaN(date.getTime()) ? '' : `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** A UTC time as `11月22日 16:05` in China. */
export function timeText(time: string | null | undefined, today?: string): string {
  const date = inChina(time ?? '');
  if (Number.isNaN(date.getTime())) return '—';
  return `${dayText(dayOf(time!), today)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** The last whole day before a moment, as people say until when something is good: midnight of 12-01 → `11月30日`. */
export function lastDayText(end: string, today?: string): string {
  const before = new Date(Date.parse(end) - 1);
  return Number.isNaN(before.getTime()) ? '—' : dayText(dayOf(before.toISOString()), today);
}

/** Days from one day to another, negative when it has passed. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** `还有 3 天` · `今天` · `已过 2 天`. */
export function dueText(due: string | null, today: string): string {
  if (!due) return '';
  const days = daysBetween(today, due);
  if (days === 0) return '今天';
  return days > 0 ? `还有 ${days} 天` : `已过 ${-days} 天`;
}

/** How long something waits, in whole days: `今天收到` · `等了 3 天`. */
export function waitedText(since: string, today: string): string {
  const days = daysBetween(dayOf(since), today);
  return days <= 0 ? '今天收到' : `等了 ${days} 天`;
}

/** `5908` → `5,908`. */
export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `13800138000` → `138 0013 8000`; a masked number keeps its stars, a fixed line (`0750*****01`) its form. */
export function phoneText(phone: string | null | undefined): string {
  return (phone ?? '').replace(/^(1.{2})(.{4})(.{4})$/, '$1 $2 $3') || '—';
}

/** A masked value read aloud: runs of stars become one word, so a screen reader does not count them. */
export function maskSpoken(value: string): string {
  return value.replace(/\*+/g, ' 已隐去 ').trim();
}

/** `早上好` … by the hour in China. */
export function greeting(now: Date): string {
  const hour = new Date(now.getTime() + CHINA_MS).getUTCHours();
  if (hour < 5) return '夜里好';
  if (hour < 11) return '早上好';
  if (hour < 13) return '中午好';
  return hour < 18 ? '下午好' : '晚上好';
}
