// One walk over the page as it is shown (open shadow roots and slots included): its visible text as items, and a copy of
// the visible part for the libraries that find the article in it.

import type { Item, TextItem } from './text-map';
import { isTextVisible, pageSurroundings, type Surroundings, within } from './visible';

export interface VisiblePage {
  items: Item[];
  /** A document without scripts, styles, and everything that nobody sees. */
  copy: Document;
}

/** Reads the visible text of the document, or of the part of it that `only` covers. */
export function walkVisible(only: Range | null = null): VisiblePage {
  const copy = document.implementation.createHTMLDocument(document.title);
  const walker = new Walker(copy, only);
  const root = document.body ?? document.documentElement;
  const rootStyle = getComputedStyle(document.documentElement);
  const around = within(document.documentElement, rootStyle, pageSurroundings());
  if (around) {
    for (const { name, value } of root.attributes) copy.body.setAttribute(name, value);
    walker.element(root, around, copy.body);
  }
  return { items: walker.items, copy };
}

const MARKS: Readonly<Record<string, '\t' | '\n'>> = {
  'table-cell': '\t',
  'list-item': '\n',
  'table-row': '\n',
};

class Walker {
  readonly items: Item[] = [];
  readonly #copy: Document;
  readonly #only: Range | null;
  #block = 0;

  constructor(copy: Document, only: Range | null) {
    this.#copy = copy;
    this.#only = only;
  }

  /** Walks the children of `element` and appends their copies to `target`. */
  element(element: Element, outside: Surroundings, target: Element): void {
    const style = getComputedStyle(element);
    const around = within(element, style, outside);
    if (!around) return;
    const inline = style.display === 'contents' || style.display.startsWith('inline') || style.display.startsWith('ruby');
    const mark = MARKS[style.display] ?? '\n\n';
    if (!inline) this.#break(mark);
    for (const child of childrenOf(element)) {
      if (child instanceof Text) this.#text(child, style, around, target);
      else if (child instanceof Element) this.#child(child, around, target);
    }
    if (!inline) this.#break(mark);
  }

  #child(child: Element, around: Surroundings, target: Element): void {
    if (child.tagName === 'BR') {
      this.#break('\n');
      target.append(this.#copy.createElement('br'));
      return;
    }
    const copy = this.#copy.importNode(child, false);
    target.append(copy);
    this.element(child, around, copy);
  }

  #text(node: Text, style: CSSStyleDeclaration, around: Surroundings, target: Element): void {
    const part = this.#part(node);
    if (!part) return;
    // White space alone has no box of its own where it collapses.
    if (node.data.trim() !== '' && !isTextVisible(node, style, around)) return;
    target.append(this.#copy.createTextNode(node.data.slice(part.from, part.to)));
    const preserve = /^(pre|break-spaces)/.test(style.whiteSpaceCollapse ?? style.whiteSpace) && style.whiteSpace !== 'pre-line';
    this.items.push({ kind: 'text', node, ...part, preserve, block: this.#block });
  }

  /** The part of a text node that is asked for. */
  #part(node: Text): Pick<TextItem, 'from' | 'to'> | null {
    const range = this.#only;
    if (!range) return { from: 0, to: node.length };
    if (!range.intersectsNode(node)) return null;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    return from < to ? { from, to } : null;
  }

  #break(mark: '\t' | '\n' | '\n\n'): void {
    this.#block++;
    this.items.push({ kind: 'break', mark });
  }
}

function childrenOf(element: Element): Iterable<Node> {
  if (element.shadowRoot) return element.shadowRoot.childNodes;
  if (element instanceof HTMLSlotElement) {
    const assigned = element.assignedNodes({ flatten: true });
    if (assigned.length > 0) return assigned;
  }
  return element.childNodes;
}
