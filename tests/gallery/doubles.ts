// Doubles of the engine, the browser and the store: they do what a script says.

import type { EngineState, Event, Job, Preferences } from '../../extension/generated/protocol';
import type { Handle, OnEvent } from '../../extension/shared/engine-client';
import type { Intent, PageText, Result } from '../../extension/shared/messages';
import type { Browser, Engine } from '../../extension/sidepanel/controller';
import type { ThreadStore } from '../../extension/sidepanel/store';
import type { Models } from '../../extension/models/views/model-manager';
import type { Thread } from '../../extension/sidepanel/thread';
import { ModelsDouble } from './models';

/** The events that a job is answered with. Without an end, the job goes on for ever. */
export type Script = (job: Job) => Event[];

interface Run {
  job: Job;
  events: Event[];
  onEvent: OnEvent;
  seq: number;
}

export class EngineDouble implements Engine {
  /** Every job that was started, oldest first. */
  readonly jobs: Job[] = [];
  readonly resumed: { id: string; after: number }[] = [];
  readonly #script: Script;
  readonly #runs = new Map<string, Run>();
  readonly #listeners = new Set<(state: EngineState) => void>();
  #state: EngineState;

  constructor(state: EngineState, script: Script) {
    this.#state = state;
    this.#script = script;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onState(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  setState(state: EngineState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  start(job: Job, onEvent: OnEvent): Handle {
    const id = `request-${this.jobs.length}`;
    this.jobs.push(job);
    return this.#run(id, { job, events: this.#script(job), onEvent, seq: -1 });
  }

  resume(id: string, after: number, onEvent: OnEvent): Handle {
    this.resumed.push({ id, after });
    const run = this.#runs.get(id);
    const events = run ? run.events : [];
    return this.#run(id, { job: run!.job, events, onEvent, seq: after });
  }

  /** Gives another event to a request. */
  emit(id: string, event: Event): void {
    const run = this.#runs.get(id);
    if (!run) throw new Error(`no request ${id}`);
    run.events.push(event);
    this.#flush(run);
  }

  #run(id: string, run: Run): Handle {
    this.#runs.set(id, run);
    queueMicrotask(() => this.#flush(run));
    const cancel = () => {
      if (run.events.some((event) => event.type === 'done' || event.type === 'failed')) return;
      this.emit(id, { type: 'done', reason: 'cancelled', stats: STATS });
    };
    return { id, cancel };
  }

  #flush(run: Run): void {
    while (run.seq + 1 < run.events.length) {
      run.seq++;
      run.onEvent(run.events[run.seq]!, run.seq);
    }
  }
}

export const MODEL = { name: 'SmolLM2 135M Instruct', architecture: 'llama', contextTokens: 4096, weightBytes: 98_362_432, heapBytes: 41_943_040 };

export const STATS = {
  promptTokens: 912,
  reusedTokens: 0,
  generatedTokens: 96,
  firstTokenSeconds: 1.84,
  decodeSeconds: 4.1,
};

/** What the browser's double is like. */
export interface BrowserSetup {
  tab: { id: number; url: string | null } | null;
  intent?: Intent;
  shortcut?: string | null;
  read?: Result<PageText>;
  passage?: Result<{ found: boolean }>;
  preferences?: Preferences;
  chosenModel?: string;
}

export class BrowserDouble implements Browser {
  setup: BrowserSetup;
  clipboard: string | null = null;
  readonly shown: { textId: string; start: number; end: number }[] = [];
  #tabChanged: () => void = () => {};
  #intentWaits: () => void = () => {};

  constructor(setup: BrowserSetup) {
    this.setup = setup;
  }

  async activeTab(): Promise<{ id: number; url: string | null } | null> {
    return this.setup.tab;
  }

  onTabChange(listener: () => void): void {
    this.#tabChanged = listener;
  }

  /** The tab in front changes. */
  goTo(tab: BrowserSetup['tab']): void {
    this.setup.tab = tab;
    this.#tabChanged();
  }

  async takeIntent(): Promise<Intent | null> {
    const { intent } = this.setup;
    delete this.setup.intent;
    return intent ?? null;
  }

  onIntent(listener: () => void): void {
    this.#intentWaits = listener;
  }

  /** The user asks for something outside the panel. */
  intend(intent: Intent): void {
    this.setup.intent = intent;
    this.#intentWaits();
  }

  async readPage(): Promise<Result<PageText>> {
    return this.setup.read ?? { ok: false, failure: { code: 'grant-needed', detail: 'no grant' } };
  }

  async showPassage({ textId }: PageText, start: number, end: number): Promise<Result<{ found: boolean }>> {
    this.shown.push({ textId, start, end });
    return this.setup.passage ?? { ok: true, value: { found: true } };
  }

  preferences(): Preferences {
    return this.setup.preferences ?? { language: null, instructions: null };
  }

  chosenModel(): string | null {
    return this.setup.chosenModel ?? null;
  }

  usesPackaged = false;

  usePackagedModel(): void {
    this.usesPackaged = true;
  }

  readonly modelsDouble = new ModelsDouble({ packaged: false });

  models(): Models {
    return this.modelsDouble;
  }

  async shortcut(): Promise<string | null> {
    return this.setup.shortcut === undefined ? 'Alt+Shift+C' : this.setup.shortcut;
  }

  openSettings(): void {}

  readonly files: { name: string; text: string }[] = [];

  saveFile(name: string, text: string): void {
    this.files.push({ name, text });
  }

  closed = 0;

  openedAt(): number {
    return 1000;
  }

  closePanel(): void {
    this.closed++;
  }

  async writeClipboard(text: string): Promise<void> {
    this.clipboard = text;
  }
}

/** Threads in memory, copied as storage copies them. */
export class StoreDouble implements ThreadStore {
  readonly threads = new Map<string, string>();

  async load(tabId: number, address: string): Promise<Thread | null> {
    const text = this.threads.get(`${tabId}:${address}`);
    return text === undefined ? null : JSON.parse(text);
  }

  async latest(tabId: number): Promise<Thread | null> {
    const all = [...this.threads.values()].map((text): Thread => JSON.parse(text));
    return all.filter((thread) => thread.tabId === tabId).sort((a, b) => b.changed - a.changed)[0] ?? null;
  }

  async save(thread: Thread): Promise<void> {
    this.threads.set(`${thread.tabId}:${thread.address}`, JSON.stringify(thread));
  }

  async remove(tabId: number, address: string): Promise<void> {
    this.threads.delete(`${tabId}:${address}`);
  }

  async prune(): Promise<void> {}
}
