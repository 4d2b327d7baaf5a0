// `<model-manager>`: the GPU and what fits it, the models that are there, on their way and to be had, and the disk.

import { h } from '../../shared/dom';
import { errorSentence, formatBytes, t } from '../../shared/i18n';
import { loadSettings, saveSettings } from '../../shared/settings';
import { CATALOGUE, type Catalogue } from '../catalogue';
import type { GpuFound, Snapshot, StoreCommand } from '../channel';
import type { ModelsClient } from '../client';
import { refused } from '../files';
import { ArrivalRow } from './arrival-row';
import { describeCard, describeOffer, describePackaged } from './described';
import { FileDrop } from './file-drop';
import { type Choice, ModelRow } from './model-row';

/** The worker that keeps models, as far as it is used here. */
export type Models = Pick<ModelsClient, 'onChange' | 'do'>;

/** The row of the package's model. */
const PACKAGED = 'packaged';

export class ModelManager extends HTMLElement {
  readonly #gpu = h('dl');
  readonly #there = h('ul', { class: 'models' });
  readonly #none = h('p', { attributes: { hidden: true } }, t('modelsNone'));
  readonly #coming = h('ul', { class: 'models' });
  readonly #offered = h('ul', { class: 'models' });
  readonly #noOffers = h('p', { attributes: { hidden: true } }, t('modelsNoOffers'));
  readonly #drop = new FileDrop();
  readonly #disk = h('p');
  readonly #said = h('p', { class: 'said', attributes: { role: 'status' } });
  readonly #title = h('h3', { attributes: { tabindex: -1 } }, t('modelsOnDisk'));
  readonly #rows = new Map<string, ModelRow>();
  readonly #arrivals = new Map<string, ArrivalRow>();
  #models!: Models;
  #catalogue!: Catalogue;
  #snapshot: Snapshot | null = null;
  #chosen: string | null = null;

  /** Shows what `models` tells. Called once. */
  async begin(models: Models, catalogue: Catalogue = CATALOGUE): Promise<void> {
    this.#models = models;
    this.#catalogue = catalogue;
    // What is added there is in memory, and gone with the window; the choice would be all windows'.
    if (chrome.extension?.inIncognitoContext) {
      this.append(h('p', {}, t('modelsPrivate')));
      return;
    }
    this.#drop.onFiles = (files) => void this.#do({ type: 'take-in', files });
    this.append(
      this.#gpu,
      this.#title,
      this.#there,
      this.#none,
      this.#coming,
      h('h3', {}, t('modelsOffers')),
      this.#offered,
      this.#noOffers,
      this.#drop,
      this.#disk,
      this.#said,
    );
    const follow = async () => {
      this.#chosen = (await loadSettings()).model;
      this.#show();
    };
    chrome.storage.local.onChanged.addListener(() => void follow());
    await follow();
    models.onChange((snapshot) => {
      this.#announce(snapshot);
      this.#snapshot = snapshot;
      this.#show();
    });
  }

  #show(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const hadFocus = this.contains(document.activeElement);
    this.#gpu.replaceChildren(...describeGpu(snapshot.gpu));
    this.#showModels(snapshot);
    const arrivals = snapshot.arrivals.map((arrival) => {
      const row = this.#arrivals.get(arrival.id) ?? new ArrivalRow(this.#arrivalActions());
      this.#arrivals.set(arrival.id, row);
      row.update(arrival);
      return row.element;
    });
    place(this.#coming, arrivals);
    this.#showOffers(snapshot);
    this.#disk.textContent = t('modelsDisk', formatBytes(snapshot.usedBytes), formatBytes(snapshot.freeBytes));
    // What had the focus is gone, with what was chosen.
    if (hadFocus && !this.contains(document.activeElement)) this.#title.focus();
  }

  #showModels({ packaged, models, fits }: Snapshot): void {
    const use = (id: string | null): Choice[] => (id === this.#chosen ? [] : [{ words: t('modelsUse'), click: () => void choose(id) }]);
    const badge = (id: string | null) => (id === this.#chosen ? t('modelsInUse') : null);
    const rows: HTMLElement[] = [];
    if (packaged) {
      const row = this.#row(PACKAGED);
      row.update(PACKAGED, describePackaged(this.#catalogue.packaged), badge(null), use(null));
      rows.push(row.element);
    }
    for (const card of models) {
      const remove = { words: t('modelsDelete'), click: () => void this.#remove(card.id) };
      const row = this.#row(card.id);
      row.update(card.id, describeCard(card, fits[card.id]), badge(card.id), [...use(card.id), remove]);
      rows.push(row.element);
    }
    place(this.#there, rows);
    this.#none.hidden = rows.length > 0;
  }

  #showOffers({ models, arrivals, fits }: Snapshot): void {
    const known = new Set([...models, ...arrivals].map(({ id }) => id));
    const rows = this.#catalogue.models.filter(({ id }) => !known.has(id)).map((offer) => {
      const { id, bytes } = offer;
      const row = this.#row(`offer-${id}`);
      const get: Choice = { words: t('modelsDownload', formatBytes(bytes)), style: 'primary', click: () => this.#download(id) };
      // What cannot be loaded is not worth the bytes.
      row.update(`offer-${id}`, describeOffer(offer, fits[id]), null, fits[id] === 'does-not' ? [] : [get]);
      return row.element;
    });
    place(this.#offered, rows);
    this.#noOffers.hidden = this.#catalogue.models.length > 0;
  }

  #row(id: string): ModelRow {
    const row = this.#rows.get(id) ?? new ModelRow();
    this.#rows.set(id, row);
    return row;
  }

  #download(id: string): void {
    void this.#do({ type: 'download', id });
  }

  #arrivalActions() {
    return { resume: (id: string) => this.#download(id), cancel: (id: string) => void this.#do({ type: 'cancel', id }) };
  }

  async #remove(id: string): Promise<void> {
    if (this.#chosen === id) await choose(null);
    await this.#do({ type: 'delete', id });
  }

  async #do(command: StoreCommand): Promise<void> {
    try {
      await this.#models.do(command);
    } catch (error) {
      this.#said.textContent = errorSentence(refused(error, 'gpu-lost').code);
    }
  }

  /** Says what has come, and what went wrong. Where there was no model at all, the first one is used. */
  #announce({ packaged, models, arrivals }: Snapshot): void {
    const before = this.#snapshot;
    if (!before) return;
    const added = models.find(({ id }) => !before.models.some((card) => card.id === id));
    if (added) this.#said.textContent = t('modelsArrived', added.name);
    if (added && !packaged && this.#chosen === null) void choose(added.id);
    const isNew = (id: string) => before.arrivals.find((arrival) => arrival.id === id)?.failure == null;
    const failed = arrivals.find(({ id, failure }) => failure && isNew(id));
    if (failed?.failure) this.#said.textContent = `${failed.name}: ${errorSentence(failed.failure.code)}`;
  }
}

function choose(model: string | null): Promise<void> {
  return saveSettings({ model });
}

function describeGpu(gpu: GpuFound | null | undefined): HTMLElement[] {
  const row = (name: string, value: string) => [h('dt', {}, name), h('dd', {}, value)];
  if (gpu === undefined) return [];
  if (gpu === null) return row(t('optionsAdapter'), t('modelsNoGpu'));
  const { name, software, bindingBytes, memoryBytes } = gpu;
  return [
    ...row(t('optionsAdapter'), software ? `${t('optionsAdapterSoftware')} (${name})` : name),
    ...row(t('modelsLargestPart'), formatBytes(bindingBytes)),
    ...(memoryBytes === null ? [] : row(t('modelsMemory'), t('modelsMemoryAtLeast', formatBytes(memoryBytes)))),
  ];
}

/** Makes `rows` the children; rows that stay where they are keep the focus. */
function place(list: HTMLElement, rows: HTMLElement[]): void {
  for (const child of [...list.children]) if (!rows.includes(child as HTMLElement)) child.remove();
  for (const [i, row] of rows.entries()) if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
  list.hidden = rows.length === 0;
}

/** Names the elements. Called once, before the first of them is made. */
export function defineModelElements(): void {
  customElements.define('file-drop', FileDrop);
  customElements.define('model-manager', ModelManager);
}
