/** Seconds until a machine that nobody touches forgets who stood there. Every touch and key begins them anew. */
import { onScopeDispose, ref, type Ref } from 'vue';

export const IDLE_SECONDS = 60;
const TOUCHES = ['pointerdown', 'keydown', 'input', 'touchstart', 'wheel'] as const;

export interface Countdown {
  readonly left: Ref<number>;
  readonly running: Ref<boolean>;
  /** Starts, or starts anew. */
  start(): void;
  /** Holds still: a ballot is on its way and must not be forgotten. */
  stop(): void;
}

export function useCountdown(over: () => void, seconds = IDLE_SECONDS): Countdown {
  const left = ref(seconds);
  const running = ref(false);
  let until = 0;
  let ticking: ReturnType<typeof setInterval> | undefined;

  function tick() {
    left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    if (left.value > 0) return;
    stop();
    over();
  }
  function start() {
    until = Date.now() + seconds * 1000;
    left.value = seconds;
    ticking ??= setInterval(tick, 250);
    running.value = true;
  }
  function stop() {
    clearInterval(ticking);
    ticking = undefined;
    running.value = false;
    left.value = seconds;
  }
  const touched = () => { if (ticking !== undefined) start(); };
  for (const name of TOUCHES) window.addEventListener(name, touched, { passive: true });
  onScopeDispose(() => {
    stop();
    for (const name of TOUCHES) window.removeEventListener(name, touched);
  });
  return { left, running, start, stop };
}
