// The offscreen document: owns the one worker with the engine, and lets the surfaces talk to it.

import type { ModelFile, WorkerCommand, WorkerMessage, WorkerOptions } from '../generated/protocol';
import { CONTEXT_TOKENS, FIELD_PORT, PACKAGED_MODEL, PANEL_PORT } from '../shared/engine-port';
import { isOwnPage, listen, send, success } from '../shared/messages';
import { DEFAULTS } from '../shared/settings';
import { WIPED } from '../shared/stored';
import { Broker, type PortKind } from './broker';
import { Gestures } from './gestures';

/** Nothing of what is read in private windows is put aside. */
const keepPrefixes = !new URLSearchParams(location.search).has('private');

const gestures = new Gestures();
let worker: Worker | null = null;
let idleTimer: ReturnType<typeof setTimeout> | undefined;
/** Milliseconds without a request after which the GPU memory is given back; 0: never. */
let idleMs = DEFAULTS.idleMinutes * 60_000;
let isBusy = false;
let model: ModelFile = { in: 'package', url: chrome.runtime.getURL(PACKAGED_MODEL) };
/** The worker that keeps models, once a page has shown them: resolves when it hears what pages say. */
let modelsWorker: Promise<void> | null = null;

function start(): WorkerCommand {
  const options: WorkerOptions = { model, contextTokens: CONTEXT_TOKENS, cache: 'f32', keepPrefixes };
  return { type: 'start', ...options };
}

function startWorker(): Worker {
  const started = new Worker(chrome.runtime.getURL('worker.js'), { type: 'module', name: 'engine' });
  started.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => broker.fromWorker(data));
  started.addEventListener('error', (event) => {
    console.error('engine:', event.message);
    started.terminate();
    if (worker === started) worker = null;
    broker.workerLost(event.message || 'the engine could not be started');
  });
  started.postMessage(start());
  setBusy(false);
  return started;
}

/** A worker that ended after so many milliseconds may have met with chance: another is tried. */
const CHANCE_MS = 10_000;

function startModelsWorker(): Promise<void> {
  const startedAt = performance.now();
  const started = new Worker(chrome.runtime.getURL('models-worker.js'), { type: 'module', name: 'models' });
  const listens = new Promise<void>((resolve, reject) => {
    started.addEventListener('message', () => resolve());
    started.addEventListener('error', (event) => {
      console.error('models:', event.message);
      started.terminate();
      reject(new Error(event.message));
      if (modelsWorker !== listens) return;
      // Pages learn from the next one what there is still.
      modelsWorker = performance.now() - startedAt > CHANCE_MS ? startModelsWorker() : null;
    });
  });
  return listens;
}

function post(command: WorkerCommand): void {
  worker ??= startWorker();
  worker.postMessage(command);
}

function setBusy(busy: boolean): void {
  isBusy = busy;
  clearTimeout(idleTimer);
  if (busy || idleMs === 0) return;
  idleTimer = setTimeout(() => worker?.postMessage({ type: 'unload' } satisfies WorkerCommand), idleMs);
}

const broker = new Broker({ post }, setBusy, (name, instruction) => send({ to: 'background', type: 'save-rewrite', name, instruction }));

/** What the sender of a port may do; null for a port that must not be there. */
function portKind({ name, sender }: chrome.runtime.Port): PortKind | null {
  if (!sender) return null;
  if (name === PANEL_PORT && isOwnPage(sender)) return 'panel';
  if (name.startsWith(FIELD_PORT) && gestures.redeem(name.slice(FIELD_PORT.length), sender)) return 'field';
  return null;
}

chrome.runtime.onConnect.addListener((port) => {
  const kind = portKind(port);
  if (!kind) {
    port.disconnect();
    return;
  }
  // The user is about to ask: the model loads meanwhile.
  worker ??= startWorker();
  port.onMessage.addListener((message: unknown) => broker.fromPort(port, message));
  port.onDisconnect.addListener(() => broker.disconnect(port));
  broker.connect(port, kind);
});

listen('offscreen', isOwnPage, {
  grant: ({ token, tabId, frameId }) => {
    gestures.grant(token, tabId, frameId);
    return success(null);
  },
  settings: (settings) => {
    idleMs = settings.idleMinutes * 60_000;
    setBusy(isBusy);
    const isOther = JSON.stringify(settings.model) !== JSON.stringify(model);
    model = settings.model;
    // What is asked before the new one is there is answered by the old one.
    if (isOther) worker?.postMessage(start());
    return success(null);
  },
  'open-models': async () => {
    await (modelsWorker ??= startModelsWorker());
    return success(null);
  },
});

// What was read is in the engine's cache and in the events kept for replay. It goes with the document.
new BroadcastChannel(WIPED).addEventListener('message', () => close());
