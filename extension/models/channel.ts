// What travels between the pages that show models and the worker that keeps them: a channel, because a file that the user has
// chosen cannot go through a port.

import type { ErrorCode, Fit } from '../generated/protocol';
import type { Card } from './card';

export const MODELS_CHANNEL = 'sotto-models';

export type StoreCommand =
  /** Tell what there is. */
  | { type: 'look' }
  /** Get the model of the catalogue that has this id; goes on with what is there of it. */
  | { type: 'download'; id: string }
  /** Copy these files: a model each, or the parts of one. */
  | { type: 'take-in'; files: File[] }
  /** End it and delete what came of it; one that has ended is forgotten. */
  | { type: 'cancel'; id: string }
  | { type: 'delete'; id: string };

export type Channelled = { to: 'store'; command: StoreCommand } | { to: 'pages'; snapshot: Snapshot };

/** A model that is on its way. */
export interface Arrival {
  id: string;
  name: string;
  from: 'catalogue' | 'disk';
  bytes: number;
  totalBytes: number;
  /** `stopped`: some of it is there, and it can go on. `failed`: nothing of it is there. */
  state: 'queued' | 'running' | 'stopped' | 'failed';
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  failure: { code: ErrorCode; detail: string } | null;
}

/** The GPU, before anything is loaded. */
export interface GpuFound {
  name: string;
  software: boolean;
  bindingBytes: number;
  memoryBytes: number | null;
}

/** All that there is to show. */
export interface Snapshot {
  /** Null where the browser offers none; undefined while it is looked for. */
  gpu: GpuFound | null | undefined;
  /** Whether the package has a model. */
  packaged: boolean;
  models: Card[];
  arrivals: Arrival[];
  /** By the ids of models and offers. */
  fits: Record<string, Fit>;
  usedBytes: number;
  freeBytes: number;
}
