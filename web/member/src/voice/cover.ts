/**
 * The blank sheet of whoever says nothing and closes the page: it goes out as the page goes, and what could not go then
 * goes out when any page of ours is opened later. So everybody who voted has sent a sheet, and whoever wrote hides among
 * all of them. What somebody has begun to write is left alone, and so is the page on which it may still be written.
 */
import type * as Ballot from '@shared/ballot';
import { draftStore } from '@shared/draft';
import { asProblem } from '@shared/problem';
import { alone, boothOf, type Booth, type BoothDeps } from './booth';
import { opinionQuestions, sheet, wordStore } from './opinion';
import { owed, paid, type Owed } from './owed';
import { vaultOf } from './vault';
import { castBallot, castParting } from './wire';

/** What is done at once would be seen together with the page that was opened. */
const LEAST_MS = 8_000;
const MOST_MS = 40_000;

export interface CoverDeps {
  ballot(): Promise<typeof Ballot>;
  cast: BoothDeps['cast'];
  /** Sends without waiting for an answer: the page goes. */
  part(body: string): void;
  /** The path of the page that is shown. */
  path(): string;
}
export interface Covers {
  /** Sends what earlier pages left. */
  send(): Promise<void>;
  /** Sends what is left in one breath. */
  part(): void;
  /** Fetches what parting needs. */
  ready(): Promise<void>;
}

const begun = ({ owner, poll }: Owed): boolean =>
  (draftStore<{ text: string }>(`opinion.${poll.evaluation_id}`, owner).load(new Date())?.answers.text ?? '').trim() !== '';

export function coversOf(deps: CoverDeps): Covers {
  let ballot: typeof Ballot | null = null;
  const boothFor = ({ owner, poll }: Owed): Booth => boothOf({ ...poll, questions: opinionQuestions }, {
    vault: vaultOf(owner, poll.id, undefined, 'opinion'), ballot: deps.ballot, cast: deps.cast, alone, draw: () => Promise.reject(new Error('nothing is drawn here')),
  });
  const blank = (of: typeof Ballot) => sheet('', of.toHex(of.newSalt()), false);
  const open = (one: Owed) => deps.path().startsWith(`/evaluations/${one.poll.evaluation_id}`);

  async function sendOne(one: Owed): Promise<void> {
    const booth = boothFor(one);
    const standing = booth.standing();
    if (standing === 'in_box' || standing === 'nothing') return paid(one);
    if (standing !== 'sent' && (standing !== 'drawn' || begun(one) || open(one))) return;
    try {
      if (standing === 'drawn') wordStore(one.owner, one.poll.id).forget();
      await booth.cast(blank(await deps.ballot()));
      paid(one);
    } catch (thrown) {
      // Without an answer it goes out again another time; what was refused is refused for good.
      if (!asProblem(thrown).unanswered) paid(one);
    }
  }
  return {
    async ready() {
      ballot ??= await deps.ballot().catch(() => null);
    },
    async send() {
      for (const one of owed()) await sendOne(one);
    },
    part() {
      if (!ballot) return;
      for (const one of owed()) {
        const booth = boothFor(one);
        const standing = booth.standing();
        if (standing !== 'sent' && (standing !== 'drawn' || begun(one))) continue;
        try {
          if (standing === 'drawn') wordStore(one.owner, one.poll.id).forget();
          const body = booth.part(ballot, blank(ballot));
          if (body !== null) deps.part(body);
        } catch { /* a full device: it is tried again when a page is opened */ }
      }
    },
  };
}

let started: Covers | null = null;

/** Begins to see to the sheets of this device, once a page. */
export function startCovers(): void {
  if (!started) {
    const covers = coversOf({ ballot: () => import('@shared/ballot'), cast: castBallot, part: castParting, path: () => location.pathname });
    started = covers;
    window.addEventListener('pagehide', () => covers.part());
    setTimeout(() => void covers.send(), LEAST_MS + Math.random() * (MOST_MS - LEAST_MS));
  }
  void started.ready();
}
