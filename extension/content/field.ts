// The field with the keyboard: what it holds, and putting another text there without harm to it or its editor.

import { type AnchorRect, failure, type Result, success } from '../shared/messages';
import { type Change, smallestChange } from './change';
import { type Item, TextMap } from './text-map';

/** Text in a field that may be rewritten: the part that is selected, else all of it. */
export interface Field {
  text: string;
  rect: AnchorRect;
  /** Puts `text` in its place by one step of undo, or leaves the field as it was. */
  apply(text: string): Promise<'applied' | 'failed'>;
}

/** A kind of field. Offsets count UTF-16 units of what `read` gives. */
interface Surface {
  element: HTMLElement;
  read(): string;
  /** The selected units; null where nothing is selected. */
  selected(): { start: number; end: number } | null;
  /** Selects the units, for the editor to act upon. False where they cannot be selected. */
  select(start: number, end: number): boolean;
  /** `text` as this kind of field can hold it. */
  adapt(text: string): string;
  /** Whether the person could type here now. */
  writable(): boolean;
}

/** Kinds of `input` that hold prose; all the others are protected. */
const PROSE_INPUTS = new Set(['text', 'search']);
/** Values of `autocomplete`, and names, of what nobody but its owner must read. */
const PRIVATE_AUTOCOMPLETE = /^(one-time-code|current-password|new-password|cc-.*)$/;
const PRIVATE_NAME = /passw|passphrase|\botp\b|one.?time.?(code|pass)|\bcv[cv]2?\b|card.?(num|no\b)|security.?code|\biban\b/i;

/** Finds the field that has the focus, through open shadow roots. */
export function focusedField(): Result<Field> {
  const element = deepActiveElement();
  const surface = element && surfaceOf(element);
  if (!element || !surface) return failure('field-gone', 'no field has the focus');
  if (isPrivate(surface.element)) return failure('field-protected', 'the field holds a secret');
  if (!surface.writable()) return failure('field-protected', 'the field cannot be written');
  const all = surface.read();
  const selected = surface.selected();
  const span = selected && all.slice(selected.start, selected.end).trim() ? selected : { start: 0, end: all.length };
  const text = all.slice(span.start, span.end);
  if (!text.trim()) return failure('empty-selection', 'the field is empty');
  const { x, y, width, height } = surface.element.getBoundingClientRect();
  return success({
    text,
    rect: { x, y, width, height },
    apply: (replacement) => apply(surface, all, span, replacement),
  });
}

async function apply(
  surface: Surface,
  before: string,
  span: { start: number; end: number },
  replacement: string,
): Promise<'applied' | 'failed'> {
  if (!isReady(surface, before)) return 'failed';
  const after = before.slice(0, span.start) + surface.adapt(replacement) + before.slice(span.end);
  const change = smallestChange(before, after);
  if (change.start === change.end && change.text === '') return 'applied';
  surface.element.focus({ preventScroll: true });
  if (!surface.select(change.start, change.end)) return 'failed';
  // Editors that keep a selection of their own learn of the new one by an event of the next turn.
  await frames(1);
  if (!isReady(surface, before)) return 'failed';
  insert(change);
  await frames(2);
  if (surface.element.isConnected && surface.read() === after) return 'applied';
  if (surface.element.isConnected && surface.read() !== before) {
    document.execCommand('undo');
    await frames(2);
  }
  return 'failed';
}

/** Whether the field is there, can be written and still holds what was read. */
function isReady(surface: Surface, before: string): boolean {
  return surface.element.isConnected && surface.writable() && !isPrivate(surface.element) && surface.read() === before;
}

/** One insertion through the editor's own input path: its events fire, and its undo knows it as one step. */
function insert({ text }: Change): void {
  if (text === '') document.execCommand('delete');
  else document.execCommand('insertText', false, text);
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

function deepActiveElement(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

function surfaceOf(element: Element): Surface | null {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return inputSurface(element);
  if (element instanceof HTMLElement && element.isContentEditable) return editableSurface(editingHost(element));
  return null;
}

function isPrivate(element: HTMLElement): boolean {
  const style = getComputedStyle(element);
  const masked = (style.getPropertyValue('-webkit-text-security') || 'none') !== 'none';
  const named = [element.id, element.getAttribute('name'), element.getAttribute('aria-label')];
  const tokens = (element.getAttribute('autocomplete') ?? '').toLowerCase().split(/\s+/);
  return (
    masked ||
    (element instanceof HTMLInputElement && !PROSE_INPUTS.has(element.type)) ||
    tokens.some((token) => PRIVATE_AUTOCOMPLETE.test(token)) ||
    named.some((name) => name !== null && PRIVATE_NAME.test(name))
  );
}

function inputSurface(element: HTMLInputElement | HTMLTextAreaElement): Surface {
  return {
    element,
    read: () => element.value,
    selected() {
      const { selectionStart: start, selectionEnd: end } = element;
      return start !== null && end !== null && start < end ? { start, end } : null;
    },
    select(start, end) {
      element.setSelectionRange(start, end);
      return element.selectionStart === start && element.selectionEnd === end;
    },
    adapt: (text) => {
      const unix = text.replace(/\r\n?/g, '\n');
      return element instanceof HTMLInputElement ? unix.replace(/\n+/g, ' ') : unix;
    },
    writable: () => !element.readOnly && !element.matches(':disabled'),
  };
}

/** The outermost element that is edited together with `element`. */
function editingHost(element: HTMLElement): HTMLElement {
  let host = element;
  while (host.parentElement?.isContentEditable) host = host.parentElement;
  return host;
}

function editableSurface(element: HTMLElement): Surface {
  const map = (): TextMap => TextMap.of(editableItems(element));
  const root = element.getRootNode();
  // A selection inside a shadow root is told by that root alone.
  const selection = (): Selection | null =>
    root instanceof ShadowRoot && 'getSelection' in root
      ? (root.getSelection as () => Selection | null)()
      : document.getSelection();
  return {
    element,
    read: () => plain(map().text),
    selected() {
      const current = selection();
      if (!current || current.isCollapsed || current.rangeCount === 0) return null;
      return map().span(current.getRangeAt(0));
    },
    select(start, end) {
      const range = rangeFor(map(), start, end);
      if (!range) return false;
      selection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
      return true;
    },
    adapt: (text) => plain(text.replace(/\r\n?/g, '\n').replace(/\n{2,}/g, '\n')),
    writable: () => element.isContentEditable,
  };
}

/** The range of units `start..end`; an empty one stands behind the unit before it, or at the start of the first. */
function rangeFor(map: TextMap, start: number, end: number): Range | null {
  if (start < end) return map.range(start, end);
  const range = start > 0 ? map.range(start - 1, start) : map.range(0, 1);
  range?.collapse(start === 0);
  return range;
}

/** Editors write no-break spaces where a space would collapse: both count as a space. */
function plain(text: string): string {
  return text.replace(/\u00a0/g, ' ');
}

/** The text of an editing host: blocks and line breaks part lines. */
function* editableItems(element: Element): Generator<Item> {
  const style = getComputedStyle(element);
  if (style.display === 'none') return;
  const inline = style.display === 'contents' || style.display.startsWith('inline');
  const preserve = style.whiteSpaceCollapse !== 'collapse' && style.whiteSpaceCollapse !== 'preserve-breaks';
  if (!inline) yield { kind: 'break', mark: '\n' };
  for (const child of element.childNodes) {
    if (child instanceof Text) {
      yield { kind: 'text', node: child, from: 0, to: child.length, preserve, block: 0 };
    } else if (child instanceof Element) {
      if (child.tagName === 'BR') yield { kind: 'break', mark: '\n' };
      else yield* editableItems(child);
    }
  }
  if (!inline) yield { kind: 'break', mark: '\n' };
}
