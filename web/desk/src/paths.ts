/** Addresses that carry a question: the rows behind a number, and nothing personal in them. */
import type { Id } from '@api/types';

const withQuery = (path: string, query: Record<string, string | null | undefined>): string => {
  const pairs = Object.entries(query).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(value!)}`);
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
};

/** Where a message leads inside the desk; null when it leads to no page of the desk. */
export function deskPath(link: string | null): string | null {
  const path = (link ?? '').replace(/^\/desk(?=\/)/, '');
  const [, id] = /^\/organizations\/([0-9a-f-]{36})$/.exec(path) ?? [];
  if (id) return `/unions/${id}`;
  return /^\/(todo|done|me|(unions|members|applications)(\/[0-9a-f-]{36})?|roles|accounts)$/.test(path) ? path : null;
}

export const unionRowsPath = (within: Id, asOf: string | null): string => withQuery('/unions/list', { within, as_of: asOf });
export const memberRowsPath = (within: Id): string => withQuery('/members', { within });
