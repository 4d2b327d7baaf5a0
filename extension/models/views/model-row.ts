// `<li>` of a model: what it is, and what can be done with it.

import { h } from '../../shared/dom';
import { lines, type Words } from './described';

/** A button of a row. */
export interface Choice {
  words: string;
  style?: 'primary';
  click(): void;
}

export class ModelRow {
  readonly element = h('li');
  #shown = '';

  /** `badge` stands beside the name. The same words again change nothing, so that the focus stays. */
  update(id: string, words: Words, badge: string | null, choices: Choice[]): void {
    const shown = JSON.stringify([words, badge, choices.map((choice) => choice.words)]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const name = h('h4', { attributes: { id: `model-${id}` } }, words.name, badge !== null && h('span', { class: 'badge' }, badge));
    const buttons = choices.map(({ words: label, style = '', click }) => {
      const attributes = { type: 'button', 'aria-describedby': name.id };
      return h('button', { class: `button ${style}`, attributes, on: { click } }, label);
    });
    this.element.replaceChildren(h('div', {}, name, ...lines(words)), h('div', { class: 'buttons' }, ...buttons));
  }
}
