// The field with the keyboard: what it holds, and putting another text there without harm to it or its editor.

import type { DiffPart } from '../generated/protocol';
import { type AnchorRect, failure, type Result, success } from '../shared/messages';
import type { Applied } from './card-types';
import { type Change, changed, changesOf, smallestChange, touchesLines } from './change';
import { undo } from './input-path';
import type { Looks } from './looks';
import { isPrivate } from './private';
import { type Surface, surfaceOf } from './surface';

/** Editors that get the focus put their own selection back a moment later: ProseMirror after 20 ms, CKEditor after 50. */
const FOCUS_MS = 100;
/** Editors that keep a selection of their own learn of a new one later: Slate looks at most every 100 ms. */
const SELECTION_MS = 150;

/** How long an editor may take to show what was put in. */
const VERIFY_MS = 500;

/** Text in a field that may be rewritten: the part that is selected, else all of it. */
export interface Field {
  text: string;
  rect: AnchorRect;
  /** Makes the changes of `parts`, a diff of `text`, by one step of undo. */
  apply(parts: readonly DiffPart[]): Promise<Applied>;
}

/** Units of a field's text. */
interface Span {
  start: number;
  end: number;
}

/** Finds the field that has the focus, through open shadow roots. */
export function focusedField(): Result<Field> {
  const element = deepActiveElement();
  const surface = element && surfaceOf(element);
  if (!element || !surface) return failure('field-gone', 'no field has the focus');
  if (isPrivate(surface.element)) return failure('field-protected', 'the field holds a secret');
  if (!isWritable(surface)) return failure('field-protected', 'the field cannot be written');
  if (!surface.isWhole()) return failure('context-full', 'the editor keeps a part of the text out of the page');
  const all = surface.read();
  const selected = surface.selected();
  const span = selected && all.slice(selected.start, selected.end).trim() ? selected : { start: 0, end: all.length };
  const text = all.slice(span.start, span.end);
  if (!text.trim()) return failure('empty-selection', 'the field is empty');
  const { x, y, width, height } = surface.element.getBoundingClientRect();
  return success({
    text,
    rect: { x, y, width, height },
    apply: (parts) => apply(surface, all, plan(surface, all, span, parts)),
  });
}

const APPLIED: Applied = { kind: 'applied' };
const FAILED: Applied = { kind: 'failed' };

/** What is to become of a text. */
interface Plan {
  changes: readonly Change[];
  after: string;
}

function plan(surface: Surface, before: string, span: Span, parts: readonly DiffPart[]): Plan {
  const rewrite = parts.filter(({ kind }) => kind !== 'delete').map(({ text }) => text);
  const after = before.slice(0, span.start) + surface.adapt(rewrite.join('')) + before.slice(span.end);
  const changes = changesOf(parts, span.start).map((change) => ({ ...change, text: surface.adapt(change.text) }));
  if (changed(before, changes) === after) return { changes, after };
  // What was adapted reaches over the ends of the parts.
  const change = smallestChange(before, after);
  return { changes: before === after ? [] : [change], after };
}

async function apply(surface: Surface, before: string, { changes, after }: Plan): Promise<Applied> {
  if (!isReady(surface, before)) return FAILED;
  if (changes.length === 0) return APPLIED;
  const looks = surface.looks();
  surface.element.focus({ preventScroll: true });
  await pause(FOCUS_MS);
  const insertion = surface.insertion(changes);
  if (!insertion) return FAILED;
  insertion.select();
  await pause(SELECTION_MS);
  if (!isReady(surface, before) || !insertion.isSelected()) return FAILED;
  insertion.insert();
  const isApplied = (): boolean =>
    surface.element.isConnected && surface.read() === after && isKept(looks, surface.looks(), before, changes);
  if (await comesTrue(isApplied)) return APPLIED;
  if (surface.element.isConnected && surface.read() !== before) {
    undo(surface.element);
    const isRestored = (): boolean => surface.read() === before && isKept(looks, surface.looks(), before, []);
    if (!(await comesTrue(isRestored))) return { kind: 'harmed', before };
  }
  return FAILED;
}

/** Whether it is so once the page has drawn itself again; a slow one has a little longer. */
async function comesTrue(probe: () => boolean): Promise<boolean> {
  const end = performance.now() + VERIFY_MS;
  await frames(2);
  while (!probe()) {
    if (performance.now() > end) return false;
    await frames(1);
  }
  return true;
}

/** Whether the person could type here now, by what the field is and by what it says of itself. */
function isWritable({ element, writable }: Surface): boolean {
  return writable() && !element.matches('[aria-readonly=true]') && !element.closest('[aria-disabled=true]');
}

/** Whether the field is there, can be written and still holds what was read. */
function isReady(surface: Surface, before: string): boolean {
  return surface.element.isConnected && isWritable(surface) && !isPrivate(surface.element) && surface.read() === before;
}

/** Whether all that was not changed looks as it did: the text that stays, and the blocks, where no line is parted or joined. */
function isKept(before: Looks | null, after: Looks | null, text: string, changes: readonly Change[]): boolean {
  if (!before || !after) return before === after;
  if (!touchesLines(text, changes) && !areEqual(before.blocks, after.blocks)) return false;
  let [from, to] = [0, 0];
  for (const { start, end, text } of [...changes, { start: before.units.length, end: before.units.length, text: '' }]) {
    const length = start - from;
    if (!areEqual(before.units.slice(from, start), after.units.slice(to, to + length))) return false;
    from = end;
    to += length + text.length;
  }
  return to === after.units.length;
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function frames(count: number): Promise<void> {
  return new Promise((resolve) => {
    const step = (left: number): void => {
      if (left === 0) resolve();
      else requestAnimationFrame(() => step(left - 1));
    };
    step(count);
  });
}

/** The element with the focus, inside open shadow roots too. */
export function deepActiveElement(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
