// What the app needs to open is kept here, so that it opens without a network, at once. What the server answers itself (its
// API, its documents) never passes through: the app keeps what it was told in a store of its own.
// VERSION and FILES are written at the top when the app is built; a new build is a new worker.

const cacheName = `parley-app-${VERSION}`;
const page = '/index.html';

/** Addresses at which the app finds out by itself what to show, as the server has them. */
const isPage = ({ pathname }) => /^\/($|app($|\/)|login$|register$|@|c\/|join\/|admin($|\/))/.test(pathname);

async function keepFiles() {
  const cache = await caches.open(cacheName);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function dropOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('parley-app-') && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From what is kept; a file that is missing there (the cache was cleared) from the server. */
async function answer(path, request) {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? fetch(request);
}

async function openChat(url) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const [open] = windows;
  if (open === undefined) return self.clients.openWindow(url);
  open.postMessage({ type: 'open', url });
  return open.focus();
}

self.addEventListener('install', (event) => event.waitUntil(keepFiles()));
self.addEventListener('activate', (event) => event.waitUntil(dropOthers()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url)) event.respondWith(answer(page, request));
  } else if (FILES.includes(url.pathname)) event.respondWith(answer(url.pathname, request));
});

/** The person wants the new version now. */
self.addEventListener('message', (event) => {
  if (event.data?.type === 'activate') self.skipWaiting();
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openChat(event.notification.data?.url ?? '/app'));
});
