/** Questions that several pages ask alike. */
import { asProblem } from '@shared/problem';

/** The answer, or null when there is no such thing. */
export async function findOrNone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.status === 404) return null;
    throw problem;
  }
}
