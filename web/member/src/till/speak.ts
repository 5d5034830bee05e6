/** The amount spoken aloud, so that the cashier need not look; off where the browser has no voice. */
import { ref } from 'vue';

const PLACE = 'zhigong.till.silent';
export const canSpeak = 'speechSynthesis' in window;
export const silent = ref(read());

function read(): boolean {
  try {
    return localStorage.getItem(PLACE) === 'on';
  } catch {
    return false;
  }
}

export function setSilent(next: boolean): void {
  silent.value = next;
  try {
    localStorage.setItem(PLACE, next ? 'on' : 'off');
  } catch { /* not remembered, still switched */ }
}

export function speak(text: string): void {
  if (!canSpeak || silent.value) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = 'zh-CN';
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(said);
}
