// A surface's way to the engine: one port straight to the offscreen document.

import type { BenchReport, EngineState, Event, Job, SelfTestReport } from '../generated/protocol';
import { FIELD_PORT, PANEL_PORT, type PortCommand, type PortMessage, type PortName } from './engine-port';
import { newId } from './id';
import { send } from './messages';
import type { SavedRewrite } from './settings';

/** Receives the events of one request in order, each once. */
export type OnEvent = (event: Event, seq: number) => void;

/** A request under way. */
export interface Handle {
  /** The request's id: keep it to `resume` after the surface was closed. */
  id: string;
  /** Asks the engine to stop; the `done` event follows, marked as cancelled. */
  cancel(): void;
}

interface Running {
  onEvent: OnEvent;
  /** Number of the last event seen; -1 before the first. */
  seq: number;
}

/**
 * Runs jobs on the engine.
 *
 * The port opens with the first use. When the offscreen document dies, a panel's client connects again and asks for what
 * it missed; the requests of a document that is gone end as `failed` with `gpu-lost`. A field's client has one port in its
 * life, because its token opens one: afterwards its requests end as `failed` with `grant-needed`.
 */
export class EngineClient {
  readonly #portName: PortName;
  readonly #token: string;
  readonly #running = new Map<string, Running>();
  readonly #stateListeners = new Set<(state: EngineState) => void>();
  readonly #selfTests: ((report: SelfTestReport) => void)[] = [];
  readonly #speedTests: ((report: BenchReport | null) => void)[] = [];
  readonly #saving: ((rewrite: SavedRewrite | null) => void)[] = [];
  #state: EngineState | null = null;
  #port: chrome.runtime.Port | null = null;
  #connecting: Promise<void> | null = null;
  /** Whether the open port has brought a message: one that closes before is not tried again. */
  #heard = false;
  #spent = false;
  #closed = false;

  /** `token` is the gesture's, for a field's client alone. */
  constructor(portName: PortName, token = '') {
    this.#portName = portName;
    this.#token = token;
  }

  /** Resolves when the port is open. Rejects where the offscreen document cannot be made, or the token is spent. */
  ready(): Promise<void> {
    if (this.#port) return Promise.resolve();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  /** Starts a job. Ends with exactly one `done` or `failed` event, whatever happens. */
  start(job: Job, onEvent: OnEvent): Handle {
    const id = newId();
    return this.#run(id, { onEvent, seq: -1 }, { type: 'start', id, job });
  }

  /** Goes on listening to a request that this or an earlier surface started, after the event `afterSeq` (-1: from the first). */
  resume(id: string, afterSeq: number, onEvent: OnEvent): Handle {
    return this.#run(id, { onEvent, seq: afterSeq }, { type: 'resume', id, after: afterSeq });
  }

  /** Calls `listener` with the engine's state, now if it is known, and whenever it changes. Gives the function that ends it. */
  onState(listener: (state: EngineState) => void): () => void {
    this.#stateListeners.add(listener);
    if (this.#state) listener(this.#state);
    return () => this.#stateListeners.delete(listener);
  }

  /** Gives the GPU memory back; the next job loads the model again. */
  async unload(): Promise<void> {
    await this.ready();
    this.#post({ type: 'unload' });
  }

  /** Runs every kernel against its reference on this machine's GPU. */
  async selfTest(): Promise<SelfTestReport> {
    await this.ready();
    const report = new Promise<SelfTestReport>((resolve) => this.#selfTests.push(resolve));
    this.#post({ type: 'self-test' });
    return report;
  }

  /** Measures how fast this machine's GPU runs the model; null where that could not be. */
  async speedTest(): Promise<BenchReport | null> {
    await this.ready();
    const report = new Promise<BenchReport | null>((resolve) => this.#speedTests.push(resolve));
    this.#post({ type: 'speed-test' });
    return report;
  }

  /** Of a field's client: adds to the saved rewrites, and gives what was added; null where nothing was. */
  async saveRewrite(name: string, instruction: string): Promise<SavedRewrite | null> {
    try {
      await this.ready();
    } catch {
      return null;
    }
    const saved = new Promise<SavedRewrite | null>((resolve) => this.#saving.push(resolve));
    this.#post({ type: 'save-rewrite', name, instruction });
    return saved;
  }

  /** Closes the port. The requests of a panel go on without it; those of a field are cancelled. */
  close(): void {
    this.#closed = true;
    this.#running.clear();
    this.#stateListeners.clear();
    this.#port?.disconnect();
    this.#port = null;
  }

  #run(id: string, running: Running, command: PortCommand): Handle {
    this.#running.set(id, running);
    this.ready().then(
      () => this.#post(command),
      (error: unknown) => this.#fail(id, String(error)),
    );
    return {
      id,
      cancel: () => {
        // Behind the start command, should that still wait for the port.
        this.ready().then(
          () => this.#running.has(id) && this.#post({ type: 'cancel', id }),
          () => {},
        );
      },
    };
  }

  #post(command: PortCommand): void {
    this.#port?.postMessage(command);
  }

  async #connect(): Promise<void> {
    if (this.#closed) throw new Error('the client is closed');
    if (this.#portName === 'field') {
      // The service worker made the document before it gave the token out.
      if (this.#spent) throw new Error('the gesture has been used');
      this.#spent = true;
      this.#open(FIELD_PORT + this.#token);
      return;
    }
    const reply = await send({ to: 'background', type: 'ensure-engine' });
    if (!reply.ok) throw new Error(reply.failure.detail);
    this.#open(PANEL_PORT);
  }

  #open(name: string): void {
    const port = chrome.runtime.connect({ name });
    port.onMessage.addListener((message: PortMessage) => this.#receive(message));
    port.onDisconnect.addListener(() => this.#lost(port));
    this.#port = port;
    this.#heard = false;
  }

  #receive(message: PortMessage): void {
    this.#heard = true;
    switch (message.type) {
      case 'state': {
        const { type: _, ...state } = message;
        this.#state = state;
        for (const listener of this.#stateListeners) listener(state);
        break;
      }
      case 'event': {
        const running = this.#running.get(message.id);
        if (!running || message.seq <= running.seq) return;
        running.seq = message.seq;
        if (message.event.type === 'done' || message.event.type === 'failed') this.#running.delete(message.id);
        running.onEvent(message.event, message.seq);
        break;
      }
      case 'selfTest': {
        const { type: _, ...report } = message;
        this.#selfTests.shift()?.(report);
        break;
      }
      case 'bench': {
        const { type: _, ...report } = message;
        this.#speedTests.shift()?.(report);
        break;
      }
      case 'benchFailed':
        this.#speedTests.shift()?.(null);
        break;
      case 'rewrite-saved':
        this.#saving.shift()?.(message.rewrite);
        break;
    }
  }

  /** The other end is gone: connects again where that is possible, and asks for the rest of what was running. */
  #lost(port: chrome.runtime.Port): void {
    const why = chrome.runtime.lastError?.message ?? 'the engine was closed';
    if (this.#port !== port) return;
    this.#port = null;
    this.#state = null;
    for (const resolve of this.#saving.splice(0)) resolve(null);
    for (const resolve of this.#speedTests.splice(0)) resolve(null);
    if (this.#closed) return;
    if (!this.#heard) {
      for (const id of [...this.#running.keys()]) this.#fail(id, why);
      return;
    }
    const again = this.ready();
    again.catch(() => {});
    for (const [id, { seq }] of this.#running) {
      again.then(
        () => this.#post({ type: 'resume', id, after: seq }),
        (error: unknown) => this.#fail(id, String(error)),
      );
    }
  }

  /** Ends a request that can get no further event from the engine. */
  #fail(id: string, message: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    const code = this.#portName === 'field' ? 'grant-needed' : 'gpu-lost';
    running.onEvent({ type: 'failed', code, message }, running.seq + 1);
  }
}
