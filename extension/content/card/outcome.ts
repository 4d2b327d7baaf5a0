// A rewrite as far as it has come.

import type { Correction, Diff, DiffPart, EndReason, ErrorCode, Event } from '../../generated/protocol';

/** `asking`: nothing was started, because the user has yet to say what. */
export type Stage =
  | { kind: 'asking' }
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
  /** Of proofread text, the corrections that are to be made, by their place in the diff. */
  accepted: Set<number>;
}

export function newOutcome(): Outcome {
  return { stage: { kind: 'waiting', ahead: 0 }, text: '', diff: null, accepted: new Set() };
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
    case 'diff': {
      const { type: _, ...diff } = event;
      outcome.diff = diff;
      outcome.accepted = new Set(event.corrections.flatMap(({ suggested }, i) => (suggested ? [i] : [])));
      break;
    }
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

/** The new wording of `original`: what the diff leads to, where there is one, else what was written so far. */
export function wording(outcome: Outcome, original: string): string {
  if (!outcome.diff) return outcome.text;
  return rewriteParts(outcome, original)
    .filter((part) => part.kind !== 'delete')
    .map((part) => part.text)
    .join('');
}

/**
 * How the new wording differs from `original`: of proofread text by the corrections that are accepted, else by words, where
 * the diff is there, else as a whole.
 */
export function rewriteParts({ diff, text, accepted }: Outcome, original: string): DiffPart[] {
  if (!diff) {
    return [
      { kind: 'delete', text: original },
      { kind: 'insert', text },
    ];
  }
  return diff.corrections.length > 0 ? corrected(original, diff.corrections.filter((_, i) => accepted.has(i))) : diff.parts;
}

function corrected(original: string, corrections: readonly Correction[]): DiffPart[] {
  const parts: DiffPart[] = [];
  const add = (kind: DiffPart['kind'], text: string) => {
    if (text !== '') parts.push({ kind, text });
  };
  let at = 0;
  for (const { start, end, text } of corrections) {
    add('equal', original.slice(at, start));
    add('delete', original.slice(start, end));
    add('insert', text);
    at = end;
  }
  add('equal', original.slice(at));
  return parts;
}

/** Whether the whole rewrite is there and equals the original. */
export function isUnchanged({ diff }: Outcome): boolean {
  return diff !== null && diff.parts.every((part) => part.kind === 'equal');
}

/**
 * Why the user must confirm before this replaces the original: it lost or brought something that matters, or it is not the
 * whole. A correction that touches something protected is made only where the user has accepted it: that is confirmed already.
 */
export function doubt(outcome: Outcome): 'flags' | 'partial' | null {
  const { diff } = outcome;
  const isDoubtful = diff && diff.corrections.length === 0 && (diff.flags.length > 0 || diff.added.length > 0);
  if (isDoubtful || diff?.notes.some(({ kind }) => kind !== 'kept')) return 'flags';
  return outcome.stage.kind === 'done' && outcome.stage.reason === 'complete' ? null : 'partial';
}
