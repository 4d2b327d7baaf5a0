// Threads in the browser session's storage: in memory only, gone when the browser closes, out of reach of content scripts. Private
// windows share that storage with the others, and so their threads are kept in the panel alone and end with it.

import type { Thread } from './thread';

/** Where threads are kept. */
export interface ThreadStore {
  load(tabId: number, address: string): Promise<Thread | null>;
  /** The thread of the tab that changed last, whatever its address. */
  latest(tabId: number): Promise<Thread | null>;
  save(thread: Thread): Promise<void>;
  remove(tabId: number, address: string): Promise<void>;
  /** Drops the threads of tabs that are gone. */
  prune(openTabs: ReadonlySet<number>): Promise<void>;
}

const PREFIX = 'thread:';

function keyOf(tabId: number, address: string): string {
  return `${PREFIX}${tabId}:${address}`;
}

/** The whole of the session's threads by key. */
async function allThreads(): Promise<[string, Thread][]> {
  const items = await chrome.storage.session.get(null);
  return Object.entries(items).filter(([key]) => key.startsWith(PREFIX)) as [string, Thread][];
}

export class SessionThreadStore implements ThreadStore {
  async load(tabId: number, address: string): Promise<Thread | null> {
    const key = keyOf(tabId, address);
    return ((await chrome.storage.session.get(key))[key] as Thread | undefined) ?? null;
  }

  async latest(tabId: number): Promise<Thread | null> {
    const own = (await allThreads()).map(([, thread]) => thread).filter((thread) => thread.tabId === tabId);
    return own.sort((a, b) => b.changed - a.changed)[0] ?? null;
  }

  /** Where the storage is full, the threads that have not changed for longest make room. */
  async save(thread: Thread): Promise<void> {
    const key = keyOf(thread.tabId, thread.address);
    for (;;) {
      try {
        await chrome.storage.session.set({ [key]: thread });
        return;
      } catch (error) {
        const others = (await allThreads()).filter(([other]) => other !== key);
        const oldest = others.sort(([, a], [, b]) => a.changed - b.changed)[0];
        if (!oldest) throw error;
        await chrome.storage.session.remove(oldest[0]);
      }
    }
  }

  async remove(tabId: number, address: string): Promise<void> {
    await chrome.storage.session.remove(keyOf(tabId, address));
  }

  async prune(openTabs: ReadonlySet<number>): Promise<void> {
    const gone = (await allThreads()).filter(([, thread]) => !openTabs.has(thread.tabId)).map(([key]) => key);
    if (gone.length > 0) await chrome.storage.session.remove(gone);
  }
}

/** Threads in this panel's memory. */
export class PrivateThreadStore implements ThreadStore {
  readonly #threads = new Map<string, Thread>();

  async load(tabId: number, address: string): Promise<Thread | null> {
    return this.#threads.get(keyOf(tabId, address)) ?? null;
  }

  async latest(tabId: number): Promise<Thread | null> {
    const own = [...this.#threads.values()].filter((thread) => thread.tabId === tabId);
    return own.sort((a, b) => b.changed - a.changed)[0] ?? null;
  }

  async save(thread: Thread): Promise<void> {
    this.#threads.set(keyOf(thread.tabId, thread.address), thread);
  }

  async remove(tabId: number, address: string): Promise<void> {
    this.#threads.delete(keyOf(tabId, address));
  }

  async prune(openTabs: ReadonlySet<number>): Promise<void> {
    for (const [key, thread] of this.#threads) if (!openTabs.has(thread.tabId)) this.#threads.delete(key);
  }
}
