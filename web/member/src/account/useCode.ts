/** Asking for an SMS code: the countdown until it may be asked for again, and the code itself where a demo shows it. */
import { onUnmounted, reactive } from 'vue';
import { answer, api } from '@api/client';
import { useSubmit } from '@shared/submit';

export function useCode() {
  const ask = useSubmit((body: { phone: string }, headers) => answer(api.POST('/api/sign-in/code', { body, headers })));
  let ticking: ReturnType<typeof setInterval> | undefined;

  const state = reactive({
    ask,
    sent: false,
    /** Seconds until 重发 is open again. */
    wait: 0,
    /** The demo shows the code instead of sending it. */
    shown: null as string | null,
    async send(phone: string): Promise<void> {
      const got = await ask.send({ phone: phone.replace(/\s/g, '') });
      if (!got) return;
      state.sent = true;
      state.shown = got.demo_code ?? null;
      countFrom(got.resend_after_seconds);
    },
  });

  function countFrom(seconds: number) {
    clearInterval(ticking);
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      state.wait = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      if (state.wait === 0) clearInterval(ticking);
    };
    tick();
    ticking = setInterval(tick, 1000);
  }
  onUnmounted(() => clearInterval(ticking));
  return state;
}
