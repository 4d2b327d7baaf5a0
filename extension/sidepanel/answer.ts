// One answer of the engine, as far as it has come.

import type { Diff, Doubt, EndReason, ErrorCode, Event, Instead, Sentence, SourceRange, Stats, StepKind } from '../generated/protocol';

/** What the engine is doing for an answer. */
export type Progress =
  /** Sent; nothing heard yet. */
  | { kind: 'waiting' }
  | { kind: 'queued'; ahead: number }
  | { kind: 'reading'; done: number; total: number }
  | { kind: 'writing' }
  | { kind: 'done'; reason: EndReason; stats: Stats }
  | { kind: 'failed'; code: ErrorCode; detail: string };

/** Plain data: it is kept in the session's storage, and goes on from `seq` when the panel opens again. */
export interface Answer {
  requestId: string;
  /** Number of the last event taken in; -1 before the first. */
  seq: number;
  progress: Progress;
  text: string;
  sentences: Sentence[];
  /** How code with comments differs from the code, once it is complete. */
  diff: Diff | null;
  /** Tokens of the prompt, once known. */
  promptTokens: number | null;
  /** How much of the source the model sees, in UTF-16 units, and where it stands, where it is not all. */
  seen: { used: number; total: number; ranges: SourceRange[] } | null;
  /** The step that it is at, or ended at, where the source is read in parts. */
  step: { kind: StepKind; number: number; of: number } | null;
  /** What was written before `text` and did not hold; the last of it, where it was twice. */
  withdrawn: { doubt: Doubt; instead: Instead; text: string } | null;
}

/** An answer that was asked for under `requestId`, before its first event. */
export function newAnswer(requestId: string): Answer {
  const progress = { kind: 'waiting' } as const;
  return {
    requestId,
    seq: -1,
    progress,
    text: '',
    sentences: [],
    diff: null,
    promptTokens: null,
    seen: null,
    step: null,
    withdrawn: null,
  };
}

/** Whether events are still to come. */
export function isRunning(answer: Answer): boolean {
  return answer.progress.kind !== 'done' && answer.progress.kind !== 'failed';
}

/** Takes event number `seq` in. Events seen before, and events after the end, change nothing. */
export function takeEvent(answer: Answer, event: Event, seq: number): void {
  if (seq <= answer.seq || !isRunning(answer)) return;
  answer.seq = seq;
  switch (event.type) {
    case 'queued':
      answer.progress = { kind: 'queued', ahead: event.ahead };
      break;
    case 'context':
      answer.seen = { used: event.usedUnits, total: event.totalUnits, ranges: event.ranges };
      break;
    case 'step':
      answer.step = { kind: event.kind, number: event.number, of: event.of };
      answer.progress = { kind: 'waiting' };
      break;
    case 'reading':
      answer.progress = { kind: 'reading', done: event.done, total: event.total };
      answer.promptTokens = event.total;
      break;
    case 'text':
      answer.progress = { kind: 'writing' };
      answer.text += event.text;
      break;
    case 'sentence': {
      const { type: _, ...sentence } = event;
      answer.sentences.push(sentence);
      break;
    }
    case 'withdrawn':
      answer.withdrawn = { doubt: event.doubt, instead: event.instead, text: answer.text };
      answer.text = '';
      answer.sentences = [];
      answer.progress = { kind: 'waiting' };
      break;
    case 'diff': {
      const { type: _, ...diff } = event;
      answer.diff = diff;
      break;
    }
    case 'done':
      answer.progress = { kind: 'done', reason: event.reason, stats: event.stats };
      // Of a source that was read in parts these are the tokens of all parts: more than the context ever held.
      if (!answer.step) answer.promptTokens = event.stats.promptTokens;
      break;
    case 'failed':
      answer.progress = { kind: 'failed', code: event.code, detail: event.message };
      break;
  }
}

/** Tokens of the context that the answer takes up, as far as known. */
export function tokensUsed(answer: Answer): number | null {
  if (answer.progress.kind === 'done' && !answer.step) return answer.progress.stats.promptTokens + answer.progress.stats.generatedTokens;
  return answer.promptTokens;
}
