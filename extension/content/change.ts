// What a rewrite changes of a text: a list of replacements in order, none of which overlap. Offsets count UTF-16 units.

import type { DiffPart } from '../generated/protocol';

/** A replacement of units `start..end` by `text`. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

/** The smallest single replacement that makes `after` of `before`; it never parts a surrogate pair. */
export function smallestChange(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  if (head > 0 && isHighSurrogate(before, head - 1)) head--;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (tail > 0 && isLowSurrogate(before, before.length - tail)) tail--;
  return { start: head, end: before.length - tail, text: after.slice(head, after.length - tail) };
}

/** The changes that `parts` make to the text that begins at `offset`, each as small as it can be. */
export function changesOf(parts: readonly DiffPart[], offset: number): Change[] {
  const changes: Change[] = [];
  let at = offset;
  let before = '';
  let after = '';
  const settle = (): void => {
    const { start, end, text } = smallestChange(before, after);
    if (start < end || text !== '') changes.push({ start: at + start, end: at + end, text });
    at += before.length;
    before = after = '';
  };
  for (const { kind, text } of parts) {
    if (kind === 'delete') before += text;
    else if (kind === 'insert') after += text;
    else {
      settle();
      at += text.length;
    }
  }
  settle();
  return changes;
}

/** `text` with the changes made. */
export function changed(text: string, changes: readonly Change[]): string {
  let at = 0;
  let result = '';
  for (const change of changes) {
    result += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return result + text.slice(at);
}

/** The smallest single replacement that encloses all changes, of which there is at least one. */
export function enclosing(text: string, changes: readonly Change[]): Change {
  const start = Math.min(...changes.map((change) => change.start));
  const end = Math.max(...changes.map((change) => change.end));
  const inside = changes.map((change) => ({ ...change, start: change.start - start, end: change.end - start }));
  return { start, end, text: changed(text.slice(start, end), inside) };
}

/** Whether a change parts or joins lines of `text`. */
export function touchesLines(text: string, changes: readonly Change[]): boolean {
  return changes.some((change) => (text.slice(change.start, change.end) + change.text).includes('\n'));
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
