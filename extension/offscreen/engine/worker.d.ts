// The engine, as wasm-bindgen exports it from crates/worker. The build puts it beside the worker's loader.

import type { WorkerCommand, WorkerMessage } from '../../generated/protocol';

/** Compiles the wasm module. */
export default function init(options: { module_or_path: URL }): Promise<unknown>;

/** What the browser tells of its adapter. */
export interface AdapterFacts {
  name: string;
  software: boolean;
  subgroups: boolean;
  subgroupMaxSize: number;
}

export class Engine {
  /** `post` receives every message of the engine, in order; `facts` are null where the browser offers no adapter. */
  constructor(post: (message: WorkerMessage) => void, facts: AdapterFacts | null);
  /** Takes one command; what comes of it is told through `post`. */
  handle(command: WorkerCommand): void;
}
