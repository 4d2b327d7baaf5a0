// Building DOM nodes. Text goes in as text nodes; nothing is parsed as HTML.

type Child = Node | string | null | undefined | false;

interface Properties {
  class?: string;
  /** Set as attributes; `null` and `false` leave one out, `true` sets it empty. */
  attributes?: Record<string, string | number | boolean | null>;
  on?: { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
}

/** An element with its class, attributes, listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (properties.class) element.className = properties.class;
  setAttributes(element, properties.attributes ?? {});
  for (const [type, listener] of Object.entries(properties.on ?? {})) {
    element.addEventListener(type, listener as EventListener);
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || typeof child === 'string'));
  return element;
}

/** Sets each attribute; `null` and `false` remove one, `true` sets it empty. */
export function setAttributes(element: Element, attributes: Record<string, string | number | boolean | null>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** `sentence` with the `keys` that it names, if any, shown as keys. */
export function withKeys(sentence: string, keys: string | null): (Node | string)[] {
  const at = keys ? sentence.indexOf(keys) : -1;
  if (!keys || at < 0) return [sentence];
  return [sentence.slice(0, at), h('kbd', {}, keys), sentence.slice(at + keys.length)];
}

/** Paths on a 16 × 16 grid, drawn as lines in the colour of the text. */
const ICONS = {
  send: 'M8 13V3.5M4 7.5 8 3.5l4 4',
  stop: 'M4.5 4.5h7v7h-7z',
  settings: 'M2.5 5h5M11.5 5h2M2.5 11h2M8.5 11h5M9.5 3.2v3.6M6.5 9.2v3.6',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  new: 'M8 3.5v9M3.5 8h9',
  save: 'M8 2.5v7M4.8 6.6 8 9.8l3.2-3.2M3 13h10',
  copy: 'M6 6h7v7H6zM3.5 10V3H10',
  text: 'M3 4h10M3 8h10M3 12h6',
  page: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  selection: 'M3 5V3h2M11 3h2v2M13 11v2h-2M5 13H3v-2M5.5 8h5',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3.5 8.5 7 12l6-8',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z',
  warning: 'M8 2.8 14 13H2zM8 6.5v3M8 11.2v.1',
  menu: 'M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2',
  key: 'M2.5 4.5h11v7h-11zM5 9.2h6M5 7h.1M8 7h.1M11 7h.1',
  button: 'M3 3h10v10H3zM6 8h4',
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing that screen readers pass over. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  setAttributes(svg, { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' });
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
