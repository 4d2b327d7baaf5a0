// The dedicated worker: loads the engine and passes messages.

import type { WorkerCommand } from '../generated/protocol';
import init, { Engine } from './engine/worker.js';

/**
 * Asks for subgroups with every device whose adapter has them: wgpu's web backend drops that request
 * (gfx-rs/wgpu#10146), and Chromium compiles no `enable subgroups;` without it.
 */
function requestSubgroups(): void {
  if (typeof GPUAdapter === 'undefined') return;
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = function (this: GPUAdapter, descriptor: GPUDeviceDescriptor = {}) {
    const features = new Set(descriptor.requiredFeatures);
    if (this.features.has('subgroups')) features.add('subgroups');
    return requestDevice.call(this, { ...descriptor, requiredFeatures: [...features] });
  };
}

/** While the browser's GPU process starts, there is no adapter yet: how often, and how many milliseconds apart, to ask. */
const ATTEMPTS = 7;
const ATTEMPT_MS = 500;

async function requestAdapter(): Promise<GPUAdapter | null> {
  for (let attempt = 1; navigator.gpu && attempt <= ATTEMPTS; attempt++) {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
    await new Promise((done) => setTimeout(done, ATTEMPT_MS));
  }
  return null;
}

/** What wgpu does not tell of the adapter; null where the browser offers none. */
async function adapterFacts() {
  const adapter = await requestAdapter();
  if (!adapter) return null;
  const { vendor, architecture, description, subgroupMaxSize, isFallbackAdapter } = adapter.info;
  return {
    name: description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed',
    software: isFallbackAdapter || architecture === 'swiftshader' || /llvmpipe|swiftshader/i.test(description),
    subgroups: adapter.features.has('subgroups'),
    subgroupMaxSize,
  };
}

async function load(): Promise<Engine> {
  requestSubgroups();
  await init({ module_or_path: new URL('./engine/worker_bg.wasm', import.meta.url) });
  return new Engine((message) => postMessage(message), await adapterFacts());
}

// A promise that nobody waits for must end in the document's `error` listener, as a throw does.
addEventListener('unhandledrejection', (event) => reportError(event.reason));

// Listening starts at once: what arrives while the engine loads waits for it, in order.
const engine = load();
addEventListener('message', async ({ data }: MessageEvent<WorkerCommand>) => (await engine).handle(data));
