// A double of the worker that keeps models, and what it tells.

import type { Arrival, Snapshot } from '../../extension/models/channel';
import type { Card } from '../../extension/models/card';
import type { StoreCommand } from '../../extension/models/channel';
import type { Models } from '../../extension/models/views/model-manager';

function needs(weightBytes: number) {
  return { weightBytes, cacheBytes: 94_000_000, scratchBytes: 44_000_000, largestBindingBytes: 90_000_000 };
}

export const CARD: Card = {
  id: 'disk-3f2a',
  name: 'Lighthouse 500M Instruct',
  files: ['disk-3f2a.gguf'],
  bytes: 402_000_000,
  sha256: ['b'.repeat(64)],
  origin: { from: 'disk', fileName: 'lighthouse-500m-q4_k_m.gguf' },
  licence: null,
  facts: {
    name: 'Lighthouse 500M Instruct',
    architecture: 'llama',
    contextTokens: 32_768,
    parameters: 494_000_000,
    quantisation: 'Q4_K',
    licence: null,
    needs: needs(402_000_000),
  },
  isWhole: true,
};

export function arrival(id: string, name: string, changed: Partial<Arrival>): Arrival {
  const start = { from: 'catalogue', bytes: 0, totalBytes: 386_400_000, state: 'queued' } as const;
  return { id, name, ...start, bytesPerSecond: null, secondsLeft: null, failure: null, ...changed };
}

export const SNAPSHOT: Snapshot = {
  gpu: { name: 'A GPU', software: false, bindingBytes: 2_147_483_644, memoryBytes: 8 * 2 ** 30 },
  packaged: true,
  models: [],
  arrivals: [],
  fits: { 'harbour-360m': 'fits', 'harbour-1b': 'may-not', 'harbour-7b': 'does-not', 'disk-3f2a': 'fits' },
  usedBytes: 1_200_000,
  freeBytes: 120_000_000_000,
};

export class ModelsDouble implements Models {
  readonly commands: StoreCommand[] = [];
  readonly #listeners: ((snapshot: Snapshot) => void)[] = [];
  snapshot: Snapshot;

  constructor(changed: Partial<Snapshot> = {}) {
    this.snapshot = { ...SNAPSHOT, ...changed };
  }

  onChange(listener: (snapshot: Snapshot) => void): void {
    this.#listeners.push(listener);
    listener(this.snapshot);
  }

  async do(command: StoreCommand): Promise<void> {
    this.commands.push(command);
  }

  tell(changed: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...changed };
    for (const listener of this.#listeners) listener(this.snapshot);
  }
}
