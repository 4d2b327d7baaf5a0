// Colours as a computed style gives them, and whether one can be told from another.

/** Red, green, blue (0 to 255) and opacity (0 to 1). */
export type Rgba = readonly [number, number, number, number];

/** Below this ratio of luminances (1 to 21) two colours look alike, unless a channel differs by more than this (0 to 255). */
const MIN_CONTRAST = 1.15;
const MIN_DIFFERENCE = 40;

/** Whether ink of this colour can be read on an opaque background. */
export function isReadable(ink: Rgba, background: Rgba): boolean {
  const seen = over(ink, background);
  const [light, dark] = [luminance(seen), luminance(background)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05) >= MIN_CONTRAST || difference(seen, background) > MIN_DIFFERENCE;
}

/** Largest difference of a channel: colours of equal lightness can be told apart too. */
function difference(a: Rgba, b: Rgba): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}

export function over([red, green, blue, alpha]: Rgba, below: Rgba): Rgba {
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

const COLOUR = /(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\([^()]*\)/g;

/** The colours of a computed `background-image` that is made of gradients; null where an image from elsewhere is in it. */
export function gradientColours(image: string): Rgba[] | null {
  return /url\(|image-set\(|element\(|cross-fade\(|paint\(/.test(image) ? null : (image.match(COLOUR) ?? []).map(rgba);
}

const known = new Map<string, Rgba>();
let pixel: OffscreenCanvasRenderingContext2D | null = null;

/** The colour of a computed value in any of CSS's notations. */
export function rgba(css: string): Rgba {
  const before = known.get(css);
  if (before) return before;
  pixel ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  let colour: Rgba = [0, 0, 0, 1];
  if (pixel) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = css;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 255] = pixel.getImageData(0, 0, 1, 1).data;
    colour = [red, green, blue, alpha / 255];
  }
  known.set(css, colour);
  return colour;
}
