// What the panel should do next. It waits in the session's memory until the panel of its window is there to take it; in a private
// window, which shares that with the others, in this worker's own.

import { type Failure, type Intent, send } from '../shared/messages';

const key = (windowId: number): string => `intent:${windowId}`;

const waiting = chrome.extension.inIncognitoContext ? inMemory() : chrome.storage.session;

/** As much of a storage area as is used here. It lasts as long as this worker, which is longer than a panel takes to open. */
function inMemory() {
  const items = new Map<string, unknown>();
  return {
    async set(added: Record<string, unknown>) {
      for (const [name, value] of Object.entries(added)) items.set(name, value);
    },
    async get(name: string): Promise<Record<string, unknown>> {
      return { [name]: items.get(name) };
    },
    async remove(name: string) {
      items.delete(name);
    },
  };
}

/** Leaves an intent for the panel of its window, in the place of an earlier one that nobody took. */
export async function leaveIntent(intent: Intent): Promise<void> {
  await waiting.set({ [key(intent.windowId)]: intent });
  try {
    await send({ to: 'panel', type: 'intent-waiting', windowId: intent.windowId });
  } catch {
    // No panel listens yet; it asks when it opens.
  }
}

/** Hands the intent over, once. */
export async function takeIntent(windowId: number): Promise<Intent | null> {
  const name = key(windowId);
  const { [name]: intent } = await waiting.get(name);
  await waiting.remove(name);
  await setBadge('');
  return (intent as Intent | undefined) ?? null;
}

/** Tells why a job could not start. Where the panel cannot be opened by now, the toolbar button shows that it has something to say. */
export async function explain(tab: { id: number; windowId: number }, via: Intent['via'], failed: Failure): Promise<void> {
  await setBadge('!');
  await leaveIntent({
    action: 'explain',
    via,
    windowId: tab.windowId,
    tabId: tab.id,
    page: { ok: false, failure: failed },
  });
}

function setBadge(text: string): Promise<void> {
  return chrome.action.setBadgeText({ text });
}
