// Boxes on the screen, in the viewport coordinates of one document, and what scrolling and cutting off do to them.

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A box smaller than this, in CSS pixels, shows nothing. */
const MIN_SIDE = 2;

export function intersection(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export function tooSmall({ left, top, right, bottom }: Box): boolean {
  return right - left < MIN_SIDE || bottom - top < MIN_SIDE;
}

/** Whether `outer` covers all of `inner`. */
export function covers(outer: Box, inner: Box): boolean {
  return (
    outer.left <= inner.left && outer.top <= inner.top && outer.right >= inner.right && outer.bottom >= inner.bottom
  );
}

/** Whether the middle of `box` lies in `area`. */
export function middleIn(area: Box, { left, top, right, bottom }: Box): boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return x >= area.left && x <= area.right && y >= area.top && y <= area.bottom;
}

/** What the window of `document` shows without scrolling. */
export function viewport({ documentElement }: Document): Box {
  return { left: 0, top: 0, right: documentElement.clientWidth, bottom: documentElement.clientHeight };
}

/** Everything that scrolling brings into the window of `document`. */
export function page(document: Document): Box {
  const root = document.scrollingElement ?? document.documentElement;
  return scrolled(root, viewport(document), getComputedStyle(document.documentElement));
}

/**
 * What scrolling `element` can bring into its `window`. Its text begins at one end, and scrolling leads away from that end
 * alone: to the left where text runs from right to left.
 */
function scrolled(element: Element, window: Box, style: CSSStyleDeclaration): Box {
  const top = window.top - element.scrollTop;
  const bottom = top + Math.max(element.scrollHeight, window.bottom - window.top);
  const width = Math.max(element.scrollWidth, window.right - window.left);
  if (style.direction === 'rtl' || style.writingMode === 'vertical-rl') {
    const right = window.right - element.scrollLeft;
    return { left: right - width, top, right, bottom };
  }
  const left = window.left - element.scrollLeft;
  return { left, top, right: left + width, bottom };
}

/** What of the content of `element` can be seen, with scrolling where it scrolls; `clip` is what can be seen of itself. */
export function content(element: Element, style: CSSStyleDeclaration, clip: Box): Box {
  const box = element.getBoundingClientRect();
  const shown = intersection(clip, box);
  // Nobody scrolls in what has no size.
  if (tooSmall(shown)) return shown;
  const all = scrolled(element, box, style);
  const reach = (overflow: string, axis: 'x' | 'y'): Partial<Box> => {
    const from = overflow === 'visible' ? clip : /auto|scroll/.test(overflow) ? all : shown;
    return axis === 'x' ? { left: from.left, right: from.right } : { top: from.top, bottom: from.bottom };
  };
  return { ...shown, ...reach(style.overflowX, 'x'), ...reach(style.overflowY, 'y') };
}

/** What `clip` and `clip-path` leave of `element`: a box around the shape; null where they cut off nothing that is known. */
export function shape(element: Element, style: CSSStyleDeclaration): Box | null {
  const isPositioned = style.position === 'absolute' || style.position === 'fixed';
  const sides = isPositioned ? /^rect\((.*)\)$/.exec(style.clip)?.[1] : undefined;
  const [, name, values = ''] = /^(inset|circle|ellipse|polygon)\((.*?)\)/.exec(style.clipPath) ?? [];
  if (sides === undefined && name === undefined) return null;
  const box = element.getBoundingClientRect();
  if (sides !== undefined) {
    const [top = NaN, right = NaN, bottom = NaN, left = NaN] = sides.split(/[ ,]+/).map((side) => Number.parseFloat(side));
    return {
      left: box.left + (left || 0),
      top: box.top + (top || 0),
      right: Number.isNaN(right) ? box.right : box.left + right,
      bottom: Number.isNaN(bottom) ? box.bottom : box.top + bottom,
    };
  }
  if (name === 'inset') return inset(values, box);
  if (name === 'polygon') return around(values, box);
  // Anything but a shape of no size is taken for whole: its centre and radii can be given in many ways.
  return /^0(px|%)?( |$)/.test(values) ? { ...box, right: box.left, bottom: box.top } : null;
}

/** `inset(top right bottom left round …)`: lengths from the sides, in the short forms of `margin`. */
function inset(values: string, box: DOMRect): Box | null {
  const given = values.split(' round ')[0]!.split(' ');
  const [top, right = top, bottom = top, left = right] = given;
  const lengths = [length(top, box.height), length(right, box.width), length(bottom, box.height), length(left, box.width)];
  const [fromTop, fromRight, fromBottom, fromLeft] = lengths as [number, number, number, number];
  if (lengths.some(Number.isNaN)) return null;
  return {
    left: box.left + fromLeft,
    top: box.top + fromTop,
    right: box.right - fromRight,
    bottom: box.bottom - fromBottom,
  };
}

/** The box around the corners of a polygon. */
function around(values: string, box: DOMRect): Box | null {
  const corners = values.replace(/^(evenodd|nonzero), */, '').split(/, */).map((corner) => corner.split(' '));
  const xs = corners.map(([x]) => box.left + length(x, box.width));
  const ys = corners.map(([, y]) => box.top + length(y, box.height));
  if ([...xs, ...ys].some(Number.isNaN)) return null;
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** A computed length in CSS pixels; `whole` is what a percentage is of. NaN for what has to be calculated. */
function length(value: string | undefined, whole: number): number {
  const [, number, unit] = /^(-?[\d.e-]+)(px|%)?$/.exec(value ?? '') ?? [];
  return number === undefined ? NaN : unit === '%' ? (Number(number) / 100) * whole : Number(number);
}
