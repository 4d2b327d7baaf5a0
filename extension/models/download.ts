// One file from the network to the disk: goes on where it was cut, and ends with the very file that was asked for, or with none.

import type { FileReport } from '../generated/protocol';
import { type Check, FLUSH_BYTES, type OpenFile, Refused, writeAll } from './files';

export interface Wanted {
  address: string;
  bytes: number;
  sha256: string;
}

export interface Means {
  fetch(address: string, init: RequestInit): Promise<Response>;
  /** A new check of a model whose files have so many bytes. */
  check(bytes: number[]): Check;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  signal: AbortSignal;
  /** So many bytes are there and were looked at. `fresh`: from the network, not from an earlier time. */
  progress(bytes: number, fresh: boolean): void;
}

/** After a cut it is tried again, each time after twice as long, so often without one more byte. */
const TRIES = 4;
const FIRST_WAIT_MS = 500;
/** A server that sends nothing for so long counts as one that broke off: milliseconds. */
const SILENCE_MS = 30_000;
/** Bytes of what is there already that are read at a time. */
const READ_BYTES = 4 << 20;

/** Fills `file`. Rejects with `Refused`; `download-cut` and `disk-full` leave what came, so that it can go on. */
export async function download(wanted: Wanted, file: OpenFile, means: Means): Promise<FileReport> {
  let check = means.check([wanted.bytes]);
  try {
    let done = await readAgain(wanted, file, check, means);
    let tries = 0;
    while (done < wanted.bytes) {
      const before = done;
      const patience = new Patience(means.signal);
      try {
        const response = await ask(wanted, done, means, patience);
        if (response?.status === 200 && done > 0) {
          // The server knows no ranges: all comes again.
          check.free();
          check = means.check([wanted.bytes]);
          file.truncate(0);
          done = 0;
        }
        if (response) done = await take(response, wanted, file, check, done, means, patience);
      } finally {
        patience.end();
      }
      if (done === wanted.bytes) break;
      tries = done > before ? 0 : tries + 1;
      if (tries === TRIES) throw new Refused('download-cut', `${done} of ${wanted.bytes} bytes have come`);
      await means.wait(FIRST_WAIT_MS * 2 ** tries, means.signal);
    }
    file.flush();
    const finished = check;
    // It is spent by finishing.
    check = NOTHING;
    const report = finished.finish();
    const [sha256] = report.sha256;
    if (sha256 !== wanted.sha256) throw new Refused('download-wrong', `its SHA-256 is ${sha256}, not ${wanted.sha256}`);
    return report;
  } finally {
    check.free();
  }
}

/** Ends a request that is silent for too long. */
class Patience {
  readonly signal: AbortSignal;
  readonly #end = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `signal` ends it too. */
  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#end.signal]);
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end.abort(), SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#end.abort();
  }
}

const NOTHING: Check = {
  push() {},
  finish() {
    throw new Error('finished already');
  },
  free() {},
};

/** Has what is there already checked, from the disk itself: there is no record of it that could be wrong. */
async function readAgain({ bytes }: Wanted, file: OpenFile, check: Check, means: Means): Promise<number> {
  if (file.getSize() > bytes) file.truncate(0);
  const size = file.getSize();
  const buffer = new Uint8Array(Math.min(READ_BYTES, size));
  for (let done = 0; done < size; ) {
    const count = file.read(buffer, { at: done });
    if (count === 0) break;
    check.push(buffer.subarray(0, count));
    done += count;
    means.progress(done, false);
    // Reading and summing let nothing else have its turn: no progress would be told, and no cancellation heard.
    if (done < size) await means.wait(0, means.signal);
    means.signal.throwIfAborted();
  }
  return size;
}

/**
 * A response with the bytes from `done` on, or with all of them. A server that never will have them is refused; one that is busy
 * or out of reach gives null.
 */
async function ask({ address, bytes }: Wanted, done: number, { fetch, signal }: Means, patience: Patience): Promise<Response | null> {
  // A range from a byte to the end is among the few headers that need no permission of the server's.
  const headers: HeadersInit = done > 0 ? { range: `bytes=${done}-` } : {};
  let response: Response;
  try {
    response = await fetch(address, { headers, signal: patience.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch {
    signal.throwIfAborted();
    return null;
  }
  patience.heard();
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) return null;
  const isAnswer = status === 200 || status === 206;
  // Whoever refuses the rest of what it gave before is asked too often, or something stands in between.
  if (done > 0 && !isAnswer && status !== 416) return null;
  if (status === 416) throw new Refused('download-wrong', `the server's file ends before byte ${done}`);
  if (!isAnswer) throw new Refused('download-missing', `the server answered ${status}`);
  const rest = status === 206 ? bytes - done : bytes;
  const length = response.headers.get('content-length');
  if (length !== null && Number(length) !== rest) {
    await response.body?.cancel();
    // A page that says why there is no network, say.
    if (done > 0 && status === 200) return null;
    throw new Refused('download-wrong', `the server has ${length} bytes where ${rest} should be`);
  }
  return response;
}

/** Takes what comes until it ends or breaks off, and gives how many bytes there are then. */
async function take(
  { body }: Response,
  { bytes }: Wanted,
  file: OpenFile,
  check: Check,
  from: number,
  means: Means,
  patience: Patience,
): Promise<number> {
  let done = from;
  let flushed = from;
  if (!body) return done;
  const reader = body.getReader();
  try {
    for (;;) {
      const read = await reader.read().catch(() => {
        means.signal.throwIfAborted();
        return null;
      });
      if (!read || read.done) return done;
      means.signal.throwIfAborted();
      patience.heard();
      if (done + read.value.length > bytes) throw new Refused('download-wrong', `more than ${bytes} bytes came`);
      writeAll(file, read.value, done);
      done += read.value.length;
      check.push(read.value);
      if (done - flushed > FLUSH_BYTES) {
        file.flush();
        flushed = done;
      }
      means.progress(done, true);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
