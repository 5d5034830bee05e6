/**
 * What happens to payments, told at once: server-sent events where they come through, and a look every few seconds where
 * they do not. The number of the last one known goes with every question, so nothing is missed and nothing told twice.
 */
import { onBeforeUnmount } from 'vue';
import type { News, PaymentStep } from '@api/counter';

/** Before the stream is opened: a page that is left at once needs none. */
const SETTLE_MS = 1500;
const AGAIN_MS = 5000;

export interface Follow { stop(): void }
interface Source { onmessage: ((message: { data: string }) => void) | null; onerror: (() => void) | null; close(): void }

export function follow(
  news: (after: number | undefined) => Promise<News>,
  live: string,
  told: (step: PaymentStep) => void,
  open: ((address: string) => Source) | null = typeof EventSource === 'undefined' ? null : (address) => new EventSource(address) as unknown as Source,
): Follow {
  let after: number | undefined;
  let source: Source | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let over = false;
  const later = (run: () => void, time: number) => { timer = over ? null : setTimeout(run, time); };

  function tell(step: PaymentStep): void {
    if (over || step.seq <= (after ?? -1)) return;
    after = step.seq;
    told(step);
  }
  async function look(): Promise<void> {
    try {
      const got = await news(after);
      got.items.forEach(tell);
      after = Math.max(after ?? 0, got.after);
      later(open ? connect : () => void look(), open ? SETTLE_MS : AGAIN_MS);
    } catch {
      later(() => void look(), AGAIN_MS); // the page itself says what does not work
    }
  }
  function connect(): void {
    source = open!(`${live}?after=${after ?? 0}`);
    source.onmessage = (message) => tell(JSON.parse(message.data) as PaymentStep);
    source.onerror = () => {
      source?.close();
      later(() => void look(), AGAIN_MS);
    };
  }
  void look();
  return {
    stop() {
      over = true;
      if (timer) clearTimeout(timer);
      source?.close();
    },
  };
}

/** The same for as long as the page is there. */
export function useFollow(...given: Parameters<typeof follow>): void {
  const following = follow(...given);
  onBeforeUnmount(() => following.stop());
}
