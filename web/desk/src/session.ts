/** Who sits at the desk, and the site he works on. Read once per visit; every page asks `may(...)` here. */
import { reactive } from 'vue';
import { answer, api } from '@api/client';
import type { Empty, Me, Site } from '@api/types';
import { dropAllDrafts } from '@shared/draft';
import { dayOf } from '@shared/format';

export const session = reactive({ me: null as Me | null, site: null as Site | null });

export async function readMe(): Promise<Me> {
  session.me = await answer(api.GET('/api/me'));
  return session.me;
}

export async function readSite(): Promise<Site> {
  session.site ??= await answer(api.GET('/api/site'));
  return session.site;
}

export function may(...needs: string[]): boolean {
  return needs.some((need) => session.me?.permissions.includes(need));
}

/** The one union this person holds a role in: what a form offers him first. Null when there are several. */
export function ownUnion(): { id: string; name: string } | null {
  const nodes = new Map((session.me?.roles ?? []).map((role) => [role.node_id, role.node_name]));
  const [first] = [...nodes];
  return nodes.size === 1 && first ? { id: first[0], name: first[1] } : null;
}

/** The calendar day in China as the server knows it. */
export function today(): string {
  return session.site?.today ?? dayOf(new Date().toISOString());
}

/** Forgets the person; with `drafts` also what he had begun to write (he left of his own will). */
export function forget({ drafts }: { drafts: boolean }): void {
  session.me = null;
  if (drafts) dropAllDrafts();
}

export async function signOut(body: Empty): Promise<Empty> {
  return answer(api.POST('/api/sign-out', { body }));
}
