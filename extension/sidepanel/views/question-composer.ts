// `<question-composer>`: the text box, and the button that sends or stops.

import { h, icon } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { attachedText, isBusy } from '../thread';

export class QuestionComposer extends HTMLElement {
  actions!: PanelActions;
  #busy = false;
  readonly #box = h('textarea', {
    attributes: { rows: 1, title: t('composerHint') },
    on: {
      keydown: (event) => this.#key(event),
      input: () => this.#enable(),
    },
  });
  readonly #button = h('button', {
    class: 'button primary only-icon',
    attributes: { type: 'button' },
    on: { click: () => (this.#busy ? this.actions.stop() : this.#send()) },
  });

  connectedCallback(): void {
    if (this.firstChild) return;
    this.append(this.#box, this.#button);
    this.#label(false);
  }

  update({ thread }: PanelState): void {
    const page = thread && attachedText(thread);
    const words = page ? t('composerPlaceholder') : t('composerPlaceholderNoPage');
    this.#box.placeholder = words;
    this.#box.setAttribute('aria-label', words);
    const busy = thread !== null && isBusy(thread);
    if (busy !== this.#busy) this.#label(busy);
    this.#enable();
  }

  override focus(): void {
    this.#box.focus();
  }

  #label(busy: boolean): void {
    this.#busy = busy;
    const words = t(busy ? 'stop' : 'send');
    this.#button.setAttribute('aria-label', words);
    this.#button.title = words;
    this.#button.replaceChildren(icon(busy ? 'stop' : 'send'));
  }

  #enable(): void {
    this.#button.disabled = !this.#busy && this.#box.value.trim() === '';
  }

  #key(event: KeyboardEvent): void {
    // Enter also accepts what an input method offers; that one is not for us.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.#busy) this.#send();
  }

  #send(): void {
    const question = this.#box.value;
    if (question.trim() === '') return;
    this.#box.value = '';
    this.actions.ask(question);
    this.#enable();
  }
}
