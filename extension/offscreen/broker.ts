// Between many surfaces and the one engine: who may ask what, which events go where, and what is kept for a surface that
// comes back.

import type { EngineState, Envelope, ErrorCode, Event, Job, WorkerCommand, WorkerMessage } from '../generated/protocol';
import { type PortCommand, type PortMessage, SPEED_TEST } from '../shared/engine-port';
import { INSTRUCTION_UNITS, MOST_REWRITES, NAME_UNITS, type SavedRewrite } from '../shared/settings';

/** What the broker needs of a port. */
export interface Port {
  postMessage(message: PortMessage): void;
}

/** What a port may ask for: a panel everything; a field's card only rewrites, and to save one; its requests end with it. */
export type PortKind = 'panel' | 'field';

/** The worker, which may be started again after a crash. */
export interface Worker {
  post(command: WorkerCommand): void;
}

interface Request {
  /** Events so far, without the progress reports that a later one has replaced. */
  log: Envelope[];
  lastSeq: number;
  ended: boolean;
  /** The ports that want the events. */
  ports: Set<Port>;
}

interface PortState {
  kind: PortKind;
  /** Requests started through this port. */
  started: Set<string>;
  /** How often it asked to save a rewrite. */
  saves: number;
}

/** Adds to the saved rewrites, and gives what was added; null where nothing was. */
export type SaveRewrite = (name: string, instruction: string) => Promise<SavedRewrite | null>;

/** The end event of a cancelled request is made here if the engine has not sent it after this many milliseconds. */
const CANCEL_MS = 80;
/** Requests that have ended and whose events are still kept. */
const KEPT_REQUESTS = 32;
/** Events kept of one request; the context's length bounds them in practice, at about two a token. */
const KEPT_EVENTS = 16_384;
/** Longest text, in UTF-16 units, and most requests that one gesture in a field allows. */
const FIELD_TEXT = 100_000;
const FIELD_REQUESTS = 100;

export class Broker {
  readonly #worker: Worker;
  /** Called with whether any request is under way, whenever that may have changed. */
  readonly #onBusy: (busy: boolean) => void;
  readonly #saveRewrite: SaveRewrite;
  readonly #ports = new Map<Port, PortState>();
  readonly #requests = new Map<string, Request>();
  readonly #selfTests: Port[] = [];
  readonly #speedTests: Port[] = [];
  #state: EngineState = { state: 'unloaded' };

  constructor(worker: Worker, onBusy: (busy: boolean) => void, saveRewrite: SaveRewrite) {
    this.#worker = worker;
    this.#onBusy = onBusy;
    this.#saveRewrite = saveRewrite;
  }

  connect(port: Port, kind: PortKind): void {
    this.#ports.set(port, { kind, started: new Set(), saves: 0 });
    port.postMessage({ type: 'state', ...this.#state });
  }

  /** The requests of a panel go on, and are there when it opens again; those of a field's card are cancelled. */
  disconnect(port: Port): void {
    const state = this.#ports.get(port);
    this.#ports.delete(port);
    for (const request of this.#requests.values()) request.ports.delete(port);
    if (state?.kind === 'field') for (const id of state.started) this.#cancel(id);
  }

  /** Takes a message from a port; what it does not understand or allow is answered, where it has an id, and dropped. */
  fromPort(port: Port, message: unknown): void {
    const state = this.#ports.get(port);
    if (!state || !isCommand(message)) return;
    switch (message.type) {
      case 'start':
        this.#start(port, state, message.id, message.job);
        break;
      case 'resume':
        if (state.kind === 'panel') this.#resume(port, message.id, message.after);
        break;
      case 'cancel':
        if (state.kind === 'panel' || state.started.has(message.id)) this.#cancel(message.id);
        break;
      case 'unload':
        if (state.kind === 'panel') this.#worker.post({ type: 'unload' });
        break;
      case 'self-test':
        if (state.kind !== 'panel') break;
        this.#selfTests.push(port);
        this.#worker.post({ type: 'selfTest' });
        break;
      case 'speed-test':
        if (state.kind !== 'panel') break;
        this.#speedTests.push(port);
        this.#worker.post({ type: 'bench', ...SPEED_TEST });
        break;
      case 'save-rewrite':
        if (state.kind === 'field') void this.#save(port, state, message.name, message.instruction);
        break;
    }
  }

  fromWorker(message: WorkerMessage): void {
    switch (message.type) {
      case 'state': {
        const { type: _, ...state } = message;
        this.#setState(state);
        break;
      }
      case 'event': {
        const { type: _, ...envelope } = message;
        this.#record(envelope);
        break;
      }
      case 'selfTest':
        this.#answer(this.#selfTests.shift(), message);
        break;
      case 'bench':
      case 'benchFailed':
        this.#answer(this.#speedTests.shift(), message);
        break;
    }
  }

  /** The worker is gone: every request under way ends here. */
  workerLost(message: string): void {
    this.#selfTests.length = 0;
    for (const port of this.#speedTests.splice(0)) this.#answer(port, { type: 'benchFailed', message });
    for (const [id, request] of this.#requests) {
      if (!request.ended) this.#fail(id, request, 'gpu-lost', message);
    }
    this.#setState({ state: 'failed', code: 'gpu-lost', message });
  }

  #start(port: Port, state: PortState, id: string, job: Job): void {
    if (this.#requests.has(id)) return;
    const request: Request = { log: [], lastSeq: -1, ended: false, ports: new Set([port]) };
    this.#requests.set(id, request);
    const allowed = state.kind === 'field' ? fieldJob(job, state.started.size) : job;
    if (!allowed) {
      this.#fail(id, request, 'bad-request', 'a field may only ask for rewrites of its text');
      return;
    }
    state.started.add(id);
    this.#onBusy(true);
    this.#worker.post({ type: 'request', id, job: allowed });
  }

  async #save(port: Port, state: PortState, name: string, instruction: string): Promise<void> {
    const isAllowed = state.saves++ < MOST_REWRITES && name.length <= NAME_UNITS && instruction.length <= INSTRUCTION_UNITS;
    const rewrite = isAllowed ? await this.#saveRewrite(name, instruction).catch(() => null) : null;
    // The card may have been closed meanwhile.
    if (this.#ports.has(port)) port.postMessage({ type: 'rewrite-saved', rewrite });
  }

  #resume(port: Port, id: string, after: number): void {
    const request = this.#requests.get(id);
    const first = request?.log[0]?.seq ?? 0;
    // Progress reports may be missing from the log without loss, but nothing else.
    const complete = request && (request.log.length < KEPT_EVENTS || first <= after + 1);
    if (!complete) {
      const event: Event = { type: 'failed', code: 'gpu-lost', message: 'the events of this request are gone' };
      port.postMessage({ type: 'event', id, seq: after + 1, event });
      return;
    }
    request.ports.add(port);
    for (const envelope of request.log) {
      if (envelope.seq > after) port.postMessage({ type: 'event', ...envelope });
    }
  }

  #cancel(id: string): void {
    const request = this.#requests.get(id);
    if (!request || request.ended) return;
    this.#worker.post({ type: 'cancel', id });
    setTimeout(() => {
      if (request.ended) return;
      // What it has cost is not known here; the user is not kept waiting for it.
      const stats = { promptTokens: 0, reusedTokens: 0, generatedTokens: 0, firstTokenSeconds: 0, decodeSeconds: 0 };
      this.#record({ id, seq: request.lastSeq + 1, event: { type: 'done', reason: 'cancelled', stats } });
    }, CANCEL_MS);
  }

  #fail(id: string, request: Request, code: ErrorCode, message: string): void {
    this.#record({ id, seq: request.lastSeq + 1, event: { type: 'failed', code, message } });
  }

  #record(envelope: Envelope): void {
    const request = this.#requests.get(envelope.id);
    // Later tokens of a request that has ended are dropped, and so is what comes twice.
    if (!request || request.ended || envelope.seq <= request.lastSeq) return;
    request.lastSeq = envelope.seq;
    if (isProgress(envelope.event) && isProgress(request.log.at(-1)?.event)) request.log.pop();
    request.log.push(envelope);
    if (request.log.length > KEPT_EVENTS) request.log.shift();
    for (const port of request.ports) port.postMessage({ type: 'event', ...envelope });
    if (envelope.event.type === 'done' || envelope.event.type === 'failed') this.#end(request);
  }

  #end(request: Request): void {
    request.ended = true;
    const ended = [...this.#requests].filter(([, { ended }]) => ended);
    for (const [id] of ended.slice(0, -KEPT_REQUESTS)) this.#requests.delete(id);
    this.#onBusy(ended.length < this.#requests.size);
  }

  /** A port that was closed meanwhile would throw. */
  #answer(port: Port | undefined, message: PortMessage): void {
    if (port && this.#ports.has(port)) port.postMessage(message);
  }

  #setState(state: EngineState): void {
    this.#state = state;
    for (const port of this.#ports.keys()) port.postMessage({ type: 'state', ...state });
  }
}

function isProgress(event: Event | undefined): boolean {
  return event?.type === 'queued' || event?.type === 'reading';
}

/**
 * What a field's gesture allows of a job: rewriting text of a sane length, again and again while its card is open, and nothing
 * else. It is made anew of what such a job has, so that nothing comes along with it.
 */
function fieldJob(job: Job, startedBefore: number): Job | null {
  if (job.type !== 'rewrite' || startedBefore >= FIELD_REQUESTS) return null;
  const { type, text, tone, instruction, attempt } = job;
  const isSane = isText(text, FIELD_TEXT) && (instruction === null || isText(instruction, INSTRUCTION_UNITS));
  return isSane ? { type, text, tone, instruction, attempt } : null;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

/** Whether a message has the form of a command. The job inside is checked by the engine. */
function isCommand(message: unknown): message is PortCommand {
  if (typeof message !== 'object' || message === null) return false;
  const { type, id, job, after, name, instruction } = message as Record<string, unknown>;
  switch (type) {
    case 'start':
      return isId(id) && typeof job === 'object' && job !== null;
    case 'resume':
      return isId(id) && Number.isSafeInteger(after);
    case 'cancel':
      return isId(id);
    case 'unload':
    case 'self-test':
    case 'speed-test':
      return true;
    case 'save-rewrite':
      return typeof name === 'string' && typeof instruction === 'string';
    default:
      return false;
  }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= 64;
}
