// `<code-entry>`: selected code, explained or with comments added to it, one click from each other. And the offers of both.

import type { ExplainKind } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import type { CodeEntry } from '../code';
import type { PanelActions, PanelState } from '../controller';
import { entryText, shownAnswer } from '../thread';
import { AnswerView } from './answer-view';
import { chips, surroundings } from './entry-parts';

const TASKS: [ExplainKind, PlainKey][] = [
  ['explain', 'codeExplain'],
  ['comment', 'codeComment'],
];

export class CodeView extends HTMLElement {
  actions!: PanelActions;
  #entry: CodeEntry | null = null;
  readonly #answer = new AnswerView();

  update(entry: CodeEntry, state: PanelState): void {
    this.#entry = entry;
    if (!this.firstChild) {
      this.#answer.actions = this.actions;
      this.append(
        h('h2', { class: 'entry-title' }, t('codeTitle')),
        h('div', { class: 'shapes' }, chips('codeTasks', `${entry.id}-task`, TASKS, (task) => this.actions.redo(this.#entry!, task))),
        this.#answer,
      );
    }
    for (const input of this.querySelectorAll('input')) input.checked = input.value === entry.task;
    const answer = shownAnswer(entry);
    const page = state.thread && entryText(state.thread, entry);
    if (answer) this.#answer.update({ entry, answer, page, ...surroundings(entry, state) });
  }
}

/** A button for each thing that can be done with the code that `text` of the thread is. */
export function codeOffers(actions: PanelActions, text: number): HTMLButtonElement[] {
  return TASKS.map(([task, key]) => {
    const click = () => actions.doWithCode(text, task);
    return h('button', { class: 'button', attributes: { type: 'button', 'data-task': task }, on: { click } }, t(key));
  });
}
