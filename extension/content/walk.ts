// One walk over the page as it is shown (open shadow roots, slots, and frames of the same origin included): its visible text as
// items, and a copy of the visible part for the libraries that find the article in it.

import type { BreakItem, Item } from './text-map';
import { frameSurroundings, pageSurroundings, type Part, type Surroundings, visibleParts, within } from './visible';

export interface VisiblePage {
  items: Item[];
  /** A document without scripts, styles, and everything that nobody sees. */
  copy: Document;
}

/** Reads the visible text of the document, or of the part of it that `only` covers. */
export function walkVisible(only: Range | null = null): VisiblePage {
  const copy = document.implementation.createHTMLDocument(document.title);
  const walker = new Walker(copy, only);
  for (const { name, value } of (document.body ?? document.documentElement).attributes) copy.body.setAttribute(name, value);
  walker.document(document, pageSurroundings(), copy.body);
  return { items: walker.items, copy };
}

const MARKS: Readonly<Record<string, string>> = {
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

  /** Walks the body of `page` and appends copies of its children to `target`. */
  document(page: Document, outside: Surroundings, target: Element): void {
    const around = within(page.documentElement, getComputedStyle(page.documentElement), outside);
    if (around) this.#element(page.body ?? page.documentElement, around, target);
  }

  /** Walks the children of `element` and appends their copies to `target`. */
  #element(element: Element, outside: Surroundings, target: Element): void {
    const style = getComputedStyle(element);
    const around = within(element, style, outside);
    if (!around) return;
    const isInline = /^(contents|inline|ruby|math)/.test(style.display);
    const mark = MARKS[style.display] ?? (isInline ? (hasGap(style) ? ' ' : null) : '\n\n');
    if (mark) this.#break(mark, { element, side: 'start' });
    for (const child of childrenOf(element)) {
      if (isText(child)) this.#text(child, style, around, target);
      else if (isElement(child)) this.#child(child, around, target);
    }
    if (mark) this.#break(mark, { element, side: 'end' });
  }

  #child(child: Element, around: Surroundings, target: Element): void {
    if (child.tagName === 'BR') {
      this.#break('\n');
      target.append(this.#copy.createElement('br'));
    } else if (child.tagName === 'IFRAME') {
      this.#frame(child as HTMLIFrameElement, around, target);
    } else {
      const copy = this.#copy.importNode(child, false);
      target.append(copy);
      this.#element(child, around, copy);
    }
  }

  /** A frame of the same origin is a part of the page; the document of any other is out of reach. */
  #frame(frame: HTMLIFrameElement, outside: Surroundings, target: Element): void {
    const { contentDocument: page } = frame;
    const around = page?.documentElement && within(frame, getComputedStyle(frame), outside);
    const inside = around && frameSurroundings(frame, page, around);
    if (!inside) return;
    const copy = this.#copy.createElement('div');
    target.append(copy);
    this.#break('\n\n');
    this.document(page, inside, copy);
    this.#break('\n\n');
  }

  #text(node: Text, style: CSSStyleDeclaration, around: Surroundings, target: Element): void {
    const asked = this.#part(node);
    if (!asked) return;
    // White space alone has no box of its own where it collapses.
    const isBlank = node.data.slice(asked.from, asked.to).trim() === '';
    const preserve = /^(pre|break-spaces)/.test(style.whiteSpaceCollapse ?? style.whiteSpace) && style.whiteSpace !== 'pre-line';
    for (const part of isBlank ? [asked] : visibleParts(node, asked, style, around)) {
      target.append(this.#copy.createTextNode(node.data.slice(part.from, part.to)));
      this.items.push({ kind: 'text', node, ...part, preserve, block: this.#block });
    }
  }

  /** The part of a text node that is asked for. */
  #part(node: Text): Part | null {
    const range = this.#only;
    if (!range) return { from: 0, to: node.length };
    if (!range.intersectsNode(node)) return null;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    return from < to ? { from, to } : null;
  }

  #break(mark: string, edge?: NonNullable<BreakItem['edge']>): void {
    if (mark !== ' ') this.#block++;
    this.items.push(edge ? { kind: 'break', mark, edge } : { kind: 'break', mark });
  }
}

/** Whether an inline element keeps its distance from its neighbours, as words do. */
function hasGap({ fontSize, marginInlineStart, marginInlineEnd }: CSSStyleDeclaration): boolean {
  return Math.max(Number.parseFloat(marginInlineStart), Number.parseFloat(marginInlineEnd)) > Number.parseFloat(fontSize) / 5;
}

// In a frame every class has another identity, so that `instanceof` does not know its nodes.

function isText(node: Node): node is Text {
  return node.nodeType === Node.TEXT_NODE;
}

function isElement(node: Node): node is Element {
  return node.nodeType === Node.ELEMENT_NODE;
}

function childrenOf(element: Element): Iterable<Node> {
  if (element.shadowRoot) return element.shadowRoot.childNodes;
  if (element.localName === 'slot') {
    const assigned = (element as HTMLSlotElement).assignedNodes({ flatten: true });
    if (assigned.length > 0) return assigned;
  }
  return element.childNodes;
}
