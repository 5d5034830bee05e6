/** Tables that are sent as they are: one request, no pieces, read at once. */
import { Problem, problemOf } from '@shared/problem';

const MAX_MB = 20;

/** Sends a table to where it is read; the answer says what is in it. */
export async function sendTable<T>(path: string, file: File, maxMb = MAX_MB): Promise<T> {
  if (file.size > maxMb * 1024 * 1024) throw new Problem(413, 'file.too_large', `文件超过 ${maxMb} MB，没有上传。请拆成几份，分几次上传。`);
  let response: Response;
  try {
    response = await fetch(path, { method: 'POST', credentials: 'same-origin', headers: { 'X-Zhigong': '1', 'Content-Type': 'application/octet-stream' }, body: file });
  } catch {
    throw new Problem(0, 'network.lost', '网络断了，文件没有传完。请再选一次。');
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
}
