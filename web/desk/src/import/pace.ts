/**
 * How fast a job goes and how long it will still take, from what each poll saw. Only the last quarter of a minute
 * counts: what went before (a slow start, a pause) says little about what comes.
 *
 *     const pace = new Pace();
 *     pace.see(1_200, Date.now());
 *     pace.perSecond();            // rows a second, null until two polls differ
 *     restText(pace.secondsLeft(652_000))
 */
const WINDOW_MS = 15_000;

export class Pace {
  private seen: { rows: number; at: number }[] = [];

  see(rows: number, at: number): void {
    const last = this.seen[this.seen.length - 1];
    // Fewer rows than before: another run began.
    if (last && rows < last.rows) this.seen = [];
    this.seen.push({ rows, at });
    while (this.seen.length > 2 && at - this.seen[1]!.at >= WINDOW_MS) this.seen.shift();
  }

  /** Rows a second; null while nothing moved yet. */
  perSecond(): number | null {
    const [first, last] = [this.seen[0], this.seen[this.seen.length - 1]];
    if (!first || !last || last.at <= first.at || last.rows <= first.rows) return null;
    return ((last.rows - first.rows) * 1000) / (last.at - first.at);
  }

  secondsLeft(total: number | null): number | null {
    const speed = this.perSecond();
    const last = this.seen[this.seen.length - 1];
    if (speed === null || total === null || !last) return null;
    return Math.max(0, (total - last.rows) / speed);
  }
}

/** `约 40 秒` · `约 3 分钟` · `约 1 小时 20 分钟`, rounded so that it does not flicker. */
export function restText(seconds: number | null): string {
  if (seconds === null) return '正在估算时间';
  if (seconds < 5) return '马上就好';
  if (seconds < 55) return `还要约 ${Math.ceil(seconds / 5) * 5} 秒`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `还要约 ${minutes} 分钟`;
  const [hours, rest] = [Math.floor(minutes / 60), Math.ceil((minutes % 60) / 10) * 10];
  if (rest === 0) return `还要约 ${hours} 小时`;
  return rest === 60 ? `还要约 ${hours + 1} 小时` : `还要约 ${hours} 小时 ${rest} 分钟`;
}
