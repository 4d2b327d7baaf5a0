// What the sections of the options page are made of.

import { h } from '../shared/dom';
import { type PlainKey, t } from '../shared/i18n';

export function section(heading: PlainKey, ...children: Node[]): HTMLElement {
  const id = `heading-${heading}`;
  return h('section', { attributes: { 'aria-labelledby': id } }, h('h2', { attributes: { id } }, t(heading)), ...children);
}

export function button(words: string, style: string, click: () => void): HTMLButtonElement {
  return h('button', { class: `button ${style}`, attributes: { type: 'button' }, on: { click } }, words);
}

/** Names with their values. */
export function rows(entries: [string, string | Node][]): HTMLElement {
  return h('dl', {}, ...entries.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/** Where a section says what it has done, for the eyes and for screen readers. */
export function statusLine(): HTMLElement {
  return h('p', { class: 'said', attributes: { role: 'status' } });
}
