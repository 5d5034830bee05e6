/** Takes a file to the server as it is; it is kept once a command names it. */
import { networkProblem, problemOf } from '@shared/problem';

export async function sendFile<Taken>(path: string, file: File): Promise<Taken> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${path}?name=${encodeURIComponent(file.name)}`, {
      method: 'POST', credentials: 'same-origin', headers: { 'X-Zhigong': '1', 'Content-Type': 'application/octet-stream' }, body: file,
    });
    body = await response.json().catch(() => null);
  } catch {
    throw networkProblem();
  }
  if (!response.ok) throw problemOf(response.status, body);
  if (body === null) throw networkProblem();
  return body as Taken;
}
