// What a person can see of the page. Text that nobody sees (instructions for the model hidden in a page, above all) must
// not reach the model, so that the page is walked where its layout is known: in the live document.

/** Colour as red, green, blue (0 to 255) and opacity (0 to 1). */
type Rgba = readonly [number, number, number, number];

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What a node takes over from its ancestors. */
export interface Surroundings {
  /** What lies behind the text; null where an image does, and nobody knows its colours. */
  background: Rgba | null;
  /** Product of the opacities. */
  opacity: number;
  /** What the ancestors cut off, in viewport coordinates; null for nothing. */
  clip: Box | null;
  /** The same for a descendant that is positioned absolutely: it is cut off by positioned ancestors alone. */
  positionedClip: Box | null;
  /** How far the containers around, and the window, are scrolled. */
  scrollX: number;
  scrollY: number;
}

/** Elements whose text is no text of the page. */
const SKIPPED = new Set(
  (
    'SCRIPT STYLE NOSCRIPT TEMPLATE HEAD IFRAME OBJECT EMBED CANVAS VIDEO AUDIO MAP SVG MATH ' +
    'BUTTON INPUT TEXTAREA SELECT OPTION DATALIST PROGRESS METER DIALOG'
  ).split(' '),
);

/** Below these, nobody reads it: opacity, CSS pixels of the text's box, CSS pixels of the font, contrast ratio (1 to 21). */
const MIN_OPACITY = 0.05;
const MIN_BOX = 2;
const MIN_FONT = 4;
const MIN_CONTRAST = 1.15;

const WHITE: Rgba = [255, 255, 255, 1];
const BLACK: Rgba = [18, 18, 18, 1];

/** What surrounds the document's root element. */
export function pageSurroundings(): Surroundings {
  const dark =
    getComputedStyle(document.documentElement).colorScheme.includes('dark') &&
    matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    background: dark ? BLACK : WHITE,
    opacity: 1,
    clip: null,
    positionedClip: null,
    scrollX: window.scrollX,
    scrollY: window.scrollY,
  };
}

/** What surrounds the children of `element`; null if nobody can see anything inside it. */
export function within(element: Element, style: CSSStyleDeclaration, outside: Surroundings): Surroundings | null {
  if (SKIPPED.has(element.tagName.toUpperCase())) {
    // An open dialog is as visible as anything.
    if (!(element instanceof HTMLDialogElement && element.open)) return null;
  }
  // `visibility` is left to the text itself: a descendant may be visible again.
  if (style.display === 'none' || style.contentVisibility === 'hidden') return null;
  if (style.display !== 'contents' && !element.checkVisibility()) return null;
  const opacity = outside.opacity * Number(style.opacity);
  if (opacity < MIN_OPACITY || clippedAway(style)) return null;

  let clip = outside.clip;
  if (style.position === 'fixed') clip = null;
  else if (style.position === 'absolute') clip = outside.positionedClip;
  let { scrollX, scrollY } = outside;
  const isRoot = element === document.documentElement || element === document.body;
  if (!isRoot && style.display !== 'contents' && style.overflow !== 'visible') {
    const box = element.getBoundingClientRect();
    const scrolls = /auto|scroll/.test(style.overflow);
    if (scrolls && element.clientWidth >= MIN_BOX && element.clientHeight >= MIN_BOX) {
      // What lies outside can be scrolled to.
      scrollX += element.scrollLeft;
      scrollY += element.scrollTop;
    } else {
      clip = intersection(clip, box);
    }
  }
  const positionedClip = style.position === 'static' ? outside.positionedClip : clip;
  return { background: backgroundOf(style, outside.background), opacity, clip, positionedClip, scrollX, scrollY };
}

/** Whether a person can see the text of `node`, whose parent element has `style`. */
export function isTextVisible(node: Text, style: CSSStyleDeclaration, around: Surroundings): boolean {
  if (style.visibility !== 'visible' || Number.parseFloat(style.fontSize) < MIN_FONT) return false;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (tooSmall(box) || outOfReach(box, around)) return false;
  const seen = intersection(around.clip, box);
  if (tooSmall(seen)) return false;
  return hasContrast(style, around);
}

function intersection(outer: Box | null, inner: Box): Box {
  if (!outer) return inner;
  return {
    left: Math.max(outer.left, inner.left),
    top: Math.max(outer.top, inner.top),
    right: Math.min(outer.right, inner.right),
    bottom: Math.min(outer.bottom, inner.bottom),
  };
}

function tooSmall({ left, top, right, bottom }: Box): boolean {
  return right - left < MIN_BOX || bottom - top < MIN_BOX;
}

/** Whether the box lies where no scrolling leads. */
function outOfReach({ left, right, bottom }: Box, { scrollX, scrollY }: Surroundings): boolean {
  const width = Math.max(document.documentElement.scrollWidth, document.documentElement.clientWidth);
  return right + scrollX <= 0 || bottom + scrollY <= 0 || left + window.scrollX >= width + scrollX;
}

/** Whether `clip` or `clip-path` leave nothing of the element. */
function clippedAway(style: CSSStyleDeclaration): boolean {
  const sides = /^rect\((.*)\)$/.exec(style.clip)?.[1]?.split(/[ ,]+/);
  if (sides && (style.position === 'absolute' || style.position === 'fixed')) {
    const [top = 0, right = 0, bottom = 0, left = 0] = sides.map((side) => Number.parseFloat(side));
    if (right - left < MIN_BOX || bottom - top < MIN_BOX) return true;
  }
  return /^inset\((?:[5-9]\d|\d{3,})(?:\.\d+)?%|^(?:circle|ellipse)\(0(?:px|%)?[ )]/.test(style.clipPath);
}

function backgroundOf(style: CSSStyleDeclaration, behind: Rgba | null): Rgba | null {
  const colour = rgba(style.backgroundColor);
  if (style.backgroundImage !== 'none') return null;
  if (colour[3] === 1) return colour;
  return behind && over(colour, behind);
}

function hasContrast(style: CSSStyleDeclaration, { background, opacity }: Surroundings): boolean {
  // The letters are painted with the background image.
  if (style.backgroundClip.includes('text')) return true;
  const [red, green, blue, alpha] = rgba(style.webkitTextFillColor || style.color);
  if (alpha * opacity < MIN_OPACITY) return style.textShadow !== 'none';
  if (!background) return true;
  const ink = over([red, green, blue, alpha * opacity], background);
  const [light, dark] = [luminance(ink), luminance(background)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05) >= MIN_CONTRAST || hueDistance(ink, background) > 40;
}

/** Largest difference of a channel, 0 to 255: colours of equal lightness can be told apart too. */
function hueDistance(a: Rgba, b: Rgba): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}

function over([red, green, blue, alpha]: Rgba, below: Rgba): Rgba {
  const mix = (top: number, bottom: number): number => top * alpha + bottom * (1 - alpha);
  return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance([red, green, blue]: Rgba): number {
  const linear = (channel: number): number => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

const colours = new Map<string, Rgba>();
let pixel: OffscreenCanvasRenderingContext2D | null = null;

/** The colour of a computed value in any of CSS's notations. */
function rgba(css: string): Rgba {
  const known = colours.get(css);
  if (known) return known;
  pixel ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  let colour: Rgba = [0, 0, 0, 1];
  if (pixel) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = css;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 255] = pixel.getImageData(0, 0, 1, 1).data;
    colour = [red, green, blue, alpha / 255];
  }
  colours.set(css, colour);
  return colour;
}
