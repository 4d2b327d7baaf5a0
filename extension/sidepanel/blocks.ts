// Generated text as paragraphs and lists, with the offsets of its sentences.

import type { Sentence } from '../generated/protocol';

/** A run of text within a block: a sentence or a part of one, or what belongs to none (yet). */
export interface Run {
  start: number;
  end: number;
  text: string;
  sentence: Sentence | null;
}

/** A paragraph, or one item of a list. Items that follow each other make one list. */
export interface Block {
  kind: 'paragraph' | 'bullet' | 'numbered';
  /** The number written before a numbered item. */
  number: number | null;
  runs: Run[];
}

const MARKER = /^[ \t]*(?:([-*•])|(\d{1,3})[.)])(?:[ \t]+|$)/;

/**
 * Cuts `text` into blocks: a line that begins with `- `, `* `, `• ` or `1. ` is an item, any other line a paragraph;
 * blank lines, and markers with nothing behind them (yet), are dropped. Offsets count UTF-16 units of `text`, as those of
 * `sentences` do.
 */
export function toBlocks(text: string, sentences: readonly Sentence[]): Block[] {
  const blocks: Block[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const marker = MARKER.exec(line);
    const start = lineStart + (marker ? marker[0].length : line.length - line.trimStart().length);
    const end = lineStart + line.trimEnd().length;
    if (end > start) {
      const kind = !marker ? 'paragraph' : marker[1] ? 'bullet' : 'numbered';
      blocks.push({
        kind,
        number: marker?.[2] ? Number(marker[2]) : null,
        runs: toRuns(text, start, end, sentences),
      });
    }
    lineStart += line.length + 1;
  }
  return blocks;
}

function toRuns(text: string, start: number, end: number, sentences: readonly Sentence[]): Run[] {
  const runs: Run[] = [];
  let at = start;
  const add = (to: number, sentence: Sentence | null) => {
    if (to <= at) return;
    runs.push({ start: at, end: to, text: text.slice(at, to), sentence });
    at = to;
  };
  for (const sentence of sentences) {
    if (sentence.end <= at || sentence.start >= end) continue;
    add(Math.max(sentence.start, at), null);
    add(Math.min(sentence.end, end), sentence);
  }
  add(end, null);
  return runs;
}

/** Whether two blocks look the same on the screen. */
export function sameBlock(a: Block, b: Block): boolean {
  return (
    a.kind === b.kind &&
    a.number === b.number &&
    a.runs.length === b.runs.length &&
    a.runs.every((run, i) => run.text === b.runs[i]!.text && run.sentence === b.runs[i]!.sentence)
  );
}
