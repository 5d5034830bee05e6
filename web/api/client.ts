/**
 * The one way to the server. A write carries `X-Zhigong: 1` (a page of another origin cannot send it), and a
 * submit its `Idempotency-Key`; every "no" is thrown as a `Problem`, a dead network as a `Problem` too.
 *
 *     const site = await answer(api.GET('/api/site'));
 *     const application = await answer(api.POST('/api/join/submit', { body, headers: { 'Idempotency-Key': key } }));
 */
import createClient from 'openapi-fetch';
import { networkProblem, problemOf } from '@shared/problem';
import type { Paths } from './paths';

export const api = createClient<Paths>({ baseUrl: location.origin, credentials: 'same-origin' });

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-Zhigong', '1');
    return request;
  },
});

interface Call<T> { data?: T; error?: unknown; response: Response }

/** The body of a successful answer; otherwise throws a `Problem`. */
export async function answer<T>(call: Promise<Call<T>>): Promise<T> {
  let got: Call<T>;
  try {
    got = await call;
  } catch {
    throw networkProblem();
  }
  if (!got.response.ok) {
    const problem = problemOf(got.response.status, got.error);
    if (problem.code === 'auth.required') for (const heard of signedOutListeners) heard();
    throw problem;
  }
  return (got.data ?? {}) as T;
}

const signedOutListeners = new Set<() => void>();

/** Calls `heard` whenever the server says that nobody is signed in. */
export function onSignedOut(heard: () => void): void {
  signedOutListeners.add(heard);
}
