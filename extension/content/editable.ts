// Editing hosts: contenteditable, with or without an editor of the page's own upon it.

import { type Change, enclosing, touchesLines } from './change';
import { isBlock, isInline } from './format';
import { rewrittenHtml } from './html';
import { paste } from './input-path';
import { looksOf } from './looks';
import type { Insertion, Surface } from './surface';
import { type Item, TextMap } from './text-map';

/** What stands for itself, and is no text. */
const MEDIA = 'img, picture, video, audio, canvas, svg, math, object, embed, iframe, hr, input, button, select';
/** What would be lost with the text around it. */
const OBJECTS = `${MEDIA}, table, [contenteditable=false]`;
/** An empty element of this height, in CSS pixels, holds the place of several lines. */
const MIN_GAP = 100;

/** The editing host around `element`. */
export function editableSurface(element: HTMLElement): Surface {
  const host = editingHost(element);
  const map = (): TextMap => TextMap.of(editableItems(host));
  return {
    element: host,
    read: () => plain(map().text),
    looks: () => looksOf(map(), host),
    selected() {
      const range = selectedRange(host);
      return range && map().span(range);
    },
    isWhole() {
      const range = selectedRange(host);
      return !gapsIn(host).some((gap) => !range || range.intersectsNode(gap));
    },
    adapt: (text) => plain(text.replace(/\r\n?/g, '\n').replace(/\n{2,}/g, '\n')),
    writable: () => host.isContentEditable,
    insertion: (changes) => insertionAt(host, map(), changes),
  };
}

function insertionAt(host: HTMLElement, map: TextMap, changes: readonly Change[]): Insertion | null {
  const smallest = neverEmpty(map.text, enclosing(map.text, changes));
  const asHtml = isFormatted(host, map, smallest, changes);
  const whole = asHtml ? wholeBlocks(map, smallest) : smallest;
  const range = rangeFor(map, whole.start, whole.end);
  if (!range || holdsObjects(range)) return null;
  const html = asHtml ? rewrittenHtml(host, map, whole, changes) : null;
  const target = range.startContainer.parentElement ?? host;
  const [from, to] = [lengthBefore(host, range.startContainer, range.startOffset), lengthBefore(host, range.endContainer, range.endOffset)];
  return {
    select() {
      const { startContainer, startOffset, endContainer, endOffset } = range;
      selectionAt(host)?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    },
    isSelected() {
      const now = selectionAt(host);
      if (!now || now.rangeCount === 0) return false;
      const { startContainer, startOffset, endContainer, endOffset } = now.getRangeAt(0);
      return lengthBefore(host, startContainer, startOffset) === from && lengthBefore(host, endContainer, endOffset) === to;
    },
    insert: () => paste(target, whole.text, html),
  };
}

/** A change that only deletes, widened by what stands next to it: a paste of nothing is no paste. */
function neverEmpty(text: string, { start, end, text: inside }: Change): Change {
  if (inside !== '') return { start, end, text: inside };
  if (/\S/.test(text.charAt(end))) return { start, end: end + 1, text: text.charAt(end) };
  const from = text.slice(0, start).search(/\S\s*$/);
  return from < 0 ? { start, end, text: '' } : { start: from, end, text: text.slice(from, start) };
}

/**
 * A change over more than one line, widened to whole blocks: what editors make of half a paragraph that is pasted into another
 * half differs, and whole ones stay whole.
 */
function wholeBlocks(map: TextMap, { start, end, text }: Change): Change {
  if (!map.text.slice(start, end).includes('\n')) return { start, end, text };
  const first = blockAt(map, start);
  const last = blockAt(map, end - 1);
  const from = map.pieces.find(({ node }) => first?.contains(node))?.start ?? start;
  const behind = map.pieces.findLast(({ node }) => last?.contains(node));
  const to = behind ? behind.start + behind.length : end;
  return { start: from, end: to, text: map.text.slice(from, start) + text + map.text.slice(end, to) };
}

/** The block that unit `at` stands in. */
function blockAt(map: TextMap, at: number): Element | null {
  const piece = map.pieces.find(({ start, length }) => start <= at && at < start + length);
  let element = piece?.node.parentElement ?? null;
  while (element?.parentElement && !isBlock(getComputedStyle(element))) element = element.parentElement;
  return element;
}

/** How much text of `host` stands before a place, however an editor names the place. */
function lengthBefore(host: Element, node: Node, offset: number): number {
  const range = document.createRange();
  range.setStart(host, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** Whether text that stays is formatted or parted by lines, so that plain text in its place would not do. */
function isFormatted(host: HTMLElement, map: TextMap, { start, end }: Change, changes: readonly Change[]): boolean {
  // HTML is written along the lines that are there: what parts or joins them goes as plain text.
  if (changes.length === 1 || touchesLines(map.text, changes)) return false;
  return new Set(looksOf(map, host).units.slice(start, end)).size > 1;
}

function holdsObjects(range: Range): boolean {
  const common = range.commonAncestorContainer;
  if (!(common instanceof Element)) return false;
  return [...common.querySelectorAll(OBJECTS)].some((object) => {
    const { width, height } = object.getBoundingClientRect();
    return width > 0 && height > 0 && range.intersectsNode(object);
  });
}

/** The outermost element that is edited together with `element`. */
function editingHost(element: HTMLElement): HTMLElement {
  let host = element;
  while (host.parentElement?.isContentEditable) host = host.parentElement;
  return host;
}

/** A selection inside a shadow root is told by that root alone. */
function selectionAt(host: HTMLElement): Selection | null {
  const root = host.getRootNode();
  return root instanceof ShadowRoot && 'getSelection' in root
    ? (root.getSelection as () => Selection | null)()
    : document.getSelection();
}

function selectedRange(host: HTMLElement): Range | null {
  const selection = selectionAt(host);
  return selection && !selection.isCollapsed && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
}

/** Elements that only hold the place of text: editors of long documents keep in the page what is in view, and leave room for the rest. */
function gapsIn(host: HTMLElement): Element[] {
  return [...host.querySelectorAll(':empty')].filter(
    (element) => !element.matches(MEDIA) && element.getBoundingClientRect().height > MIN_GAP,
  );
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
  const inline = isInline(style);
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
