// The blocks of a page (paragraphs, headings, cells, lines) and what can be told of each without its neighbours.

import type { Item, TextItem } from './text-map';

export interface Block {
  items: TextItem[];
  /** Where it begins: the element that holds its first text. */
  element: Element;
  /** Its letters and digits. */
  letters: number;
  /** How many of them are in links, and in how many links. */
  linked: number;
  links: number;
  /** 1 to 6 for a heading, else 0. */
  heading: number;
  /** It stands in a part of the page that is about the site, or serves to move about in it. */
  isAside: boolean;
}

/** What of a text stays the same when a library tidies it. */
export function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}]+/gu, '').toLowerCase();
}

export function textOf({ node, from, to }: TextItem): string {
  return node.data.slice(from, to);
}

/** The blocks of `items` that hold letters, in order. */
export function blocksOf(items: readonly Item[]): Block[] {
  const places = new Places();
  const byNumber = new Map<number, TextItem[]>();
  for (const item of items) {
    if (item.kind !== 'text' || lettersOf(textOf(item)) === '') continue;
    const block = byNumber.get(item.block);
    if (block) block.push(item);
    else byNumber.set(item.block, [item]);
  }
  return [...byNumber.values()].flatMap((block) => {
    const element = block[0]?.node.parentElement ?? block[0]?.node.getRootNode();
    const first = element instanceof ShadowRoot ? element.host : element;
    return first ? [describe(block, first as Element, places)] : [];
  });
}

function describe(items: TextItem[], element: Element, places: Places): Block {
  const links = new Set<Element>();
  let [letters, linked] = [0, 0];
  for (const item of items) {
    const length = lettersOf(textOf(item)).length;
    const link = item.node.parentElement?.closest('a[href], [role=link]');
    letters += length;
    if (link) linked += length;
    if (link) links.add(link);
  }
  const heading = Number(/^H([1-6])$/.exec(element.closest('h1, h2, h3, h4, h5, h6')?.tagName ?? '')?.[1] ?? 0);
  return { items, element, letters, linked, links: links.size, heading, isAside: places.isAside(element) };
}

/** Landmarks and widgets that hold no content, by their names and their roles. */
const ASIDE =
  'nav, menu, form[role=search], search, [role=navigation], [role=contentinfo], [role=banner], [role=complementary], ' +
  '[role=search], [role=dialog], [role=alertdialog], [role=menu], [role=menubar], [role=toolbar], [role=tablist], [role=button]';
/** Landmarks that are about the article, the section or the quotation where they stand in one, and else about the site. */
const OWNERS: Readonly<Record<string, string>> = {
  HEADER: 'article, section, main, [role=main]',
  FOOTER: 'article, blockquote',
  ASIDE: 'article',
};

/** Remembers of every element whether it is, or stands in, a part beside the content. */
class Places {
  readonly #known = new Map<Element, boolean>();

  isAside(element: Element): boolean {
    const known = this.#known.get(element);
    if (known !== undefined) return known;
    const parent = parentOf(element);
    const isAside = isAsideItself(element) || (parent !== null && this.isAside(parent));
    this.#known.set(element, isAside);
    return isAside;
  }
}

function isAsideItself(element: Element): boolean {
  if (element.matches(ASIDE)) return true;
  const owners = OWNERS[element.tagName];
  if (owners) return element.closest(owners) === null;
  // Bars and boxes that lie over the page: banners of all kinds.
  return (
    getComputedStyle(element).position === 'fixed' &&
    element.getBoundingClientRect().height < element.ownerDocument.documentElement.clientHeight / 2
  );
}

/** The parent as it is shown: the host of a shadow root, the frame of a document. */
export function parentOf(element: Element): Element | null {
  if (element.assignedSlot) return element.assignedSlot;
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  if (root.nodeType === Node.DOCUMENT_FRAGMENT_NODE) return (root as ShadowRoot).host ?? null;
  return element.ownerDocument.defaultView?.frameElement ?? null;
}
