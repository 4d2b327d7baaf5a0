// The folder of models in the private file system: files, and a card beside each model. Files are opened in dedicated workers
// alone, which can write them in place.

import { type Card, parseCard } from './card';
import { type OpenFile } from './files';

/** The engine's worker reads models there (crates/worker/src/browser/stored.rs). */
const FOLDER = 'models';
const CARD = '.json';
/** While the engine loads a file it cannot be deleted: how often, and how many milliseconds apart, to try. */
const ATTEMPTS = 60;
const ATTEMPT_MS = 250;

/** TypeScript's types of a page lack what workers have. */
interface WritableInPlace extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<OpenFile>;
}

export class Disk {
  /** The cards, in the order of their names. */
  async cards(): Promise<Card[]> {
    return (await this.#read()).cards;
  }

  /** The cards, and whether every card that is there could be read. */
  async #read(): Promise<{ cards: Card[]; isAll: boolean }> {
    const cards: Card[] = [];
    let isAll = true;
    for await (const [name, handle] of (await this.#folder()).entries()) {
      if (handle.kind !== 'file' || !name.endsWith(CARD)) continue;
      try {
        const card = parseCard(await (await handle.getFile()).text());
        if (card) cards.push(card);
      } catch (error) {
        // One may be deleted meanwhile.
        if ((error as DOMException).name !== 'NotFoundError') isAll = false;
      }
    }
    return { cards: cards.sort((a, b) => a.name.localeCompare(b.name)), isAll };
  }

  /** Writes a card whole or not at all. */
  async keep(card: Card): Promise<void> {
    const file = await (await this.#folder()).getFileHandle(card.id + CARD, { create: true });
    const writable = await file.createWritable();
    await writable.write(JSON.stringify(card));
    await writable.close();
  }

  async open(name: string): Promise<OpenFile> {
    const file = await (await this.#folder()).getFileHandle(name, { create: true });
    return (file as WritableInPlace).createSyncAccessHandle();
  }

  /** Bytes of a file; 0 where there is none. */
  async size(name: string): Promise<number> {
    try {
      return (await (await (await this.#folder()).getFileHandle(name)).getFile()).size;
    } catch {
      return 0;
    }
  }

  /** Deletes a model: the card first, so that what is left of it otherwise is nobody's. */
  async remove({ id, files }: Pick<Card, 'id' | 'files'>): Promise<void> {
    const folder = await this.#folder();
    for (const name of [id + CARD, ...files]) await removeEntry(folder, name);
  }

  /** Deletes files that no card has: what was being copied when the browser closed. */
  async sweep(): Promise<void> {
    const { cards, isAll } = await this.#read();
    // Whose files they are is not known then.
    if (!isAll) return;
    const known = new Set(cards.flatMap(({ id, files }) => [id + CARD, ...files]));
    const folder = await this.#folder();
    const names: string[] = [];
    for await (const name of folder.keys()) if (!known.has(name)) names.push(name);
    for (const name of names) await removeEntry(folder, name);
  }

  async space(): Promise<{ usedBytes: number; freeBytes: number }> {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    return { usedBytes: usage, freeBytes: Math.max(quota - usage, 0) };
  }

  async #folder(): Promise<FileSystemDirectoryHandle> {
    return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  }
}

async function removeEntry(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await folder.removeEntry(name);
      return;
    } catch (error) {
      const { name: kind } = error as DOMException;
      if (kind === 'NotFoundError') return;
      if (kind !== 'NoModificationAllowedError') throw error;
      // Its card is gone already, so that the next start deletes it.
      if (attempt === ATTEMPTS) return;
      await new Promise((done) => setTimeout(done, ATTEMPT_MS));
    }
  }
}
