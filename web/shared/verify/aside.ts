/**
 * Verifies a file beside the page, in a worker: signatures of thousands of ballots take a while. Where a browser has no
 * workers, or cannot read this one, the page does it itself.
 */
import { networkProblem } from '../problem';
import { UnreadError, VerifyError } from './form';
import type { Report } from './index';
import type { Question, Said } from './work';

/** The largest file that is worked through in a browser: about 35,000 ballots. A phone has no memory for more. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** What of a `Worker` is used. */
export type Beside = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror' | 'onmessageerror'>;

async function begin(): Promise<Beside | null> {
  if (typeof Worker === 'undefined') return null;
  try {
    const { default: Verifier } = await import('./worker?worker');
    return new Verifier();
  } catch {
    return null;
  }
}

/** Null from a worker that never began. */
function ask(beside: Beside, question: Question): Promise<Said | null> {
  return new Promise((resolve) => {
    let ready = false;
    const end = (said: Said | null) => {
      beside.terminate();
      resolve(said);
    };
    beside.onmessage = ({ data }: MessageEvent<Said | 'ready'>) => {
      if (data !== 'ready') return end(data);
      ready = true;
      return beside.postMessage(question);
    };
    // One that stopped in the middle ran out of memory, and so would the page.
    beside.onerror = () => end(ready ? { unread: 'stopped' } : null);
    beside.onmessageerror = () => end({ unread: 'stopped' });
  });
}

async function here(question: Question): Promise<Said> {
  const { work } = await import('./work').catch(() => { throw networkProblem(); });
  // One breath, so that the page shows that it is at work.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return work(question);
}

/** Checks a file as `verifyFile` does. Throws `VerifyError`; `UnreadError`, or a `Problem`, where nothing can be said about the file. */
export async function verifyAside(file: Uint8Array, signer?: string, start: () => Promise<Beside | null> = begin): Promise<Report> {
  if (file.length > MOST_BYTES) throw new UnreadError('large');
  const question: Question = { file, signer };
  const beside = await start();
  const said = (beside && await ask(beside, question)) ?? await here(question);
  if ('report' in said) return said.report;
  throw 'fault' in said ? new VerifyError(said.fault, said.where) : new UnreadError(said.unread);
}
