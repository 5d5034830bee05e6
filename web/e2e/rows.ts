/** What the server answers, to be held against what a page shows. */
import type { Page } from 'playwright-core';
import { expect, type Stage } from './stage';

export async function get<T>(stage: Stage, page: Page, path: string): Promise<T> {
  const answer = await page.request.get(stage.url(path));
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return await answer.json() as T;
}

/** Every row of a list, page by page; the path has its question mark already. */
export async function everyRow<T>(stage: Stage, page: Page, path: string): Promise<T[]> {
  const rows: T[] = [];
  let after = '';
  do {
    const part = await get<{ items: T[]; next: string | null }>(stage, page, `${path}&limit=100${after && `&after=${encodeURIComponent(after)}`}`);
    rows.push(...part.items);
    after = part.next ?? '';
  } while (after);
  return rows;
}
