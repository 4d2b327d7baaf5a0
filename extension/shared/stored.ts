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
  /** In the extension's private file system on disk. */
  files: Stored;
}

export async function takeInventory(): Promise<Inventory> {
  return {
    session: await measure(chrome.storage.session),
    settings: await measure(chrome.storage.local),
    files: await measureFolder(await navigator.storage.getDirectory()),
  };
}

async function measure(area: chrome.storage.StorageArea): Promise<Stored> {
  const [content, bytes] = await Promise.all([area.get(null), area.getBytesInUse(null)]);
  return { items: Object.keys(content).length, bytes };
}

async function measureFolder(folder: FileSystemDirectoryHandle): Promise<Stored> {
  const total = { items: 0, bytes: 0 };
  for await (const handle of folder.values()) {
    const here =
      handle.kind === 'file' ? { items: 1, bytes: (await handle.getFile()).size } : await measureFolder(handle);
    total.items += here.items;
    total.bytes += here.bytes;
  }
  return total;
}

/** Deletes everything and tells the other pages. */
export async function wipe(): Promise<void> {
  await Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()]);
  const folder = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) await folder.removeEntry(name, { recursive: true });
  const channel = new BroadcastChannel(WIPED);
  channel.postMessage(null);
  channel.close();
}
