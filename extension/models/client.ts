// A page's way to the worker that keeps models.

import { send } from '../shared/messages';
import { type Channelled, MODELS_CHANNEL, type Snapshot, type StoreCommand } from './channel';
import { Refused } from './files';

export class ModelsClient {
  readonly #channel = new BroadcastChannel(MODELS_CHANNEL);
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  #last: Snapshot | null = null;

  constructor() {
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Channelled>) => {
      if (data.to !== 'pages') return;
      this.#last = data.snapshot;
      for (const listener of this.#listeners) listener(data.snapshot);
    });
  }

  /** Calls `listener` with what there is, now if it is known, and whenever it changes. */
  onChange(listener: (snapshot: Snapshot) => void): void {
    this.#listeners.add(listener);
    if (this.#last) listener(this.#last);
    else this.do({ type: 'look' }).catch((error: unknown) => console.error('models:', error));
  }

  /** Has the worker do something; what comes of it is heard by the listeners. Rejects with `Refused` where there can be no worker. */
  async do(command: StoreCommand): Promise<void> {
    const engine = await send({ to: 'background', type: 'ensure-engine' });
    if (!engine.ok) throw new Refused(engine.failure.code, engine.failure.detail);
    await send({ to: 'offscreen', type: 'open-models' });
    this.#channel.postMessage({ to: 'store', command } satisfies Channelled);
  }
}
