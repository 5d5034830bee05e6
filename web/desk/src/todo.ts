/** What waits: in which order. Which page opens it the server says. */
import type { Todo } from '@api/types';

/** Late first, then by due day, then by how long it waits. */
export function inUrgency<T extends Pick<Todo, 'overdue' | 'due' | 'waiting_since'>>(items: readonly T[]): T[] {
  return [...items].sort((a, b) =>
    Number(b.overdue) - Number(a.overdue) ||
    (a.due ?? '9999').localeCompare(b.due ?? '9999') ||
    a.waiting_since.localeCompare(b.waiting_since));
}
