// All that the extension keeps, and how to delete it.

/** Name of the channel on which pages hear that everything was deleted. */
export const WIPED = 'sotto-wiped';

/** A kind of stored things. */
export interface Stored {
  items: number;
  bytes: number;
}

/** What there is of each kind. */
export interface Inventory {
  /** In memory until the browser closes. */
  session: Stored;
  /** On disk. */
  settings: Stored;
  /** Models that were imported or downloaded, on disk as the rest below. */
  models: Stored;
  /** Pages put aside, so that they need not be read again. */
  prefixes: Stored;
  /** What was measured of the GPU. */
  tunings: Stored;
  /** What has no name here. */
  others: Stored;
}

export async function takeInventory(): Promise<Inventory> {
  return {
    session: await measure(chrome.storage.session),
    settings: await measure(chrome.storage.local),
    ...(await measureFiles()),
  };
}

/** The worker's names for its folders (crates/worker/src/browser/stored.rs). */
const FOLDERS = ['models', 'prefixes', 'tunings'] as const;

async function measureFiles(): Promise<Omit<Inventory, 'session' | 'settings'>> {
  const files = { models: nothing(), prefixes: nothing(), tunings: nothing(), others: nothing() };
  for await (const [name, handle] of (await navigator.storage.getDirectory()).entries()) {
    const here = handle.kind === 'file' ? await measureFile(handle) : await measureFolder(handle);
    const kind = FOLDERS.find((folder) => folder === name) ?? 'others';
    files[kind].items += here.items;
    files[kind].bytes += here.bytes;
  }
  return files;
}

function nothing(): Stored {
  return { items: 0, bytes: 0 };
}

async function measureFile(handle: FileSystemFileHandle): Promise<Stored> {
  return { items: 1, bytes: (await handle.getFile()).size };
}

async function measure(area: chrome.storage.StorageArea): Promise<Stored> {
  const [content, bytes] = await Promise.all([area.get(null), area.getBytesInUse(null)]);
  return { items: Object.keys(content).length, bytes };
}

async function measureFolder(folder: FileSystemDirectoryHandle): Promise<Stored> {
  const total = nothing();
  for await (const handle of folder.values()) {
    const here = handle.kind === 'file' ? await measureFile(handle) : await measureFolder(handle);
    total.items += here.items;
    total.bytes += here.bytes;
  }
  return total;
}

/** Deletes everything and tells the other pages. */
export async function wipe(): Promise<void> {
  await Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()]);
  // Before the files: the workers that may have some open end with it.
  const channel = new BroadcastChannel(WIPED);
  channel.postMessage(null);
  channel.close();
  const folder = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) await removeWhenClosed(folder, name);
}

/** How often, and how many milliseconds apart, to try to delete what a worker that ends has open. */
const ATTEMPTS = 40;
const ATTEMPT_MS = 50;

async function removeWhenClosed(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await folder.removeEntry(name, { recursive: true });
    } catch (error) {
      const { name: kind } = error as DOMException;
      if (kind === 'NotFoundError') return;
      if (attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, ATTEMPT_MS));
    }
  }
}
