/** The sheet for opinions that a page can show: its booth, the sealing of the code, and the four words to write down. */
import { reactive } from 'vue';
import { asProblem, networkProblem, type Problem } from '@shared/problem';
import type { BoothPoll } from './booth';
import { sheet, wordStore } from './opinion';
import { useBooth, type LiveBooth } from './useBooth';
import { passingStore } from './vault';

/** Words and slow hash are fetched when something is written, not before. */
const fetchCode = () => import('@shared/ballot/code');

export interface LiveOpinion {
  readonly booth: LiveBooth;
  /** To be written down: the sheet is in the box, and they are shown until they were. */
  readonly words: string | null;
  /** The code is being worked out, which takes seconds on an old phone. */
  readonly sealing: boolean;
  readonly problem: Problem | null;
  /** Sends what was written, or a blank sheet when nothing was. */
  send(text: string, pressed: boolean): Promise<boolean>;
  /** The words were written down. */
  noted(): void;
}

/** `kiosk`: a device of many people; see `useBooth`. */
export function useOpinion(poll: BoothPoll, owner: string, kiosk = false): LiveOpinion {
  const store = wordStore(owner, poll.id, kiosk ? passingStore() : undefined);
  const booth = useBooth(poll, owner, 'opinion', kiosk);
  const live = reactive({
    booth,
    written: true,
    get words(): string | null {
      return live.written && booth.standing === 'in_box' ? store.read()?.words ?? null : null;
    },
    sealing: false,
    problem: null as Problem | null,
    async send(text: string, pressed: boolean): Promise<boolean> {
      booth.look();
      // A sheet that is on its way goes out again as it is, whatever is written by now; so does one that another page sent.
      if (booth.standing === 'sent' || booth.standing === 'in_box') return booth.cast({});
      if (live.sealing || booth.busy) return false;
      live.sealing = true;
      live.problem = null;
      try {
        const stands = await standsFor(text);
        live.sealing = false;
        return await booth.cast(sheet(text, stands, pressed));
      } catch (thrown) {
        live.problem = asProblem(thrown);
        return false;
      } finally {
        live.sealing = false;
      }
    },
    noted() {
      store.forget();
      live.written = false;
    },
  });
  /** What a sheet carries: its code, kept before it goes out, since words that are lost then are lost for good. */
  async function standsFor(text: string): Promise<string> {
    const code = await fetchCode().catch(() => { throw networkProblem(); });
    if (text.trim() === '') {
      store.forget();
      return code.noCode();
    }
    const held = store.read();
    if (held) return held.stretched;
    const words = code.newCode();
    const made = { words, stretched: await code.stretched(words) };
    store.keep(made);
    return made.stretched;
  }
  return live as LiveOpinion;
}
