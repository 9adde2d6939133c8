// Keeps one page, the score sheet of one visit, within reach when there is no network. The page registers this worker for
// its own address only, and fills the cache; here the network always comes first.
"use strict";
const PREFIX = "xuke-onsite-";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const kept = async (request) => {
  for (const name of await caches.keys()) {
    const found = name.startsWith(PREFIX) && await (await caches.open(name)).match(request, { ignoreVary: true });
    if (found) return found;
  }
  return Response.error();
};

// A page that is no longer for this person (logged out, another case) must not stay behind on the phone.
const forget = async (request) => {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await (await caches.open(name)).delete(request);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith((async () => {
    try {
      const answer = await fetch(request);
      if (request.mode === "navigate" && !answer.ok) event.waitUntil(forget(request));
      return answer;
    } catch {
      return kept(request);
    }
  })());
});
