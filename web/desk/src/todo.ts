/** What waits: in which order, and which page opens it. */
import type { Todo } from '@api/types';

/** Late first, then by due day, then by how long it waits. */
export function inUrgency<T extends Pick<Todo, 'overdue' | 'due' | 'waiting_since'>>(items: readonly T[]): T[] {
  return [...items].sort((a, b) =>
    Number(b.overdue) - Number(a.overdue) ||
    (a.due ?? '9999').localeCompare(b.due ?? '9999') ||
    a.waiting_since.localeCompare(b.waiting_since));
}

/** The page of the item itself. */
export function openPath(item: Pick<Todo, 'kind' | 'id'>): string {
  return item.kind === 'founding' ? `/unions/${item.id}` : `/applications/${item.id}`;
}
