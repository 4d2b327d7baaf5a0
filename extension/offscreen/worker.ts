// The dedicated worker: loads the engine and passes messages.

import type { WorkerCommand } from '../generated/protocol';
import { adapterFacts, compile, moment, requestAdapter, watchDevices } from './adapter';
import init, { Engine } from './engine/worker.js';

async function load(): Promise<Engine> {
  watchDevices();
  await init({ module_or_path: new URL('./engine/worker_bg.wasm', import.meta.url) });
  const adapter = await requestAdapter();
  return new Engine((message) => postMessage(message), adapter && adapterFacts(adapter), compile, moment);
}

// A promise that nobody waits for must end in the document's `error` listener, as a throw does.
addEventListener('unhandledrejection', (event) => reportError(event.reason));

// Listening starts at once: what arrives while the engine loads waits for it, in order.
const engine = load();
addEventListener('message', async ({ data }: MessageEvent<WorkerCommand>) => (await engine).handle(data));
