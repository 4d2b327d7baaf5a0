// What the store needs of files and of the engine, so that it can be tested without a browser.

import type { ErrorCode, FileRefusal, FileReport } from '../generated/protocol';

/** An open file in the private file system. */
export interface OpenFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
  flush(): void;
  close(): void;
}

/** Checks a model while its files come: the engine's `FileCheck`. */
export interface Check {
  /** Throws a `FileRefusal`. */
  push(bytes: Uint8Array): void;
  /** Throws a `FileRefusal`. */
  finish(): FileReport;
  free(): void;
}

/** Why a model did not come. */
export class Refused extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** What was thrown, as a cause that the user can be told; `otherwise` where it is none that is known. */
export function refused(error: unknown, otherwise: ErrorCode): Refused {
  if (error instanceof Refused) return error;
  const { code, message, name } = error as Partial<FileRefusal> & { name?: string };
  if (name === 'QuotaExceededError') return new Refused('disk-full', String(message));
  if (typeof code === 'string' && !(error instanceof Error)) return new Refused(code, String(message));
  return new Refused(otherwise, String(message ?? error));
}

/** Writes all of `bytes`. */
export function writeAll(file: OpenFile, bytes: Uint8Array, at: number): void {
  const written = file.write(bytes, { at });
  if (written < bytes.length) throw new Refused('disk-full', `only ${written} of ${bytes.length} bytes could be written`);
}

/** Bytes after which what is written is brought to the disk: so much a crash can cost. */
export const FLUSH_BYTES = 32 << 20;
