/**
 * The answers of a joining person while he gives them: taken up from the draft on this device or the server, kept on
 * both as he goes. The ID number goes to neither lasting store (see shared/draft).
 */
import { reactive, ref, watch, type Ref } from 'vue';
import type { LocationQuery } from 'vue-router';
import { answer, api } from '@api/client';
import type { Application, MyApplication } from '@api/types';
import { draftStore, type DraftStore } from '@shared/draft';
import { session } from '../session';
import { chooseDoor, fromReturned, type Answers } from './flow';

const GUEST = 'guest';
const stores = (owner: string): DraftStore<Answers> => draftStore<Answers>('join', owner, { secret: ['id_number'] });
const mine = () => stores(session.me?.account_id ?? GUEST);

export interface Given {
  answers: Answers;
  /** What the server knows of this person's joining; null when nobody is signed in. */
  known: MyApplication | null;
  /** The application that came back, while it is being mended. */
  returned: Application | null;
}

/** Collects what is already known: the draft, a returned application, a link. */
export async function takeUp(query: LocationQuery): Promise<Given> {
  const known = session.me ? await answer(api.GET('/api/join/application')) : null;
  const now = new Date();
  const here = mine().load(now);
  const guest = session.me ? stores(GUEST).load(now) : null;
  const there = known?.draft;
  // The newest wins: a person goes on where he last wrote, on whichever device.
  const newest = [here, guest, there && { answers: there.answers as Answers, saved_at: there.saved_at }]
    .filter((draft): draft is { answers: Answers; saved_at: string } => Boolean(draft))
    .sort((a, b) => Date.parse(b.saved_at) - Date.parse(a.saved_at))[0];
  if (guest) stores(GUEST).drop();
  const returned = known?.application?.state === 'returned' ? known.application : null;
  // A draft without a name does not say more than the returned application itself.
  const base: Answers = returned && !newest?.answers.name ? fromReturned(returned) : { ...newest?.answers };
  // The number is only in this tab, whichever draft is the newest.
  const number = here?.answers.id_number ?? guest?.answers.id_number;
  if (number) base.id_number = number;
  if (base.division_code && !base.town_name) base.town_name = await townName(base.division_code);
  return { answers: await withQuery(base, query), known, returned };
}

async function townName(code: string): Promise<string | undefined> {
  const { items } = await answer(api.GET('/api/divisions'));
  return items.find((one) => one.code === code)?.name;
}

async function withQuery(base: Answers, query: LocationQuery): Promise<Answers> {
  const text = (name: string) => (typeof query[name] === 'string' && query[name] !== '' ? query[name] : null);
  const code = text('code');
  if (code) {
    const link = await answer(api.GET('/api/join/links/{code}', { params: { path: { code } } }));
    const kept = base.link_code === code ? base : chooseDoor({ ...base, door: undefined }, 'employer');
    return {
      ...kept, door: 'employer', link_code: code, organization_id: link.organization_id, organization_name: link.organization_name,
      employer_name: link.employer_name ?? kept.employer_name, employer_known: link.employer_name !== null,
    };
  }
  const door = text('door');
  if (door !== 'employer' && door !== 'open') return base;
  const chosen = chooseDoor(base, door);
  const id = text('id');
  const name = text('name');
  return door === 'employer' && id && name
    ? { ...chosen, organization_id: id, organization_name: name, link_code: undefined, employer_known: undefined }
    : chosen;
}

export interface Keeping {
  answers: Answers;
  /** What to say about the draft; null before the first change. */
  saved: Ref<string | null>;
  saveThere(): Promise<void>;
  drop(): void;
}

/** Keeps every change on this device at once, and on the server when a screen is done. */
export function keepAnswers(start: Answers): Keeping {
  const answers = reactive<Answers>({ ...start });
  const saved = ref<string | null>(null);
  let dropped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const saveHere = () => {
    if (dropped) return;
    saved.value = mine().save({ ...answers }, new Date())
      ? '草稿已存在这台手机上，留 7 天'
      : '这台手机存不下草稿，请一次填完';
  };
  watch(answers, () => {
    clearTimeout(timer);
    timer = setTimeout(saveHere, 300);
  });
  return {
    answers,
    saved,
    async saveThere() {
      clearTimeout(timer);
      saveHere();
      if (!session.me || dropped) return;
      const open: Record<string, unknown> = { ...answers };
      delete open.id_number;
      try {
        await answer(api.POST('/api/join/draft', { body: { answers: open } }));
        if (!dropped) saved.value = '草稿已保存，7 天内在任何手机上登录都能接着填';
      } catch { /* the copy on this device stands; the next screen tries again */ }
    },
    drop() {
      dropped = true;
      clearTimeout(timer);
      mine().drop();
    },
  };
}
