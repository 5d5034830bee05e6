/** A booth that a page can show: where the ballot stands, what went wrong, and sending it again by itself when the network is back. */
import { onScopeDispose, reactive } from 'vue';
import type { Answers, EvaluationPage, Instrument } from '@api/voice';
import { Problem, asProblem } from '@shared/problem';
import { ODD_ANSWER, alone, boothOf, type Booth, type BoothPoll, type Standing } from './booth';
import { passingStore, vaultOf, type Purpose, type Receipt } from './vault';
import { castBallot, drawBallot } from './wire';

/** The cryptography is fetched when a ballot is drawn, not before. */
const fetchBallot = () => import('@shared/ballot');
const PAUSES_MS = [3_000, 6_000, 12_000, 30_000];

/** The poll for ratings as the frozen instrument describes it; null before the evaluation is open. */
export function pollOf(page: EvaluationPage): BoothPoll | null {
  const poll = page.polls.find((one) => one.purpose === 'rating' && one.round === 0);
  if (!poll || !page.instrument_text) return null;
  const instrument = JSON.parse(page.instrument_text) as Instrument;
  return {
    id: poll.id, evaluation_id: instrument.evaluation_id, title: instrument.title, issuer: instrument.issuer,
    public_key: poll.public_key, key_hash: instrument.key_hash, questions: instrument.questions,
  };
}

export interface LiveBooth {
  readonly standing: Standing;
  readonly receipt: Receipt | null;
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** The ballot is on its way, and goes out again by itself. */
  readonly waiting: boolean;
  draw(): Promise<boolean>;
  cast(answers: Answers): Promise<boolean>;
  /** Looks again where the ballot stands: another page of this device may have sent it. */
  look(): void;
}

/** `kiosk`: a device of many people. What it keeps ends with the tab, and the draw says that it was made there. */
export function useBooth(poll: BoothPoll, owner: string, purpose: Purpose = 'rating', kiosk = false): LiveBooth {
  const vault = vaultOf(owner, poll.id, kiosk ? passingStore() : undefined, purpose);
  const draw = (id: string, request: string) => drawBallot(id, request, kiosk);
  const booth: Booth = boothOf(poll, { vault, ballot: fetchBallot, draw, cast: castBallot, alone });
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const live = reactive({
    standing: booth.standing(),
    receipt: booth.receipt(),
    busy: false,
    problem: null as Problem | null,
    waiting: false,
    async draw(): Promise<boolean> {
      return act(() => booth.draw());
    },
    look() {
      live.standing = booth.standing();
      live.receipt = booth.receipt();
    },
    async cast(answers: Answers): Promise<boolean> {
      clearTimeout(timer);
      live.waiting = false;
      if (await act(() => booth.cast(answers))) return true;
      // Its receipt is there: the box has it, and only the words about it are odd.
      if (live.problem?.code === ODD_ANSWER.code) return true;
      if (live.standing === 'sent' && live.problem?.unanswered) {
        live.waiting = true;
        timer = setTimeout(() => void live.cast(answers), PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
        tries += 1;
      }
      return false;
    },
  });
  async function act(run: () => Promise<unknown>): Promise<boolean> {
    if (live.busy) return false;
    live.busy = true;
    live.problem = null;
    try {
      await run();
      return true;
    } catch (thrown) {
      live.problem = asProblem(thrown);
      return false;
    } finally {
      live.busy = false;
      live.look();
    }
  }
  comeBack(live, () => clearTimeout(timer));
  return live;
}

/** Goes on when the network is back, and when a page is shown again that was closed, with what has gone out meanwhile. */
function comeBack(live: LiveBooth, end: () => void): void {
  const back = () => { if (live.waiting) void live.cast({}); };
  const shown = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    live.look();
    if (live.standing === 'sent') void live.cast({});
  };
  window.addEventListener('online', back);
  window.addEventListener('pageshow', shown);
  onScopeDispose(() => {
    window.removeEventListener('online', back);
    window.removeEventListener('pageshow', shown);
    end();
  });
}
