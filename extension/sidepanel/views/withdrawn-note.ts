// `<withdrawn-note>`: says that a summary or an answer did not hold, and what is shown in its place.

import type { Doubt } from '../../generated/protocol';
import { h, icon } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import { type Answer, isRunning } from '../answer';

const REASONS: Record<Doubt, PlainKey> = {
  unsupported: 'withdrawnUnsupported',
  repetition: 'withdrawnRepetition',
  language: 'withdrawnLanguage',
};

/** What is said of a text that was withdrawn. */
function reason({ doubt, instead }: NonNullable<Answer['withdrawn']>): PlainKey {
  switch (instead) {
    case 'another':
      return 'withdrawnAgain';
    case 'key-passages':
      return REASONS[doubt];
    case 'nearest-passages':
      return 'withdrawnAnswer';
  }
}

export class WithdrawnNote extends HTMLElement {
  readonly #reason = h('span');
  readonly #text = h('p');
  readonly #details = h('details', {}, h('summary', {}, t('withdrawnText')), this.#text);

  connectedCallback(): void {
    if (!this.firstChild) this.append(h('p', { class: 'end-note' }, icon('warning'), this.#reason), this.#details);
  }

  /** Of another try there is nothing to say once it holds. */
  update(answer: Answer): void {
    const { withdrawn } = answer;
    const isFinal = withdrawn !== null && withdrawn.instead !== 'another';
    this.hidden = !isFinal && !(withdrawn && isRunning(answer));
    if (!withdrawn) return;
    this.#reason.textContent = t(reason(withdrawn));
    this.#text.textContent = withdrawn.text;
    this.#details.hidden = !isFinal || withdrawn.text === '';
  }
}
