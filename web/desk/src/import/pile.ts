/**
 * The files chosen for one import, each with where its upload stands. What the server has got survives a reload of the
 * page (the draft keeps its id, name and part); what was still on its way must be chosen again.
 *
 *     sending ──► there                 there is kept
 *        └──────► failed ──(again)──► sending
 */
import { reactive, ref } from 'vue';
import type { ImportPart, StagedFile } from '@api/imports';
import { asProblem, type Problem } from '@shared/problem';
import { sendFile, type Sending } from './upload';
import { partByName } from './words';

export interface Item {
  key: number;
  name: string;
  bytes: number;
  sent: number;
  state: 'sending' | 'there' | 'failed';
  staged: StagedFile | null;
  part: ImportPart | '';
  problem: Problem | null;
}
/** What a draft keeps of a file that the server has. */
export interface Kept { staged: StagedFile; part: ImportPart | '' }

export interface Pile {
  readonly items: Item[];
  /** Takes new files; where only one may stand, the newest takes the place. */
  take(files: readonly File[], parts: readonly ImportPart[]): void;
  again(item: Item): void;
  /** Stops an upload, or takes a file out. */
  drop(item: Item): void;
  stop(): void;
  clear(): void;
}

type Send = (file: File, progress: (sent: number) => void) => Sending;

export function usePile(kept: readonly Kept[], changed: (kept: Kept[]) => void, send: Send = sendFile): Pile {
  const items = ref<Item[]>([]);
  const files = new Map<number, File>();
  const sendings = new Map<number, Sending>();
  let count = 0;
  const add = (start: Omit<Item, 'key'>): Item => {
    count += 1;
    const item = reactive({ key: count, ...start }) as Item;
    items.value.push(item);
    return item;
  };
  const tell = () => changed(items.value.flatMap((item) => (item.staged ? [{ staged: item.staged, part: item.part }] : [])));
  for (const { staged, part } of kept) add({ name: staged.name, bytes: staged.bytes, sent: staged.bytes, state: 'there', staged, part, problem: null });

  const run = (item: Item, file: File) => sendItem(item, () => send(file, (sent) => { item.sent = Math.min(sent, item.bytes); }), sendings, tell);
  function remove(item: Item): void {
    const sending = sendings.get(item.key);
    sendings.delete(item.key);
    files.delete(item.key);
    sending?.stop();
    items.value = items.value.filter((one) => one.key !== item.key);
    tell();
  }
  return {
    get items() { return items.value; },
    take(chosen, parts) {
      const only = parts.length === 1 ? parts[0]! : null;
      if (only) for (const item of [...items.value]) remove(item);
      for (const file of only ? chosen.slice(0, 1) : chosen) {
        const item = add({ name: file.name, bytes: file.size, sent: 0, state: 'sending', staged: null, part: only ?? partByName(file.name), problem: null });
        files.set(item.key, file);
        void run(item, file);
      }
    },
    again(item) {
      const file = files.get(item.key);
      if (file && item.state === 'failed') void run(item, file);
    },
    drop(item) {
      if (item.state === 'sending') sendings.get(item.key)?.stop();
      else remove(item);
    },
    stop() {
      for (const item of items.value) if (item.state === 'sending') sendings.get(item.key)?.stop();
    },
    clear() {
      for (const item of [...items.value]) remove(item);
    },
  };
}

/** Sends one file; an answer that comes after it was taken out, or sent anew, is let go. */
async function sendItem(item: Item, start: () => Sending, sendings: Map<number, Sending>, there: () => void): Promise<void> {
  Object.assign(item, { state: 'sending', sent: 0, problem: null });
  const sending = start();
  sendings.set(item.key, sending);
  try {
    const staged = await sending.done;
    if (sendings.get(item.key) !== sending) return;
    Object.assign(item, { state: 'there', staged, sent: item.bytes });
    there();
  } catch (thrown) {
    if (sendings.get(item.key) === sending) Object.assign(item, { state: 'failed', problem: asProblem(thrown) });
  }
}
