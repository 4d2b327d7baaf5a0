// The models on the disk and those on their way: one after the other, so that none takes another's bandwidth.

import type { Fit, ModelNeeds } from '../generated/protocol';
import { newId } from '../shared/id';
import type { Card } from './card';
import type { Catalogue, Offer } from './catalogue';
import type { Arrival, GpuFound, Snapshot, StoreCommand } from './channel';
import type { Disk } from './disk';
import { download, type Means } from './download';
import { type Check, Refused, refused } from './files';
import { Pace } from './pace';
import { type Given, group, takeIn } from './take-in';

/** What the engine knows of files. */
export interface FileEngine {
  /** `bytes` are those of each file of the model. */
  check(bytes: number[]): Check;
  fit(needs: ModelNeeds, gpu: GpuFound): Fit;
}

/** What the store needs of the browser and of the engine. */
export interface Surroundings {
  disk: Pick<Disk, 'cards' | 'keep' | 'open' | 'size' | 'remove' | 'sweep' | 'space'>;
  fetch: Means['fetch'];
  wait: Means['wait'];
  /** Seconds from any fixed moment. */
  now(): number;
  gpu(): Promise<GpuFound | null>;
  isPackaged(): Promise<boolean>;
  /** Compiled when it is needed first. */
  engine(): Promise<FileEngine>;
  tell(snapshot: Snapshot): void;
}

/** Progress is told no more often than after so many seconds. */
const TELL_SECONDS = 0.2;
/** Bytes that must stay free: the browser needs some, and so does the system. */
const SPARE_BYTES = 64 << 20;

/** A model that is on its way, has stopped, or has failed. */
interface Task {
  arrival: Arrival;
  abort: AbortController;
  pace: Pace;
  /** Does the work, and leaves the model on the disk. */
  run(task: Task): Promise<void>;
  /** Deletes what came so far. */
  undo(): Promise<void>;
}

export class Store {
  readonly #catalogue: Catalogue;
  readonly #around: Surroundings;
  readonly #tasks = new Map<string, Task>();
  #cards: Card[] = [];
  #gpu: GpuFound | null | undefined;
  #packaged = false;
  /** The task that runs. */
  #current: Promise<void> = Promise.resolve();
  /** What a task that had stopped left is being deleted. */
  #undoing: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();
  #isWorking = false;
  #toldAt = -Infinity;

  constructor(catalogue: Catalogue, around: Surroundings) {
    this.#catalogue = catalogue;
    this.#around = around;
  }

  /** Finds out what there is. Downloads that did not end have stopped, and wait to be asked for again. */
  async begin(): Promise<void> {
    const { disk, gpu, isPackaged } = this.#around;
    const looking = gpu();
    this.#packaged = await isPackaged();
    await disk.sweep();
    await this.#readCards();
    for (const card of this.#cards.filter(({ isWhole }) => !isWhole)) {
      const offer = this.#catalogue.models.find(({ id }) => id === card.id);
      const isSame = offer?.sha256 === card.sha256[0] && offer?.bytes === card.bytes;
      // The catalogue of a newer version may have another file by this name, or none.
      if (!offer || !isSame) {
        await disk.remove(card);
        continue;
      }
      const task = this.#newDownload(offer);
      task.arrival.state = 'stopped';
      task.arrival.bytes = await disk.size(card.files[0]!);
      this.#tasks.set(card.id, task);
    }
    await this.#readCards();
    // Where there is none, it takes seconds to be sure. Nothing is told before all the rest is known: pages would take that for news.
    void looking.then((found) => {
      this.#gpu = found;
      return this.#tell();
    });
  }

  async handle(command: StoreCommand): Promise<void> {
    switch (command.type) {
      case 'look':
        break;
      case 'download': {
        const offer = this.#catalogue.models.find(({ id }) => id === command.id);
        const isThere = this.#cards.some(({ id, isWhole }) => id === command.id && isWhole);
        const isComing = ['queued', 'running'].includes(this.#tasks.get(command.id)?.arrival.state ?? '');
        if (offer && !isThere && !isComing) this.#queue(this.#newDownload(offer, this.#tasks.get(command.id)));
        break;
      }
      case 'take-in':
        for (const { fileName, files, missing } of group(command.files)) this.#queue(this.#newImport(fileName, files, missing));
        break;
      case 'cancel':
        await this.#cancel(command.id);
        break;
      case 'delete': {
        const card = this.#cards.find(({ id }) => id === command.id);
        if (!card) break;
        // Its files can take seconds, while the engine reads them.
        this.#cards = this.#cards.filter((one) => one !== card);
        await this.#tell();
        await this.#around.disk.remove(card);
        await this.#readCards();
        break;
      }
    }
    await this.#tell();
  }

  #queue(task: Task): void {
    this.#tasks.set(task.arrival.id, task);
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (;;) {
      const task = [...this.#tasks.values()].find(({ arrival }) => arrival.state === 'queued');
      if (!task) break;
      this.#current = this.#run(task);
      await this.#current;
      await this.#readCards();
      await this.#tell();
    }
    this.#isWorking = false;
  }

  async #run(task: Task): Promise<void> {
    const { arrival, abort } = task;
    arrival.state = 'running';
    await this.#tell();
    try {
      await this.#undoing;
      await this.#needSpace(arrival);
      await task.run(task);
      // First known as a model, then no longer as one on its way: never as neither.
      await this.#readCards();
      // It was too late to stop it, but not to leave nothing of it.
      abort.signal.throwIfAborted();
      this.#tasks.delete(arrival.id);
    } catch (error) {
      if (abort.signal.aborted) {
        await task.undo();
        return;
      }
      // A chosen file that cannot be read has changed, or is gone.
      const { code, message } = refused(error, arrival.from === 'disk' ? 'model-corrupt' : 'download-cut');
      const canGoOn = arrival.from === 'catalogue' && (code === 'download-cut' || code === 'disk-full');
      if (!canGoOn) await task.undo();
      arrival.state = canGoOn ? 'stopped' : 'failed';
      arrival.failure = { code, detail: message };
      arrival.bytesPerSecond = arrival.secondsLeft = null;
    }
  }

  async #needSpace({ totalBytes, bytes }: Arrival): Promise<void> {
    const { freeBytes } = await this.#around.disk.space();
    const needed = totalBytes - bytes + SPARE_BYTES;
    if (freeBytes < needed) throw new Refused('disk-full', `${needed} bytes are needed, and ${freeBytes} are free`);
  }

  async #cancel(id: string): Promise<void> {
    const task = this.#tasks.get(id);
    if (!task) return;
    const ran = task.arrival.state === 'running';
    this.#tasks.delete(id);
    task.abort.abort();
    // What runs has a file open, and deletes it itself.
    if (!ran) this.#undoing = task.undo();
    await (ran ? this.#current : this.#undoing);
    await this.#readCards();
  }

  /** `before`: the same download, which has stopped or failed. */
  #newDownload(offer: Offer, before?: Task): Task {
    const { disk, fetch, wait, engine } = this.#around;
    const { id, name, bytes, sha256, address, licence } = offer;
    const card: Card = {
      id,
      name,
      files: [`${id}.gguf`],
      bytes,
      sha256: [sha256],
      origin: { from: 'catalogue', address },
      licence,
      facts: null,
      isWhole: false,
    };
    const run = async (task: Task) => {
      // From now on the file is this download's, even if the browser closes.
      await disk.keep(card);
      const { check } = await engine();
      const file = await disk.open(card.files[0]!);
      try {
        const progress = (done: number, fresh: boolean) => this.#progress(task, done, fresh);
        const means = { fetch, wait, progress, signal: task.abort.signal, check };
        card.facts = (await download(offer, file, means)).facts;
      } finally {
        file.close();
      }
      await disk.keep({ ...card, isWhole: true });
    };
    const arrival = newArrival(id, name, 'catalogue', bytes, before?.arrival.state === 'stopped' ? before.arrival.bytes : 0);
    return { arrival, abort: new AbortController(), pace: new Pace(), run, undo: () => disk.remove(card) };
  }

  #newImport(fileName: string, files: readonly Given[], missing: number): Task {
    const { disk, engine } = this.#around;
    const id = `disk-${newId().slice(0, 12)}`;
    const names = files.map((_, part) => (files.length === 1 ? `${id}.gguf` : `${id}.part-${part + 1}.gguf`));
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const run = async (task: Task) => {
      if (missing > 0) throw new Refused('parts-missing', `${missing} of ${missing + files.length} files`);
      const { check } = await engine();
      const copies = files.map((given, part) => ({ given, open: () => disk.open(names[part]!) }));
      const progress = (done: number) => this.#progress(task, done, true);
      const { sha256, facts } = await takeIn(copies, check(files.map(({ size }) => size)), task.abort.signal, progress);
      const same = this.#cards.find((card) => card.isWhole && String(card.sha256) === String(sha256));
      if (same) throw new Refused('model-present', `it is ${same.name}`);
      const licence = facts.licence === null ? null : { name: facts.licence, link: '' };
      await disk.keep({ id, name: facts.name, files: names, bytes, sha256, origin: { from: 'disk', fileName }, licence, facts, isWhole: true });
    };
    const arrival = newArrival(id, fileName, 'disk', bytes, 0);
    return { arrival, abort: new AbortController(), pace: new Pace(), run, undo: () => disk.remove({ id, files: names }) };
  }

  #progress({ arrival, pace }: Task, bytes: number, fresh: boolean): void {
    const now = this.#around.now();
    if (fresh && bytes >= arrival.bytes) pace.add(now, bytes);
    else pace.restart();
    arrival.bytes = bytes;
    arrival.bytesPerSecond = pace.bytesPerSecond();
    arrival.secondsLeft = pace.secondsLeft(arrival.totalBytes);
    if (now - this.#toldAt >= TELL_SECONDS) void this.#tell();
  }

  /** One after the other: what was read last is what stays. */
  #readCards(): Promise<void> {
    const read = async () => {
      this.#cards = await this.#around.disk.cards();
    };
    return (this.#reading = this.#reading.then(read, read));
  }

  async #tell(): Promise<void> {
    this.#toldAt = this.#around.now();
    const { disk, engine, tell } = this.#around;
    const space = await disk.space();
    const { fit } = this.#gpu ? await engine() : { fit: null };
    // Nothing is waited for from here on: what is told is of one moment.
    const models = this.#cards.filter(({ isWhole }) => isWhole);
    const needs: [string, ModelNeeds | undefined][] = [
      ...this.#catalogue.models.map((offer): [string, ModelNeeds] => [offer.id, offer.needs]),
      ...models.map((card): [string, ModelNeeds | undefined] => [card.id, card.facts?.needs]),
    ];
    const fits: Record<string, Fit> = {};
    for (const [id, need] of needs) {
      try {
        if (this.#gpu && fit && need !== undefined) fits[id] = fit(need, this.#gpu);
      } catch (error) {
        // A card of another version may lack what is needed now.
        console.warn(`whether ${id} fits is not known:`, error);
      }
    }
    tell({
      gpu: this.#gpu,
      packaged: this.#packaged,
      models,
      arrivals: [...this.#tasks.values()].map(({ arrival }) => ({ ...arrival })),
      fits,
      ...space,
    });
  }
}

function newArrival(id: string, name: string, from: Arrival['from'], totalBytes: number, bytes: number): Arrival {
  return { id, name, from, bytes, totalBytes, state: 'queued', bytesPerSecond: null, secondsLeft: null, failure: null };
}
