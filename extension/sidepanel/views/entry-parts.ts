// What several entries of a thread have.

import { h } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import type { PanelState } from '../controller';
import { type Entry, isBusy } from '../thread';
import type { AnswerState } from './answer-view';

/** A choice among `values`, each under its label; `choose` is called with the one that the user picks. */
export function chips<V extends string>(label: PlainKey, name: string, values: [V, PlainKey][], choose: (value: V) => void): HTMLElement {
  return h(
    'fieldset',
    { class: 'chips' },
    h('legend', { class: 'unseen' }, t(label)),
    ...values.map(([value, key]) =>
      h('label', {}, h('input', { attributes: { type: 'radio', name, value }, on: { change: () => choose(value) } }), t(key)),
    ),
  );
}

/** What an answer needs to know of the rest of the panel. */
export function surroundings(entry: Entry, { thread, passage }: PanelState): Pick<AnswerState, 'passage' | 'busy' | 'last'> {
  return { passage, busy: thread !== null && isBusy(thread), last: thread?.entries.at(-1) === entry };
}
