// `<code-entry>`: selected code, explained or with comments added to it, one click from each other. And the offers of both.

import type { ExplainKind } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import type { CodeEntry } from '../code';
import type { PanelActions, PanelState } from '../controller';
import { entryText, isBusy, shownAnswer } from '../thread';
import { AnswerView } from './answer-view';

const TASKS: [ExplainKind, PlainKey][] = [
  ['explain', 'codeExplain'],
  ['comment', 'codeComment'],
];

export class CodeView extends HTMLElement {
  actions!: PanelActions;
  #entry: CodeEntry | null = null;
  readonly #answer = new AnswerView();

  update(entry: CodeEntry, state: PanelState): void {
    const { thread, passage } = state;
    this.#entry = entry;
    if (!this.firstChild) {
      this.#answer.actions = this.actions;
      this.append(
        h('h2', { class: 'entry-title' }, t('codeTitle')),
        h('div', { class: 'shapes' }, this.#tasks(`${entry.id}-task`)),
        this.#answer,
      );
    }
    for (const input of this.querySelectorAll('input')) input.checked = input.value === entry.task;
    const answer = shownAnswer(entry);
    if (!answer) return;
    const page = thread && entryText(thread, entry);
    this.#answer.update({
      entry,
      answer,
      page,
      passage,
      busy: thread !== null && isBusy(thread),
      last: thread?.entries.at(-1) === entry,
    });
  }

  #tasks(name: string): HTMLElement {
    return h(
      'fieldset',
      { class: 'chips' },
      h('legend', { class: 'unseen' }, t('codeTasks')),
      ...TASKS.map(([value, key]) => {
        const change = () => this.actions.redo(this.#entry!, value);
        return h('label', {}, h('input', { attributes: { type: 'radio', name, value }, on: { change } }), t(key));
      }),
    );
  }
}

/** A button for each thing that can be done with the code that `text` of the thread is. */
export function codeOffers(actions: PanelActions, text: number): HTMLButtonElement[] {
  return TASKS.map(([task, key]) => {
    const click = () => actions.doWithCode(text, task);
    return h('button', { class: 'button', attributes: { type: 'button', 'data-task': task }, on: { click } }, t(key));
  });
}
