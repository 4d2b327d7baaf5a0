// The engine, as wasm-bindgen exports it from crates/worker. The build puts it beside the worker's loader.

import type { FileReport, Fit, GpuLimits, ModelNeeds, WorkerCommand, WorkerMessage } from '../../generated/protocol';

/** Compiles the wasm module. */
export default function init(options: { module_or_path: URL }): Promise<unknown>;

/** What the browser tells of its adapter. */
export interface AdapterFacts {
  name: string;
  software: boolean;
  subgroups: boolean;
  subgroupMaxSize: number;
}

/** A kernel for the browser's own compiler. */
export interface KernelSource {
  /** WGSL, whose entry point is `main`. */
  code: string;
  bindings: { binding: number; type: GPUBufferBindingType }[];
  /** Values of its `override`s. */
  constants: Record<string, number>;
}

export class Engine {
  /**
   * `post` receives every message of the engine, in order; `facts` are null where the browser offers no adapter;
   * `compile` compiles for the device that was opened last, and gives what keeps the kernel; `moment` lets a short while pass.
   */
  constructor(
    post: (message: WorkerMessage) => void,
    facts: AdapterFacts | null,
    compile: (kernel: KernelSource) => Promise<unknown>,
    moment: () => Promise<void>,
  );
  /** Takes one command; what comes of it is told through `post`. */
  handle(command: WorkerCommand): void;
}

/** Checks a model while the bytes of its files come, front to back. */
export class FileCheck {
  /** `bytes` are those of each file; `positions` is the context that memory will be reserved for. */
  constructor(bytes: Float64Array, positions: number);
  /** Takes the next bytes, of one file. Throws a `FileRefusal` as soon as it is known that the model cannot be used. */
  push(bytes: Uint8Array): void;
  /** Ends the check. Throws a `FileRefusal`. */
  finish(): FileReport;
  /** Ends a check that does not come to its end. */
  free(): void;
}

/** Whether a model fits, as far as that can be known before it is loaded. */
export function fit(needs: ModelNeeds, limits: GpuLimits): Fit;
