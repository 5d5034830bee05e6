/** The routes of delegates; `paths.ts` takes them up. */
import type * as d from './delegates';
import type { ById, Get, Post } from './paths';
import type { Day, Empty, Id } from './types';

export interface DelegatePaths {
  '/api/organizations/{id}/delegates': Get<d.Delegates, Record<string, never>, ById> & Post<d.DelegateEnter, { id: Id }, ById>;
  '/api/organizations/{id}/delegates/{delegate_id}/end': Post<{ on: Day; reason: string }, Empty, ById & { delegate_id: Id }>;
}
