// The dedicated worker that keeps models: one of its own, so that the engine goes on meanwhile.

import type { Channelled, GpuFound } from '../models/channel';
import { MODELS_CHANNEL } from '../models/channel';
import { CATALOGUE } from '../models/catalogue';
import { Disk } from '../models/disk';
import { type FileEngine, Store } from '../models/store';
import { CONTEXT_TOKENS, PACKAGED_MODEL } from '../shared/engine-port';
import { adapterFacts, requestAdapter } from './adapter';

const channel = new BroadcastChannel(MODELS_CHANNEL);
let engine: Promise<FileEngine> | undefined;

async function loadEngine(): Promise<FileEngine> {
  const { default: init, FileCheck, fit } = await import('./engine/worker.js');
  await init({ module_or_path: new URL('./engine/worker_bg.wasm', import.meta.url) });
  return {
    check: (bytes) => new FileCheck(new Float64Array(bytes), CONTEXT_TOKENS),
    fit: (needs, { bindingBytes, memoryBytes }) => fit(needs, { bindingBytes, memoryBytes }),
  };
}

/** The memory of the machine in GiB, rounded; TypeScript's types of a page lack it. */
function memoryBytes(): number | null {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory === undefined ? null : deviceMemory * 2 ** 30;
}

async function findGpu(): Promise<GpuFound | null> {
  const adapter = await requestAdapter();
  if (!adapter) return null;
  const { name, software } = adapterFacts(adapter);
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return { name, software, bindingBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize), memoryBytes: memoryBytes() };
}

async function isPackaged(): Promise<boolean> {
  try {
    const response = await fetch(new URL(PACKAGED_MODEL, import.meta.url));
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const stop = () => {
      clearTimeout(timer);
      fail(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      done();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

const store = new Store(CATALOGUE, {
  disk: new Disk(),
  fetch: (address, init) => fetch(address, init),
  wait,
  now: () => performance.now() / 1000,
  gpu: findGpu,
  isPackaged,
  engine: () => (engine ??= loadEngine()),
  tell: (snapshot) => channel.postMessage({ to: 'pages', snapshot } satisfies Channelled),
});

// What went wrong must end in the document's `error` listener, as a throw does.
addEventListener('unhandledrejection', (event) => reportError(event.reason));

const begun = store.begin();
channel.addEventListener('message', async ({ data }: MessageEvent<Channelled>) => {
  if (data.to !== 'store') return;
  await begun;
  await store.handle(data.command);
});
// What is said on the channel before is lost.
postMessage('listens');
// Whoever asked for the worker listens by now.
void begun.then(() => store.handle({ type: 'look' }));
