// How text is formatted, as far as it can be said in HTML that every editor understands. It is read from what is shown, so that it
// is the same whatever an editor writes it with.

export interface Format {
  /** The elements that say how text is formatted within its block, from the outside in. */
  inline: string[];
  href: string | null;
}

/** The weight from which on a font is called bold. */
const BOLD = 600;

export function isInline({ display }: CSSStyleDeclaration): boolean {
  return display === 'contents' || display.startsWith('inline');
}

/** Whether an element stands among the lines as a block, and not beside them as the helpers of editors do. */
export function isBlock(style: CSSStyleDeclaration): boolean {
  return !isInline(style) && style.display !== 'none' && style.position !== 'absolute' && style.position !== 'fixed';
}

/** Whether a block holds other blocks, and not lines of its own. */
export function holdsBlocks(element: Element): boolean {
  return [...element.children].some((child) => child.tagName !== 'BR' && isBlock(getComputedStyle(child)));
}

/** The format of `node` in `host`, beyond what its block gives to all that stands in it. */
export function formatOf(node: Text, host: Element): Format {
  const format: Format = { inline: [], href: null };
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
  return format;
}
