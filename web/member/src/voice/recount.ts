/**
 * Recounting a result on this device. A file that could not be had, read or worked through is said to be just that: only
 * what was read to its end and does not fit is told as a difference.
 */
import { resultFile } from '@api/paths-voice';
import type { Spread } from '@api/consult';
import type { ShownResult } from '@api/voice';
import { asProblem, networkProblem, Problem, problemOf } from '@shared/problem';
import { MOST_BYTES, verifyAside } from '@shared/verify/aside';
import { UnreadError, VerifyError } from '@shared/verify/form';
import { checkSpreads } from '@shared/verify/spread';
import type { Report } from '@shared/verify';

const COMMAND = '请下载文件，在电脑上用命令 zhigong verify appraisal 文件名 核对。';
const STOPPED = new Problem(-1, 'recount.stopped', `这部手机没能算完：可能是内存不够，或者浏览器停下了。这不说明结果有问题。请关掉别的页面再试；还不行，${COMMAND}`);
const LARGE = new Problem(-1, 'recount.large', `文件太大，手机浏览器算不动。${COMMAND}`);
const GONE = new Problem(-1, 'recount.unread', '选的文件读不出来，可能已被移动或删除，请重新选择。');
/** Faults of a file that was cut off, or that is another one: somebody chose it, nobody lied. */
const NO_PUBLICATION = ['lines', 'form'];

export const tooLarge = (bytes: number): boolean => bytes > MOST_BYTES;
const MB = 1_048_576;
/** `12.3 MB`, `9 KB`. */
export const sizeText = (bytes: number): string => (bytes < MB ? `${Math.ceil(bytes / 1024)} KB` : `${Number((bytes / MB).toFixed(1))} MB`);

/** The published file. Throws a `Problem`. */
export async function fetched(shown: ShownResult): Promise<Uint8Array> {
  if (tooLarge(shown.file_bytes)) throw LARGE;
  const response = await fetch(resultFile(shown.evaluation_id), { credentials: 'omit' }).catch(() => { throw networkProblem(); });
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null));
  const file = new Uint8Array(await response.arrayBuffer().catch((thrown: unknown) => {
    throw (thrown as { name?: string } | null)?.name === 'RangeError' ? STOPPED : networkProblem();
  }));
  // What stands between here and the server may end an answer early without a word.
  if (file.length < shown.file_bytes) throw new Problem(0, 'recount.cut', '文件没有下载完整，请换个信号好的地方重试。这不说明结果有问题。');
  return file;
}

/** A file that somebody downloaded before. Throws a `Problem`. */
export async function chosen(file: File): Promise<Uint8Array> {
  if (tooLarge(file.size)) throw LARGE;
  return new Uint8Array(await file.arrayBuffer().catch(() => { throw GONE; }));
}

function problemIn(thrown: unknown): Problem {
  if (thrown instanceof UnreadError) return thrown.code === 'large' ? LARGE : STOPPED;
  if (!(thrown instanceof VerifyError)) return asProblem(thrown);
  const where = thrown.where ? `（${thrown.where}）` : '';
  if (NO_PUBLICATION.includes(thrown.code)) return new Problem(-1, `recount.${thrown.code}`, `没有核对成：${thrown.message}从结果页面重新下载以后还是这样的，请拨打 12351 反映。`);
  return new Problem(-1, `recount.${thrown.code}`, `没有对上：${thrown.message}${where}请截屏并拨打 12351 反映。`);
}

/** Whether two answers of the server say the same, in whatever order their fields stand. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const names = Object.keys(left);
  return Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(right).length && names.every((name) => same(left[name], right[name]));
}

/** Recounts a file and holds it against what the page shows, beside its figures also how numbers are spread. Throws a `Problem`. */
export async function recounted(file: Uint8Array, shown: ShownResult, spreads: readonly Spread[], verify = verifyAside): Promise<Report> {
  const report = await verify(file, shown.public_key).catch((thrown: unknown) => { throw problemIn(thrown); });
  if (report.evaluationId !== shown.evaluation_id) throw new Problem(-1, 'recount.other', '这个文件是另一次评议的，请选这次评议公布的文件。');
  if (report.hash !== shown.hash) throw new Problem(-1, 'recount.hash', '文件本身对得上，但和网上公布的不是同一份。请截屏并拨打 12351 反映。');
  if (!same(report.figures, shown.figures)) throw new Problem(-1, 'recount.page', '文件本身对得上，但结果页面上的数字和它不一样。请截屏并拨打 12351 反映。');
  try {
    checkSpreads(report.spreads, spreads);
  } catch (thrown) {
    throw problemIn(thrown);
  }
  return report;
}
