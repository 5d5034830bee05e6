/**
 * The way of a ballot into the box. Nothing goes with it that says whose it is: no cookie, no authorization, no referrer,
 * no key of the request. That is why it does not take the one way to the server that every other call takes.
 */
import { answer, api } from '@api/client';
import { networkProblem, problemOf } from '@shared/problem';

export interface Cast { commitment: string; tracker: string; fresh: boolean }

async function said<T>(call: () => Promise<Response>): Promise<T> {
  let response: Response;
  let body: unknown;
  try {
    response = await call();
    body = await response.json().catch(() => null);
  } catch {
    throw networkProblem();
  }
  if (!response.ok) throw problemOf(response.status, body);
  // An answer that was cut off is no answer: the same is sent again.
  if (body === null) throw networkProblem();
  return body as T;
}

const nobody: RequestInit = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };

/** Sends something that says nothing of who sends it. */
export function sendAsNobody<T>(path: string, body: string): Promise<T> {
  return said(() => fetch(path, { ...nobody, method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Zhigong': '1' }, body }));
}

export function castBallot(body: string): Promise<Cast> {
  return sendAsNobody('/api/ballots', body);
}

/** Sends a ballot while the page is being closed. Nobody is there to hear the answer; the same goes out again later. */
export function castParting(body: string): void {
  const headers = { 'Content-Type': 'application/json', 'X-Zhigong': '1' };
  void fetch('/api/ballots', { ...nobody, keepalive: true, method: 'POST', headers, body }).catch(() => undefined);
}

export interface Inclusion { commitment: string; place: number; size: number; path: string[]; merkle_root: string }

/** Asks for the proof that a ballot is counted; the server does not learn who asks. */
export function askInclusion(evaluation: string, commitment: string): Promise<Inclusion> {
  return said(() => fetch(`/api/evaluations/${encodeURIComponent(evaluation)}/receipt?commitment=${encodeURIComponent(commitment)}`, nobody));
}

/** The same for a closure vote. */
export function askClosureInclusion(poll: string, commitment: string): Promise<Inclusion> {
  return said(() => fetch(`/api/closures/${encodeURIComponent(poll)}/receipt?commitment=${encodeURIComponent(commitment)}`, nobody));
}

/** Signed in: the name is entered as having drawn; the token in the request cannot be read. */
export async function drawBallot(poll: string, request: string, kiosk = false): Promise<string> {
  return (await answer(api.POST('/api/polls/{id}/draw', { params: { path: { id: poll } }, body: { request, kiosk } }))).answer;
}
