// What a person can see of the page. Text that nobody sees (instructions for the model hidden in a page, above all) must
// not reach the model, so that the page is walked where its layout is known: in the live document.

import { Backdrops } from './backdrop';
import { type Box, content, covers, intersection, middleIn, page, shape, tooSmall, viewport } from './box';
import { gradientColours, isReadable, over, type Rgba, rgba } from './colour';

/** What a node takes over from its ancestors. */
export interface Surroundings {
  /** The colours that lie behind the text, of which it need stand out against one; null where a picture does, and nobody knows. */
  backgrounds: readonly Rgba[] | null;
  /** What is painted behind the text by others than its ancestors. */
  backdrops: Backdrops;
  /** Product of the opacities. */
  opacity: number;
  /** What can be seen, with scrolling, in viewport coordinates. */
  clip: Box;
  /** The same for a descendant that is positioned absolutely: it is cut off by positioned ancestors alone. */
  positionedClip: Box;
}

/** Elements whose text is no text of the page. */
const SKIPPED = new Set(
  (
    'SCRIPT STYLE NOSCRIPT TEMPLATE HEAD OBJECT EMBED CANVAS VIDEO AUDIO MAP SVG ' +
    'BUTTON INPUT TEXTAREA SELECT OPTION DATALIST PROGRESS METER'
  ).split(' '),
);

/** Below these, nobody reads it: opacity, height of a line in CSS pixels as it is shown. */
const MIN_OPACITY = 0.05;
const MIN_LINE = 4;

/** Fonts whose letters are drawn as pictures: what is written there is the name of one. */
const ICON_FONT = /^["']?[^"',]*(\bicon|\bsymbols?\b|awesome|glyph)/i;

const WHITE: Rgba = [255, 255, 255, 1];
const BLACK: Rgba = [18, 18, 18, 1];

/** What surrounds the root element of the page. */
export function pageSurroundings(): Surroundings {
  const dark =
    getComputedStyle(document.documentElement).colorScheme.includes('dark') &&
    matchMedia('(prefers-color-scheme: dark)').matches;
  const clip = page(document);
  const backgrounds = [dark ? BLACK : WHITE];
  return { backgrounds, backdrops: new Backdrops(document), opacity: 1, clip, positionedClip: clip };
}

/** What surrounds the root element of the document in `frame`, which stands in `outside`; null if the frame cannot be seen. */
export function frameSurroundings(frame: Element, inner: Document, outside: Surroundings): Surroundings | null {
  if (tooSmall(intersection(outside.clip, frame.getBoundingClientRect()))) return null;
  if (getComputedStyle(frame).visibility !== 'visible') return null;
  const clip = page(inner);
  return { ...outside, backdrops: new Backdrops(inner), clip, positionedClip: clip };
}

/** What surrounds the children of `element`; null if nobody can see anything inside it. */
export function within(element: Element, style: CSSStyleDeclaration, outside: Surroundings): Surroundings | null {
  const name = element.tagName.toUpperCase();
  if (SKIPPED.has(name) || (name === 'DIALOG' && !element.hasAttribute('open'))) return null;
  // `visibility` is left to the text itself: a descendant may be visible again.
  if (style.display === 'none' || style.contentVisibility === 'hidden') return null;
  if (style.display !== 'contents' && !element.checkVisibility()) return null;
  const opacity = outside.opacity * Number(style.opacity) * filterOpacity(style);
  if (opacity < MIN_OPACITY) return null;

  let { clip } = outside;
  if (style.position === 'fixed') clip = viewport(element.ownerDocument);
  else if (style.position === 'absolute') clip = outside.positionedClip;
  const cut = shape(element, style);
  if (cut) clip = intersection(clip, cut);
  // What the root cuts off, the window scrolls to.
  const { documentElement, body } = element.ownerDocument;
  const isBox = style.display !== 'contents' && style.display !== 'inline';
  if (isBox && style.overflow !== 'visible' && element !== documentElement && element !== body) {
    clip = content(element, style, clip);
  }
  const positionedClip = style.position === 'static' ? outside.positionedClip : clip;
  return { ...outside, backgrounds: backgroundsOf(style, outside.backgrounds), opacity, clip, positionedClip };
}

/** A part of a text node: units `from..to` of its data. */
export interface Part {
  from: number;
  to: number;
}

/** What a person can see of a part of `node`, whose parent element has `style`: all of it, as a rule. */
export function visibleParts(node: Text, part: Part, style: CSSStyleDeclaration, around: Surroundings): Part[] {
  if (style.visibility !== 'visible' || Number.parseFloat(style.fontSize) < MIN_LINE) return [];
  if (ICON_FONT.test(style.fontFamily)) return [];
  const box = boxOf(node, part);
  // A transformation makes small what is written in a large font.
  if ((style.writingMode.startsWith('horizontal') ? box.height : box.width) < MIN_LINE) return [];
  if (tooSmall(box) || tooSmall(intersection(around.clip, box))) return [];
  if (!hasContrast(box, node, style, around)) return [];
  return covers(around.clip, box) ? [part] : partsInside(node, part, around.clip);
}

function boxOf(node: Text, { from, to }: Part): DOMRect {
  const range = node.ownerDocument.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  return range.getBoundingClientRect();
}

/** The words of a part that stand inside `clip`, where an edge runs through it. */
function partsInside(node: Text, { from, to }: Part, clip: Box): Part[] {
  const parts: Part[] = [];
  for (const { index, 0: word } of node.data.slice(from, to).matchAll(/\s*\S{1,40}/g)) {
    const at = from + index;
    const start = at + word.length - word.trimStart().length;
    const end = at + word.length;
    if (!middleIn(clip, boxOf(node, { from: start, to: end }))) continue;
    const last = parts.at(-1);
    if (last?.to === at) last.to = end;
    else parts.push({ from: start, to: end });
  }
  return parts;
}

function filterOpacity({ filter }: CSSStyleDeclaration): number {
  const amounts = [...filter.matchAll(/opacity\(([\d.]+)(%?)\)/g)];
  return amounts.reduce((product, [, amount, percent]) => product * (Number(amount) / (percent ? 100 : 1)), 1);
}

function backgroundsOf(style: CSSStyleDeclaration, behind: readonly Rgba[] | null): readonly Rgba[] | null {
  const colour = rgba(style.backgroundColor);
  const below = colour[3] === 1 ? [colour] : (behind?.map((one) => over(colour, one)) ?? null);
  if (style.backgroundImage === 'none') return below;
  const colours = gradientColours(style.backgroundImage);
  if (!colours) return null;
  return below && [...below.flatMap((one) => colours.map((stop) => over(stop, one)))];
}

function hasContrast(box: Box, node: Text, style: CSSStyleDeclaration, around: Surroundings): boolean {
  // The letters are painted with the background image.
  if (style.backgroundClip.includes('text')) return true;
  const [red, green, blue, alpha] = rgba(style.webkitTextFillColor || style.color);
  const ink: Rgba = [red, green, blue, alpha * around.opacity];
  if (ink[3] < MIN_OPACITY) return style.textShadow !== 'none';
  const { backgrounds } = around;
  if (!backgrounds || backgrounds.some((background) => isReadable(ink, background))) return true;
  const below = backgrounds[0] ?? WHITE;
  const beside = node.parentElement ? around.backdrops.behind(box, node.parentElement) : [];
  return beside.some((colour) => colour === null || isReadable(ink, over(colour, below)));
}
