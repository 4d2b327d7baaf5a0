// `<withdrawn-note>`: says that a summary did not hold, and what is shown in its place.

import type { Doubt } from '../../generated/protocol';
import { h, icon } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import { type Answer, isRunning } from '../answer';

const REASONS: Record<Doubt, PlainKey> = {
  unsupported: 'withdrawnUnsupported',
  repetition: 'withdrawnRepetition',
  language: 'withdrawnLanguage',
};

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
    const instead = withdrawn?.instead === 'key-passages';
    this.hidden = !withdrawn || !(instead || isRunning(answer));
    if (!withdrawn) return;
    this.#reason.textContent = t(instead ? REASONS[withdrawn.doubt] : 'withdrawnAgain');
    this.#text.textContent = withdrawn.text;
    this.#details.hidden = !instead || withdrawn.text === '';
  }
}
