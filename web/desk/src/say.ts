/** One short sentence about what was just done, read aloud and shown at the foot of the page for six seconds. */
import { readonly, ref } from 'vue';

const SHOWN_MS = 6000;
const text = ref('');
let timer: ReturnType<typeof setTimeout> | undefined;

export const saying = readonly(text);

export function say(sentence: string): void {
  text.value = sentence;
  clearTimeout(timer);
  timer = setTimeout(() => { text.value = ''; }, SHOWN_MS);
}
