// Files of this computer into the private file system: checked while they are copied, so that what is no model is refused before
// a gigabyte of it has been.

import type { FileReport } from '../generated/protocol';
import { type Check, FLUSH_BYTES, type OpenFile, writeAll } from './files';

/** What there is of a chosen file. */
export interface Given {
  name: string;
  size: number;
  stream(): ReadableStream<Uint8Array>;
}

const PART = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i;

/** A model's files in order; `missing` parts were not given. */
export interface Group<F> {
  fileName: string;
  files: F[];
  missing: number;
}

/** Which of the chosen files belong together, by their names. */
export function group<F extends { name: string }>(files: readonly F[]): Group<F>[] {
  const groups: { stem: string; count: number; files: Map<number, F> }[] = [];
  for (const file of files) {
    const [, stem = file.name, number = '1', count = '1'] = PART.exec(file.name) ?? [];
    const [part, parts] = [Number(number), Number(count)];
    // Files of different folders may have one name.
    let own = groups.find((one) => one.stem === stem && one.count === parts && !one.files.has(part));
    if (!own) groups.push((own = { stem, count: parts, files: new Map() }));
    own.files.set(part, file);
  }
  return groups.map(({ files, count }) => {
    const sorted = [...files].sort(([a], [b]) => a - b).map(([, file]) => file);
    return { fileName: sorted[0]!.name, files: sorted, missing: count - sorted.length };
  });
}

/** A file, and the place that it is copied to. */
export interface Copy {
  given: Given;
  open(): Promise<OpenFile>;
}

/** Copies the files of a model, one after the other. Rejects with what is wrong with it, or with the reason of `signal`. */
export async function takeIn(copies: readonly Copy[], check: Check, signal: AbortSignal, progress: (bytes: number) => void): Promise<FileReport> {
  try {
    let before = 0;
    for (const { given, open } of copies) {
      const file = await open();
      try {
        await copy(given, file, check, signal, (done) => progress(before + done));
      } finally {
        file.close();
      }
      before += given.size;
    }
  } catch (error) {
    check.free();
    throw error;
  }
  return check.finish();
}

async function copy(given: Given, file: OpenFile, check: Check, signal: AbortSignal, progress: (bytes: number) => void): Promise<void> {
  const reader = given.stream().getReader();
  let done = 0;
  let flushed = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done: isEnd, value } = await reader.read();
      if (isEnd) break;
      // The header is in front: nothing is written of a file that it refuses.
      check.push(value);
      writeAll(file, value, done);
      done += value.length;
      if (done - flushed > FLUSH_BYTES) {
        file.flush();
        flushed = done;
      }
      progress(done);
    }
    file.flush();
  } finally {
    reader.cancel().catch(() => {});
  }
}
