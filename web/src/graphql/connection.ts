// Whether the server answers. Every request says so; while it does not, this asks again until it does.

import { useSyncExternalStore } from 'react';

const ASK_AGAIN_MS = 3_000;

let away = false;
let asking: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(isAway: boolean): void {
  if (away === isAway) return;
  away = isAway;
  if (away) asking = setTimeout(() => void ask(), ASK_AGAIN_MS);
  else clearTimeout(asking);
  for (const listener of listeners) listener();
}

async function ask(): Promise<void> {
  try {
    await watchedFetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
  } catch {
    // Still away.
  }
  clearTimeout(asking);
  if (away) asking = setTimeout(() => void ask(), ASK_AGAIN_MS);
}

/** Finds out whether the server answers, without waiting for somebody to want something. */
export function lookAgain(): void {
  void ask();
}

/** `fetch` that notes whether the server answered: its own answers are JSON, those of a proxy before it are not. */
export const watchedFetch: typeof fetch = async (resource, init) => {
  try {
    const response = await fetch(resource, init);
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    tell(response.status >= 500 && !isJson);
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) tell(true);
    throw error;
  }
};

window.addEventListener('offline', () => {
  tell(true);
});
window.addEventListener('online', () => {
  if (away) void ask();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the server is away: offline, stopped, or not to be reached. */
export function useAway(): boolean {
  return useSyncExternalStore(subscribe, () => away);
}

export function isAway(): boolean {
  return away;
}
