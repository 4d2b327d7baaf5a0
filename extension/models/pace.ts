// How fast bytes come, and how long the rest will take.

/** Seconds back that count: long enough to be calm, short enough to follow a connection that changes. */
const WINDOW = 5;
/** Fewer seconds say nothing. */
const LEAST = 0.5;

export class Pace {
  readonly #samples: { at: number; bytes: number }[] = [];

  /** `bytes` are there in all at `at`, in seconds. */
  add(at: number, bytes: number): void {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && this.#samples[0]!.at < at - WINDOW) this.#samples.shift();
  }

  /** What came before does not count: it was there already, or nothing came meanwhile. */
  restart(): void {
    this.#samples.length = 0;
  }

  bytesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < LEAST) return null;
    return (last.bytes - first.bytes) / (last.at - first.at);
  }

  secondsLeft(totalBytes: number): number | null {
    const speed = this.bytesPerSecond();
    const last = this.#samples.at(-1);
    return speed && last ? (totalBytes - last.bytes) / speed : null;
  }
}
