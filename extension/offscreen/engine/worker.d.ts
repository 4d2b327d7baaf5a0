// The engine, as wasm-bindgen exports it from crates/worker. The build puts it beside the worker's loader.

import type { WorkerCommand, WorkerMessage } from '../../generated/protocol';

/** Compiles the wasm module that stands beside this file. */
export default function init(): Promise<unknown>;

export class Engine {
  /** `post` receives every message of the engine, in order. */
  constructor(post: (message: WorkerMessage) => void);
  /** Takes one command; what comes of it is told through `post`. */
  handle(command: WorkerCommand): void;
}
