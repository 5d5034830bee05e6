/**
 * The text of a report while it is written: kept on this device at every change, saved at the server a moment after the
 * last one, tried again until it is there. What another page saved meanwhile is never overwritten.
 */
import { reactive } from 'vue';
import type { ReportDraft, ReportSection } from '@api/report';
import type { DraftStore } from '@shared/draft';
import { asProblem, type Problem } from '@shared/problem';

const PAUSE_MS = 1_500;
const AGAIN_MS = 5_000;

export interface Kept { version: number; sections: ReportSection[] }
export interface Writing {
  sections: ReportSection[];
  readonly version: number;
  readonly state: 'saved' | 'changed' | 'saving' | 'failed' | 'overtaken';
  readonly saved_at: string | null;
  readonly problem: Problem | null;
  /** Text on this device that was written over an older version than the server has. */
  readonly other: ReportSection[] | null;
  changed(): void;
  /** Saves at once; true when all is at the server. */
  flush(): Promise<boolean>;
  takeOther(): void;
  dropOther(): void;
  stop(): void;
}

const text = (sections: readonly ReportSection[]) => JSON.stringify(sections);
const copy = (sections: readonly ReportSection[]) => sections.map((section) => ({ ...section }));

export function useWriting(draft: ReportDraft, store: DraftStore<Kept>, save: (body: Kept) => Promise<ReportDraft>): Writing {
  const writing = reactive(new Pen(draft, store, save)) as Writing;
  writing.changed(); // what this device has and the server not goes there now
  return writing;
}

class Pen implements Writing {
  sections: ReportSection[];
  version: number;
  state: Writing['state'] = 'saved';
  saved_at: string | null;
  problem: Problem | null = null;
  other: ReportSection[] | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private going: Promise<boolean> | null = null;
  private saved: string;

  constructor(draft: ReportDraft, private readonly store: DraftStore<Kept>, private readonly save: (body: Kept) => Promise<ReportDraft>) {
    this.saved = text(draft.sections);
    const kept = store.load(new Date())?.answers ?? null;
    const unsaved = kept && text(kept.sections) !== this.saved ? kept : null;
    const goesOn = unsaved !== null && unsaved.version === draft.version;
    this.sections = copy(goesOn ? unsaved.sections : draft.sections);
    if (unsaved && !goesOn) this.other = copy(unsaved.sections);
    this.version = draft.version;
    this.saved_at = draft.saved_at;
  }

  changed(): void {
    if (this.state === 'overtaken' || text(this.sections) === this.saved) return;
    if (!this.other) this.store.save({ version: this.version, sections: copy(this.sections) }, new Date());
    if (this.state !== 'saving') this.state = 'changed';
    this.later(PAUSE_MS);
  }

  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.going) await this.going;
    if (this.state === 'overtaken') return false;
    // A report that was never saved is begun even where nothing was changed in what the records filled in.
    if (text(this.sections) === this.saved && this.version > 0) {
      this.state = 'saved';
      return true;
    }
    this.going = this.send();
    try {
      return await this.going;
    } finally {
      this.going = null;
    }
  }

  takeOther(): void {
    if (this.other) this.sections = this.other;
    this.other = null;
    this.changed();
  }

  dropOther(): void {
    this.other = null;
    this.store.drop();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async send(): Promise<boolean> {
    const sections = copy(this.sections);
    this.state = 'saving';
    this.problem = null;
    try {
      const next = await this.save({ version: this.version, sections });
      this.saved = text(sections);
      this.version = next.version;
      this.saved_at = next.saved_at;
      const all = text(this.sections) === this.saved;
      this.state = all ? 'saved' : 'changed';
      if (!all) this.later(PAUSE_MS);
      else if (!this.other) this.store.drop();
      return all;
    } catch (thrown) {
      this.problem = asProblem(thrown);
      this.state = this.problem.code === 'report.changed' ? 'overtaken' : 'failed';
      if (this.problem.unanswered) this.later(AGAIN_MS);
      return false;
    }
  }
}
