/** Words and small rules of the papers behind a batch. */
import { Problem } from '@shared/problem';

/** What the server takes as well: said here before a file travels for nothing. */
export const MOST_AT_ONCE = 9;
const MOST_MB = 10;
export const KINDS = ['.pdf', '.jpg', '.jpeg', '.png', '.webp', '.xlsx'] as const;

/** Whether there are any: none is said as plainly as some. */
export const evidenceSays = (files: number): string => (files === 0 ? '无附件' : `${files} 个附件`);

/** Why these files are not sent; `waiting` were sent and are not added yet. */
export function evidenceFault(chosen: readonly Pick<File, 'name' | 'size'>[], waiting: number): Problem | null {
  if (waiting + chosen.length > MOST_AT_ONCE) return new Problem(422, 'issue_evidence.many', `一次最多添加 ${MOST_AT_ONCE} 个，请先添加这些，再选其余的。`);
  const large = chosen.find((file) => file.size > MOST_MB * 1024 * 1024);
  if (large) return new Problem(413, 'file.too_large', `“${large.name}”超过 ${MOST_MB} MB，没有上传。请压缩或拆分后再选。`);
  const other = chosen.find((file) => !KINDS.some((kind) => file.name.toLowerCase().endsWith(kind)));
  return other ? new Problem(422, 'issue_evidence.kind', `“${other.name}”不是图片、PDF 或 Excel（.xlsx），没有上传。请另存为 PDF 后再选。`) : null;
}
