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
  const [, rectified] = /^(?:\/chair)?\/evaluations\/([0-9a-f-]{36})\/rectification$/.exec(path) ?? [];
  if (rectified) return `/evaluations/${rectified}/rectification`;
  return /^\/(todo|done|me|duties|rectifications|points\/(approvals|(budgets|batches|rules)\/[0-9a-f-]{36})|(unions|members|applications|employers|imports|evaluations|campaigns|merchants|disputes|settlements)(\/[0-9a-f-]{36})?|exports|roles|accounts)$/.test(path) ? path : null;
}

/** The established unions below one: what `unions` of the tree counts. */
export const unionRowsPath = (within: Id, asOf: string | null): string => withQuery('/unions/list', { within, state: 'established', as_of: asOf });
/** The active members of a union and of all below it: what `members` of the tree counts. */
export const memberRowsPath = (within: Id): string => withQuery('/members', { within });
/** The active members of one union itself. */
export const ownMemberRowsPath = (union: Id): string => withQuery('/members', { union });
/** The active members that one import added. */
export const importedMembersPath = (id: Id): string => withQuery('/members', { import_id: id });
/** The unions that one import added. */
export const importedUnionsPath = (id: Id): string => withQuery('/unions/list', { import_id: id });
/** The members of one employer in one state. */
export const employerMembersPath = (id: Id, state: string): string => withQuery('/members', { employer_id: id, state: state === 'active' ? undefined : state });
