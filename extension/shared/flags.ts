// Flagged spans of text.

import type { Flag } from '../generated/protocol';

/** A piece of text: flagged or not. */
export interface Piece {
  text: string;
  flag: Flag | null;
}

/** Cuts `text`, which stands at offset `start`, where a flag begins or ends. The pieces joined are `text`. */
export function cutAtFlags(text: string, start: number, flags: readonly Flag[]): Piece[] {
  const pieces: Piece[] = [];
  const end = start + text.length;
  let at = start;
  const add = (to: number, flag: Flag | null) => {
    if (to <= at) return;
    pieces.push({ text: text.slice(at - start, to - start), flag });
    at = to;
  };
  for (const flag of flags) {
    if (flag.end <= at || flag.start >= end) continue;
    add(Math.max(flag.start, at), null);
    add(Math.min(flag.end, end), flag);
  }
  add(end, null);
  return pieces;
}
