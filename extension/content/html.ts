// A part of an editing host as HTML with a rewrite's changes made: text, what formats it, and the blocks it stands in. Nothing
// of the editor's own (classes, attributes, helpers) goes along, so that what is pasted is what a person would paste.

import type { Change } from './change';
import { formatOf, holdsBlocks, isBlock, isInline } from './format';
import type { TextMap } from './text-map';

/** Blocks that are written as they are. Of the others those that hold lines are paragraphs, and the rest only hold blocks. */
const KEPT = new Set(['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'PRE']);

/** The HTML of what `whole` encloses of `host`, with `changes` made, none of which parts or joins lines. */
export function rewrittenHtml(host: HTMLElement, map: TextMap, whole: Change, changes: readonly Change[]): string {
  const range = map.range(whole.start, whole.end);
  if (!range) return '';
  const writer = new Writer(host, map, range, whole, changes);
  const top = holderOf(range, host);
  for (const node of isList(top) ? [top] : top.childNodes) writer.write(node, writer.body);
  return writer.body.innerHTML;
}

class Writer {
  readonly #document = document.implementation.createHTMLDocument();
  readonly #host: Element;
  readonly #map: TextMap;
  readonly #range: Range;
  readonly #whole: Change;
  readonly #changes: readonly Change[];

  constructor(host: Element, map: TextMap, range: Range, whole: Change, changes: readonly Change[]) {
    this.#host = host;
    this.#map = map;
    this.#range = range;
    this.#whole = whole;
    this.#changes = changes.map((change) => anchored(change, map.text, whole.start));
  }

  get body(): HTMLElement {
    return this.#document.body;
  }

  /** Writes as much of `node` as is in the range. */
  write(node: Node, into: Element): void {
    if (!this.#range.intersectsNode(node)) return;
    if (node instanceof Text) this.#writeText(node, into);
    else if (node instanceof Element) this.#writeElement(node, into);
  }

  #writeElement(element: Element, into: Element): void {
    const style = getComputedStyle(element);
    if (style.display === 'none') return;
    if (element.tagName === 'BR') {
      into.append(this.#document.createElement('br'));
      return;
    }
    const tag = isBlock(style) ? blockTag(element) : null;
    const inner = tag === null ? into : into.appendChild(this.#document.createElement(tag));
    for (const child of element.childNodes) this.write(child, inner);
  }

  #writeText(node: Text, into: Element): void {
    const text = this.#map.pieces
      .filter((piece) => piece.node === node)
      .map(({ start, length }) => this.#rewritten(start, start + length))
      .join('');
    if (text === '') return;
    const { inline, href } = formatOf(node, this.#host);
    let inner = into;
    if (href !== null) {
      const link = this.#document.createElement('a');
      link.setAttribute('href', href);
      inner = inner.appendChild(link);
    }
    for (const tag of inline) inner = inner.appendChild(this.#document.createElement(tag));
    inner.append(text);
  }

  /** What becomes of units `start..end`; the text of a change stands where its first unit stood. */
  #rewritten(start: number, end: number): string {
    let text = '';
    for (let at = Math.max(start, this.#whole.start); at < Math.min(end, this.#whole.end); at++) {
      const change = this.#changes.find((change) => change.start <= at && at < change.end);
      if (!change) text += this.#map.text.charAt(at);
      else if (change.start === at) text += change.text;
    }
    return text;
  }
}

/** A change that takes a neighbour in where it only inserts, so that it has a place and a format: that of the text before it. */
function anchored(change: Change, text: string, from: number): Change {
  const { start, end } = change;
  if (start < end) return change;
  const follows = start > from && text[start - 1] !== '\n';
  if (follows) return { start: start - 1, end, text: text.charAt(start - 1) + change.text };
  return { start, end: end + 1, text: change.text + text.charAt(end) };
}

function blockTag(element: Element): string | null {
  if (KEPT.has(element.tagName)) return element.tagName;
  if (holdsBlocks(element)) return null;
  return element.tagName === 'DIV' ? 'DIV' : 'P';
}

function isList({ tagName }: Element): boolean {
  return tagName === 'UL' || tagName === 'OL';
}

/** The innermost block that holds all of the range. */
function holderOf(range: Range, host: Element): Element {
  const common = range.commonAncestorContainer;
  let at = common instanceof Element ? common : (common.parentElement ?? host);
  while (at !== host && at.parentElement && isInline(getComputedStyle(at))) at = at.parentElement;
  return at;
}
