// Selected code in a thread: explained, or with comments added to it.

import type { ExplainKind, Job, Source } from '../generated/protocol';
import { newId } from '../shared/id';
import type { Answer } from './answer';
import type { CopyFormat } from './copy';
import type { Entry } from './thread';

/** Some code, with what was done with it so far. */
export interface CodeEntry {
  kind: 'code';
  id: string;
  /** Index into the thread's `texts`. */
  text: number;
  /** What is shown. */
  task: ExplainKind;
  answers: Partial<Record<ExplainKind, Answer>>;
}

export function newCodeEntry(text: number, task: ExplainKind): CodeEntry {
  return { kind: 'code', id: newId(), text, task, answers: {} };
}

export function codeJob({ task }: CodeEntry, source: Source | null): Job {
  if (!source) throw new Error('code without a text');
  return { type: 'explain', source, kind: task };
}

/** Whether the answer that an entry shows is code itself. */
export function isCommented(entry: Entry): boolean {
  return entry.kind === 'code' && entry.task === 'comment';
}

/** Code for the clipboard: as it is, or in a fence that it cannot close. */
export function copyCode(text: string, source: Source | null, format: CopyFormat): string {
  if (format === 'plain') return text;
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${source?.code?.language ?? ''}\n${text.trimEnd()}\n${fence}\n`;
}
