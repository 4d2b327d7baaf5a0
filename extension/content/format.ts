// How text is formatted, as far as a rewrite must keep it and can say it in HTML that every editor understands. It is read from
// what is shown, so that it is the same whatever an editor writes it with.

import type { TextMap } from './text-map';

export interface Format {
  /** What kind of block the text stands in: `P` for all that is no heading, list item, quote or code. */
  block: string;
  /** The elements that say how it is formatted within its block, from the outside in. */
  inline: string[];
  href: string | null;
}

/** Blocks that mean something. */
const BLOCKS = new Set(['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'LI', 'BLOCKQUOTE', 'PRE']);
/** The weight from which on a font is called bold. */
const BOLD = 600;

export function isInline({ display }: CSSStyleDeclaration): boolean {
  return display === 'contents' || display.startsWith('inline');
}

/** The format of `node` in `host`, beyond what its block gives to all that stands in it. */
export function formatOf(node: Text, host: Element): Format {
  const format: Format = { block: 'P', inline: [], href: null };
  const lines = new Set<string>();
  let isCode = false;
  let at = node.parentElement ?? host;
  const inner = getComputedStyle(at);
  while (at !== host && isInline(getComputedStyle(at)) && at.parentElement) {
    if (at.tagName === 'A') format.href ??= at.getAttribute('href');
    else for (const line of getComputedStyle(at).textDecorationLine.split(' ')) lines.add(line);
    isCode ||= at.tagName === 'CODE';
    at = at.parentElement;
  }
  const outer = getComputedStyle(at);
  if (Number(inner.fontWeight) >= BOLD && Number(outer.fontWeight) < BOLD) format.inline.push('strong');
  if (inner.fontStyle === 'italic' && outer.fontStyle !== 'italic') format.inline.push('em');
  if (lines.has('underline')) format.inline.push('u');
  if (lines.has('line-through')) format.inline.push('s');
  if (isCode) format.inline.push('code');
  for (; at !== host && at.parentElement; at = at.parentElement) {
    if (!BLOCKS.has(at.tagName)) continue;
    format.block = at.tagName;
    break;
  }
  return format;
}

/** The format of every unit of a text, in a form to compare; breaks have none. */
export function formatsOf(map: TextMap, host: Element): string[] {
  const formats = new Array<string>(map.text.length).fill('');
  for (const { start, length, node } of map.pieces) {
    formats.fill(JSON.stringify(formatOf(node, host)), start, start + length);
  }
  return formats;
}
