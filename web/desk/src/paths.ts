/** Addresses that carry a question: the rows behind a number, and nothing personal in them. */
import type { Id } from '@api/types';

const withQuery = (path: string, query: Record<string, string | null | undefined>): string => {
  const pairs = Object.entries(query).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(value!)}`);
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
};

export const unionRowsPath = (within: Id, asOf: string | null): string => withQuery('/unions/list', { within, as_of: asOf });
export const memberRowsPath = (within: Id): string => withQuery('/members', { within });
