// What is painted behind a text without being its ancestor: a picture that the heading stands on, a box moved under it, a veil
// drawn by a pseudo-element. Asked for only where the ancestors' colours would hide the text.

import { type Box, middleIn } from './box';
import { type Rgba, rgba } from './colour';

/** Something painted; `colour` is null for a picture, whose colours nobody knows. */
interface Backdrop {
  element: Element;
  box: Box;
  colour: Rgba | null;
}

const PICTURES = 'img, video, canvas, svg, object, embed';

/** The backdrops of one document, as it was laid out when the first was asked for. */
export class Backdrops {
  readonly #document: Document;
  #all: Backdrop[] | null = null;

  constructor(document: Document) {
    this.#document = document;
  }

  /** The colours that may lie behind a text in `box` inside `parent`; null is a picture. */
  behind(box: Box, parent: Element): (Rgba | null)[] {
    this.#all ??= this.#collect();
    const beside = this.#all.filter(({ element, box: area }) => middleIn(area, box) && !element.contains(parent));
    return [...beside.map(({ colour }) => colour), ...veils(box, parent)];
  }

  #collect(): Backdrop[] {
    const all: Backdrop[] = [];
    for (const element of this.#document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      const isPicture = element.matches(PICTURES);
      if (!isPicture && style.position !== 'absolute' && style.position !== 'fixed') continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (isPicture || style.backgroundImage.includes('url(')) all.push({ element, box, colour: null });
      else if (isPainted(style)) all.push({ element, box, colour: rgba(style.backgroundColor) });
    }
    return all;
  }
}

/** The colours of pseudo-elements that an ancestor has spread out behind its content. */
function veils(box: Box, parent: Element): (Rgba | null)[] {
  const colours: (Rgba | null)[] = [];
  for (let element: Element | null = parent; element; element = element.parentElement) {
    for (const pseudo of ['::before', '::after']) {
      const style = getComputedStyle(element, pseudo);
      if (style.content === 'none' || style.position !== 'absolute') continue;
      const isLargeEnough =
        Number.parseFloat(style.width) >= box.right - box.left && Number.parseFloat(style.height) >= box.bottom - box.top;
      if (!isLargeEnough) continue;
      if (style.backgroundImage !== 'none') colours.push(null);
      else if (isPainted(style)) colours.push(rgba(style.backgroundColor));
    }
  }
  return colours;
}

function isPainted({ backgroundColor }: CSSStyleDeclaration): boolean {
  return rgba(backgroundColor)[3] > 0;
}
