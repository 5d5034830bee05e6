/** Elder mode: one switch for the whole site, remembered on the device (shared/floor.js sets it before the first paint). */
import { readonly, ref } from 'vue';

const PLACE = 'zhigong.elder';
const on = ref(false);

export const elder = readonly(on);

export function setElder(next: boolean): void {
  on.value = next;
  document.documentElement.toggleAttribute('data-elder', next);
  try {
    localStorage.setItem(PLACE, next ? 'on' : 'off');
  } catch { /* not remembered, still switched */ }
}

export function startElder(): void {
  try {
    if (localStorage.getItem(PLACE) === 'on') setElder(true);
  } catch { /* storage refused: normal size */ }
}
