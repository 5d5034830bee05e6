/** The pay code of this phone as a page needs it: kept, renewed when there is a network, another one every half minute. */
import { computed, onBeforeUnmount, reactive, ref } from 'vue';
import { answer, api } from '@api/client';
import { asProblem, Problem } from '@shared/problem';
import { session } from '../session';
import { isOld, keepSecret, keptSecret, setClock } from './keep';
import { codeOf, secondsLeft, stepAt, stepToShow, type PaySecret } from './paycode';

const NO_STORE = new Problem(-1, 'pay.no_store', '这个浏览器不肯保存内容（可能开了无痕模式），付款码开通不了。请关掉无痕模式，或换一个浏览器；也可以扫门店的收款码付款。');

/** What this phone is called in the list of devices. */
function deviceLabel(): string {
  const agent = navigator.userAgent;
  const kind = /iPhone|iPad/.exec(agent)?.[0] ?? (/Android/.test(agent) ? '安卓手机' : '这台设备');
  return /MicroMessenger/.test(agent) ? `${kind}（微信）` : kind;
}

export function usePayCode() {
  const owner = session.me?.account_id ?? null;
  const kept = ref<PaySecret | null>(keptSecret(owner));
  const now = ref(Date.now());
  const used = ref<number | null>(null);
  const timer = setInterval(() => { now.value = Date.now(); }, 500);
  onBeforeUnmount(() => clearInterval(timer));

  const state = reactive({ busy: false, problem: null as Problem | null });
  const step = computed(() => (kept.value ? stepToShow(kept.value, now.value, used.value) : null));
  const code = computed(() => (kept.value && step.value !== null ? codeOf(kept.value, step.value) : null));
  const left = computed(() => (kept.value ? secondsLeft(kept.value, now.value) : 0));

  /** Asks for a secret; the former one of this phone is worth nothing then. */
  async function enrol(): Promise<void> {
    if (state.busy || !session.me) return;
    state.busy = true;
    state.problem = null;
    try {
      const body = { label: deviceLabel(), ...(kept.value ? { replaces: kept.value.device_id } : {}) };
      const told = await answer(api.POST('/api/pay/devices', { body }));
      kept.value = keepSecret(session.me.account_id, told);
      if (!kept.value) state.problem = NO_STORE;
      used.value = null;
    } catch (thrown) {
      state.problem = asProblem(thrown);
    } finally {
      state.busy = false;
    }
  }

  /** What the server's clock says, each time it is heard; and a new secret in time. */
  async function heard(serverNow: string): Promise<void> {
    if (!kept.value) return;
    kept.value = setClock(kept.value, serverNow);
    if (isOld(kept.value)) await enrol();
  }

  /** A payment was made with a code of this phone: what is shown must not be shown again. */
  function spent(): void {
    if (kept.value) used.value = step.value ?? stepAt(kept.value, now.value) + 1;
  }

  return { kept, code, left, state, enrol, heard, spent };
}
