/** Who is here and which site this is: asked once, kept for the visit, asked again after anything that changes it. */
import { reactive } from 'vue';
import { answer, api, onSignedOut } from '@api/client';
import type { Me, Site } from '@api/types';
import { dropAllDrafts } from '@shared/draft';
import { asProblem } from '@shared/problem';

export const session = reactive({
  site: null as Site | null,
  me: null as Me | null,
  /** Whether the server has been asked who is here. */
  asked: false,
  /** The page that could not be fetched: the network, or a newer build that has other files. */
  unfetched: null as string | null,
});

let askingSite: Promise<Site> | null = null;

/** The site's name, consent text and demo accounts; fetched once a visit, again after a failure. */
export function site(): Promise<Site> {
  askingSite ??= answer(api.GET('/api/site')).then(
    (got) => (session.site = got),
    (problem: unknown) => {
      askingSite = null;
      throw problem;
    },
  );
  return askingSite;
}

/** The site as it is now: the consent text may have changed while a page stood open. */
export function siteAgain(): Promise<Site> {
  askingSite = null;
  return site();
}

/** Asks who is signed in; null when nobody is. Throws when the server cannot be asked. */
export async function refreshMe(): Promise<Me | null> {
  try {
    session.me = await answer(api.GET('/api/me'));
  } catch (thrown) {
    if (asProblem(thrown).status !== 401) throw thrown;
    session.me = null;
  }
  session.asked = true;
  return session.me;
}

/** Forgets who was here, and with him the drafts on this device. */
export function forget(): void {
  session.me = null;
  dropAllDrafts();
}

export const may = (permission: string) => session.me?.permissions.includes(permission) ?? false;

/** The day the server calls today; the device's own only until the site has answered. */
export const today = () => session.site?.today ?? new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

onSignedOut(() => {
  session.me = null;
  session.asked = true;
});
