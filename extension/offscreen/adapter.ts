// What wgpu's web backend lacks: facts of the adapter, subgroups, pipelines compiled beside one another, and a short wait.

import type { AdapterFacts, KernelSource } from './engine/worker.js';

/** The device that was opened last. */
let device: GPUDevice | undefined;

/**
 * Asks for subgroups with every device whose adapter has them: wgpu's web backend drops that request
 * (gfx-rs/wgpu#10146), and Chromium compiles no `enable subgroups;` without it. Remembers the device.
 */
export function watchDevices(): void {
  if (typeof GPUAdapter === 'undefined') return;
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor: GPUDeviceDescriptor = {}) {
    const features = new Set(descriptor.requiredFeatures);
    if (this.features.has('subgroups')) features.add('subgroups');
    device = await requestDevice.call(this, { ...descriptor, requiredFeatures: [...features] });
    return device;
  };
}

/** While the browser's GPU process starts, there is no adapter yet: how often, and how many milliseconds apart, to ask. */
const ATTEMPTS = 7;
const ATTEMPT_MS = 500;

/** The browser's adapter; null where it offers none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  for (let attempt = 1; navigator.gpu && attempt <= ATTEMPTS; attempt++) {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
    await new Promise((done) => setTimeout(done, ATTEMPT_MS));
  }
  return null;
}

/** What wgpu does not tell of an adapter. */
export function adapterFacts(adapter: GPUAdapter): AdapterFacts {
  const { vendor, architecture, description, subgroupMaxSize, isFallbackAdapter } = adapter.info;
  return {
    name: description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed',
    software: isFallbackAdapter || architecture === 'swiftshader' || /llvmpipe|swiftshader/i.test(description),
    subgroups: adapter.features.has('subgroups'),
    subgroupMaxSize,
  };
}

/** `GPUShaderStage.COMPUTE`, which TypeScript's own types lack. */
const COMPUTE = 4;

/**
 * Compiles a kernel off the GPU process's main thread. The browser knows equal pipelines of a device as one, so that
 * wgpu gets this very pipeline when it asks for the same, as long as somebody holds it.
 */
export async function compile({ code, bindings, constants }: KernelSource): Promise<GPUComputePipeline | undefined> {
  const entries = bindings.map(({ binding, type }) => ({ binding, visibility: COMPUTE, buffer: { type } }));
  return device?.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] }),
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main', constants },
  });
}

/** Milliseconds: timers wait four, once they follow one another. */
const MOMENT_MS = 0.2;

const tasks = new MessageChannel();
const waiting: (() => void)[] = [];
tasks.port1.onmessage = () => waiting.shift()?.();

/** Lets other tasks have their turn for a moment. */
export async function moment(): Promise<void> {
  const end = performance.now() + MOMENT_MS;
  do {
    await new Promise<void>((done) => {
      waiting.push(done);
      tasks.port2.postMessage(null);
    });
  } while (performance.now() < end);
}
