// For tests: files, a server and a check in memory.

import { createHash } from 'node:crypto';

export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that differ from place to place. */
export function bytesOf(length) {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 251);
}

/** A file in memory; `room` is how long it may become. */
export class MemoryFile {
  bytes = new Uint8Array();
  isOpen = true;

  constructor(room = Infinity) {
    this.room = room;
  }

  getSize() {
    return this.bytes.length;
  }

  read(into, { at }) {
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  write(bytes, { at }) {
    if (at + bytes.length > this.room) throw new DOMException('full', 'QuotaExceededError');
    const longer = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
    longer.set(this.bytes);
    longer.set(bytes, at);
    this.bytes = longer;
    return bytes.length;
  }

  truncate(length) {
    this.bytes = this.bytes.slice(0, length);
  }

  flush() {}

  close() {
    this.isOpen = false;
  }
}

/** As the engine's check, but all that it knows of a model is its first byte: 0. It is called by how many bytes it has. */
export class CheckDouble {
  static open = 0;
  #files;
  #isOpen = true;

  constructor(bytes) {
    this.#files = bytes.map((total) => ({ left: total, hash: createHash('sha256') }));
    this.total = bytes.reduce((sum, total) => sum + total, 0);
    this.done = 0;
    CheckDouble.open++;
  }

  push(bytes) {
    if (this.done === 0 && bytes[0] !== 0) throw { code: 'not-a-model', message: 'no model' };
    this.done += bytes.length;
    const file = this.#files.find(({ left }) => left > 0);
    file.left -= bytes.length;
    file.hash.update(bytes);
  }

  finish() {
    this.free();
    const facts = { name: `${this.total} bytes`, licence: null, needs: {} };
    return { sha256: this.#files.map(({ hash }) => hash.digest('hex')), facts };
  }

  free() {
    if (!this.#isOpen) throw new Error('null pointer passed to rust');
    this.#isOpen = false;
    CheckDouble.open--;
  }
}

/**
 * A server of `bytes` whose answers end after as many bytes as `cuts` says, one after the other, and then are whole; those of
 * `silent` do not end but say nothing more. `status` and `length` are what it says instead of the truth.
 */
export function server(bytes, { cuts = [], silent = [], ranges = true, status, length, gone = 0 } = {}) {
  const asked = [];
  const fetch = async (_, { headers, signal }) => {
    signal.throwIfAborted();
    const from = ranges && headers.range ? Number(/bytes=(\d+)-/.exec(headers.range)[1]) : 0;
    asked.push(headers.range ?? 'all');
    if (asked.length <= gone) throw new TypeError('Failed to fetch');
    if (status) return new Response(null, { status });
    const falls = silent[asked.length - 1];
    const cut = cuts[asked.length - 1] ?? falls;
    const part = bytes.subarray(from, cut === undefined ? undefined : Math.max(cut, from));
    let at = 0;
    const body = new ReadableStream({
      start(controller) {
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
      pull(controller) {
        if (at < part.length) controller.enqueue(part.slice(at, (at += 1000)));
        else if (cut === undefined) controller.close();
        else if (falls !== undefined) return new Promise(() => {});
        else controller.error(new TypeError('network error'));
      },
    });
    return new Response(body, {
      status: ranges && from > 0 ? 206 : 200,
      headers: { 'content-length': String(length ?? bytes.length - from) },
    });
  };
  return { fetch, asked };
}
