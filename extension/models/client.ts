// A page's way to the worker that keeps models.

import { send } from '../shared/messages';
import { type Channelled, MODELS_CHANNEL, type Snapshot, type StoreCommand } from './channel';

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
    else void this.do({ type: 'look' });
  }

  /** Has the worker do something; what comes of it is heard by the listeners. */
  async do(command: StoreCommand): Promise<void> {
    const engine = await send({ to: 'background', type: 'ensure-engine' });
    if (!engine.ok) throw new Error(engine.failure.detail);
    await send({ to: 'offscreen', type: 'open-models' });
    this.#channel.postMessage({ to: 'store', command } satisfies Channelled);
  }
}
