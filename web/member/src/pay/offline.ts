/**
 * The pay code page opens without a network once it was opened with one: a service worker keeps the page and its files. It
 * asks the network first for the page itself, so that nobody is left with an old build, and never touches the interface.
 */
export function keepOffline(): void {
  const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
  if (!workers || !import.meta.env.PROD) return;
  const files = () => performance.getEntriesByType('resource').map((entry) => entry.name);
  workers.register('/sw.js').then(() => workers.ready).then(
    (ready) => ready.active?.postMessage({ keep: files() }),
    () => undefined, // without it the page still works as long as it stands open
  );
}
