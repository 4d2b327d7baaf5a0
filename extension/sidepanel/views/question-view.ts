// `<question-view>`: a question that was asked, which can be asked again in other words.

import { h, icon } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { type ChatEntry, isBusy } from '../thread';

export class QuestionView extends HTMLElement {
  actions!: PanelActions;
  #entry: ChatEntry | null = null;
  readonly #words = h('p', { class: 'question' });
  readonly #edit = h(
    'button',
    {
      class: 'button quiet only-icon',
      attributes: { type: 'button', 'aria-label': t('editQuestion'), title: t('editQuestion') },
      on: { click: () => this.#open() },
    },
    icon('edit'),
  );
  readonly #box = h('textarea', {
    attributes: { 'aria-label': t('editQuestion'), title: t('composerHint'), rows: 1 },
    on: { keydown: (event) => this.#key(event), input: () => this.#enable() },
  });
  readonly #ask = h('button', { class: 'button primary', attributes: { type: 'button' }, on: { click: () => this.#send() } }, t('askAgain'));
  readonly #form = h(
    'div',
    { class: 'question-form', attributes: { hidden: true } },
    this.#box,
    h(
      'div',
      { class: 'banner-buttons' },
      this.#ask,
      h('button', { class: 'button', attributes: { type: 'button' }, on: { click: () => this.#close() } }, t('cancel')),
    ),
  );

  connectedCallback(): void {
    if (!this.firstChild) this.append(this.#edit, this.#words, this.#form);
  }

  update(entry: ChatEntry, { thread }: PanelState): void {
    this.#entry = entry;
    if (this.#words.textContent !== entry.question) this.#words.textContent = entry.question;
    this.#edit.disabled = thread !== null && isBusy(thread);
    this.#enable();
  }

  #open(): void {
    if (!this.#entry) return;
    this.#box.value = this.#entry.question;
    this.#show(true);
    this.#box.focus();
    this.#box.select();
  }

  #close(): void {
    this.#show(false);
    this.#edit.focus();
  }

  #show(editing: boolean): void {
    this.#form.hidden = !editing;
    this.#words.hidden = editing;
    this.#edit.hidden = editing;
    this.#enable();
  }

  #enable(): void {
    this.#ask.disabled = this.#edit.disabled || this.#box.value.trim() === '';
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.#close();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
  }

  #send(): void {
    if (this.#ask.disabled || !this.#entry) return;
    this.#close();
    this.actions.edit(this.#entry, this.#box.value);
  }
}
