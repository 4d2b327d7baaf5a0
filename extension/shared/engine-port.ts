// What travels on the port between a surface (panel, field card) and the offscreen document.

import type { BenchOptions, Job, WorkerMessage } from '../generated/protocol';
import type { SavedRewrite } from './settings';

/** Ports by name. A field's port carries the token of the gesture that allows it after the colon. */
export const PANEL_PORT = 'panel';
export const FIELD_PORT = 'field:';

/** Tokens of context that GPU memory is reserved for. */
export const CONTEXT_TOKENS = 4096;

/** Where the package has its model, if it has one. */
export const PACKAGED_MODEL = 'model/default.gguf';

/** A short measurement: it is over in seconds, on a software adapter in less than a minute. */
export const SPEED_TEST: BenchOptions = { promptTokens: 64, generatedTokens: 24, runs: 1, depthTokens: 0, againTokens: 0 };

export type PortName = 'panel' | 'field';

/** From a surface to the broker in the offscreen document. */
export type PortCommand =
  | { type: 'start'; id: string; job: Job }
  /** Send the events of `id` after number `after` (-1: all) again, and go on with it. */
  | { type: 'resume'; id: string; after: number }
  | { type: 'cancel'; id: string }
  /** Give the GPU memory back now. */
  | { type: 'unload' }
  | { type: 'self-test' }
  /** Measure the engine by [`SPEED_TEST`]; answered by `bench` or `benchFailed`. */
  | { type: 'speed-test' }
  /** From a field's card, which reaches no storage itself; answered by `rewrite-saved`. */
  | { type: 'save-rewrite'; name: string; instruction: string };

/**
 * From the broker to a surface: the state, its own requests' events, self-test and speed reports, and what was added to the saved
 * rewrites, or null where nothing was.
 */
export type PortMessage = WorkerMessage | { type: 'rewrite-saved'; rewrite: SavedRewrite | null };
