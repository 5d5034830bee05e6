/* Keeps the member pages for a phone without signal. Only files of the site itself; nothing of /api is ever kept. */
const CACHE = 'zhigong-pages-1';
const MOST = 200;
const ours = (url) => url.origin === self.location.origin && !url.pathname.startsWith('/api') && !url.pathname.startsWith('/desk');

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function keep(request, response) {
  if (!response.ok || response.type !== 'basic') return;
  const cache = await caches.open(CACHE);
  await cache.put(request, response);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await cache.delete(old);
}

/** The page itself: from the network when there is one, else as it was last. Every address has the same page. */
async function page(request) {
  try {
    const response = await fetch(request);
    await keep('/', response.clone());
    return response;
  } catch (error) {
    const kept = await caches.match('/');
    if (kept) return kept;
    throw error;
  }
}

/** Files have a hash in their name: what is kept is right. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  await keep(request, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || !ours(url)) return;
  if (event.request.mode === 'navigate') event.respondWith(page(event.request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(file(event.request));
});

/* What the page had loaded before there was a worker. */
self.addEventListener('message', (event) => {
  const wanted = (event.data && event.data.keep) || [];
  const paths = wanted.map((name) => new URL(name)).filter((url) => ours(url) && url.pathname.startsWith('/assets/'));
  event.waitUntil(Promise.all([...paths, new URL('/', self.location.origin)].map((url) => fetch(url).then((response) => keep(url.pathname, response), () => undefined))));
});
