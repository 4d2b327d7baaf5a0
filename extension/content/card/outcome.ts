// A rewrite as far as it has come.

import type { Diff, DiffPart, EndReason, ErrorCode, Event } from '../../generated/protocol';

export type Stage =
  | { kind: 'waiting'; ahead: number }
  | { kind: 'writing' }
  | { kind: 'done'; reason: EndReason }
  | { kind: 'failed'; code: ErrorCode };

export interface Outcome {
  stage: Stage;
  /** What was written so far. */
  text: string;
  /** How it differs from the original; there once the rewrite is whole. */
  diff: Diff | null;
}

export function newOutcome(): Outcome {
  return { stage: { kind: 'waiting', ahead: 0 }, text: '', diff: null };
}

/** Takes an event in. */
export function takeEvent(outcome: Outcome, event: Event): void {
  switch (event.type) {
    case 'queued':
      outcome.stage = { kind: 'waiting', ahead: event.ahead };
      break;
    case 'reading':
      outcome.stage = { kind: 'waiting', ahead: 0 };
      break;
    case 'text':
      outcome.stage = { kind: 'writing' };
      outcome.text += event.text;
      break;
    case 'diff':
      outcome.diff = { parts: event.parts, flags: event.flags };
      break;
    case 'done':
      outcome.stage = { kind: 'done', reason: event.reason };
      break;
    case 'failed':
      outcome.stage = { kind: 'failed', code: event.code };
      break;
    case 'sentence':
      break;
  }
}

export function isRunning({ stage }: Outcome): boolean {
  return stage.kind === 'waiting' || stage.kind === 'writing';
}

/** The new wording: what the diff leads to, where there is one, else what was written so far. */
export function wording({ diff, text }: Outcome): string {
  if (!diff) return text;
  return diff.parts
    .filter((part) => part.kind !== 'delete')
    .map((part) => part.text)
    .join('');
}

/** How the new wording differs from `original`: by words, where the diff is there, else as a whole. */
export function rewriteParts({ diff, text }: Outcome, original: string): DiffPart[] {
  return (
    diff?.parts ?? [
      { kind: 'delete', text: original },
      { kind: 'insert', text },
    ]
  );
}

/** Whether the whole rewrite is there and equals the original. */
export function isUnchanged({ diff }: Outcome): boolean {
  return diff !== null && diff.parts.every((part) => part.kind === 'equal');
}

/** Why the user must confirm before this replaces the original: it lost something protected, or it is not the whole. */
export function doubt(outcome: Outcome): 'flags' | 'partial' | null {
  if (outcome.diff && outcome.diff.flags.length > 0) return 'flags';
  return outcome.stage.kind === 'done' && outcome.stage.reason === 'complete' ? null : 'partial';
}
