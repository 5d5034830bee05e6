/** Words and small helpers of consultations, budget items and departments on the desk. */
import type { Article, DocumentFile, FundEntry, Verdict, WordsReason, WordsState } from '@api/consult';
import { documentFiles } from '@api/paths-consult';
import { Problem, problemOf } from '@shared/problem';

export const verdicts: Record<Verdict, { text: string; tone: 'ok' | 'wait' | 'over' }> = {
  adopted: { text: '采纳', tone: 'ok' }, partly: { text: '部分采纳', tone: 'wait' }, not_adopted: { text: '未采纳', tone: 'over' },
};
export const hideReasons: Record<WordsReason, string> = { personal: '涉及个人隐私', insult: '侮辱、谩骂', unlawful: '依法不能公开', empty: '没有内容（如“无”）' };
export const wordsStates: Record<WordsState, string> = { waiting: '待审核', shown: '已公开', hidden: '不公开' };
export const entries: Record<FundEntry['kind'], string> = { spent: '支出', correction: '更正', note: '说明' };

/**
 * A text cut into articles: a line that begins with 第…条 or 一、二、… opens one; without any such line every paragraph
 * between empty lines is one.
 *
 *     articlesOf('第一条 为了……\n第二条 用人单位……')  →  two articles
 */
export function articlesOf(text: string): Article[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const opener = /^\s*(第[一二三四五六七八九十百零〇\d]+条|[一二三四五六七八九十]+、)[\s　]*(.*)$/;
  if (lines.some((line) => opener.test(line))) {
    const articles: Article[] = [];
    for (const line of lines) {
      const found = opener.exec(line);
      if (found) articles.push({ heading: found[1]!.replace(/、$/, ''), text: found[2]!.trim() });
      else if (articles.length) articles[articles.length - 1]!.text += `\n${line.trim()}`;
      else if (line.trim()) articles.push({ heading: '', text: line.trim() });
    }
    return articles.map((one) => ({ ...one, text: one.text.trim() })).filter((one) => one.text);
  }
  return text.split(/\n\s*\n/).map((part) => ({ heading: '', text: part.trim() })).filter((one) => one.text);
}

/** The articles as one text again, to be edited. */
export function textOf(articles: readonly Article[]): string {
  return articles.map((one) => (one.heading ? `${one.heading}　${one.text}` : one.text)).join('\n\n');
}

const MAX_BYTES = 20 * 1024 * 1024;

/** Sends a file of a document, as it is. */
export async function sendDocumentFile(evaluation: string, file: File): Promise<DocumentFile> {
  if (file.size > MAX_BYTES) throw new Problem(413, 'file.too_large', '文件超过 20 MB，没有上传。请压缩或拆分后再选。');
  let response: Response;
  try {
    response = await fetch(documentFiles(evaluation, file.name), { method: 'POST', credentials: 'same-origin', headers: { 'X-Zhigong': '1', 'Content-Type': 'application/octet-stream' }, body: file });
  } catch {
    throw new Problem(0, 'network.lost', '网络断了，文件没有传完。请再选一次。');
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, body);
  return body as DocumentFile;
}
