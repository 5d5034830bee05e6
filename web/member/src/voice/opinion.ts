/**
 * The sheet for opinions: a ballot of a box of its own, drawn with the same tap as the one for ratings and sent when the
 * rating is in its box. Everybody is asked to send one, also a blank one: what is written hides among all of them.
 */
import type { Answers, EvaluationPage, Instrument, Question } from '@api/voice';
import asked from '@shared/ballot/opinion.json';
import { NO_STORE, type BoothPoll } from './booth';
import { lastingStore } from './vault';

/** The same in every evaluation (`voice::opinion::form`). */
export const opinionQuestions = asked as unknown as readonly [Question, Question, Question];
/** Every sheet is as long as this on its way, the longest one too. */
export const SHEET_BYTES = 4_096;

/** The poll for opinions as the frozen instrument describes it; null where there is none. */
export function opinionPollOf(page: EvaluationPage): BoothPoll | null {
  const poll = page.polls.find((one) => one.purpose === 'opinion' && one.round === 0);
  if (!poll || !page.instrument_text) return null;
  const instrument = JSON.parse(page.instrument_text) as Instrument;
  if (!instrument.opinion_key_hash) return null;
  return {
    id: poll.id, evaluation_id: instrument.evaluation_id, title: instrument.title, issuer: instrument.issuer,
    public_key: poll.public_key, key_hash: instrument.opinion_key_hash, questions: opinionQuestions, bytes: SHEET_BYTES,
  };
}

export function sheet(text: string, stretched: string, pressed: boolean): Answers {
  return { q1: text, q2: stretched, ...(pressed ? { q3: [0] } : {}) };
}

/** The four words of an opinion, until their author has written them down. */
export interface Words { words: string; stretched: string }
export interface WordStore {
  read(): Words | null;
  /** Throws a `Problem` when the device refuses. */
  keep(words: Words): void;
  forget(): void;
}

export function wordStore(owner: string, poll: string, storage: Storage | null = lastingStore()): WordStore {
  const place = `zhigong.opinion.words.${owner}.${poll}`;
  return {
    read() {
      try {
        return JSON.parse(storage?.getItem(place) ?? 'null') as Words | null;
      } catch {
        return null;
      }
    },
    keep(words) {
      try {
        storage?.setItem(place, JSON.stringify(words));
      } catch { /* looked at below */ }
      if (this.read()?.words !== words.words) throw NO_STORE;
    },
    forget: () => storage?.removeItem(place),
  };
}
