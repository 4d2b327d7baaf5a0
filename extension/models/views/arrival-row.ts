// `<li>` of a model that is on its way: how far it is, and what went wrong.

import { h } from '../../shared/dom';
import { errorSentence, formatBytes, formatPercent, formatSpan, t } from '../../shared/i18n';
import type { Arrival } from '../channel';

export interface ArrivalActions {
  resume(id: string): void;
  cancel(id: string): void;
}

export class ArrivalRow {
  readonly element = h('li', { class: 'arrival' });
  readonly #actions: ArrivalActions;
  #shown = '';

  constructor(actions: ArrivalActions) {
    this.#actions = actions;
  }

  update(arrival: Arrival): void {
    const { state, failure } = arrival;
    // What waits and what runs look alike, and keep the focus.
    const shown = JSON.stringify([state === 'queued' ? 'running' : state, failure]);
    if (shown !== this.#shown) this.#build(arrival);
    this.#shown = shown;
    const line = this.element.querySelector('.progress-line');
    if (line) line.textContent = progressWords(arrival);
    const bar = this.element.querySelector('progress');
    if (!bar) return;
    bar.max = Math.max(arrival.totalBytes, 1);
    bar.value = arrival.bytes;
  }

  #build({ id, name, state, failure }: Arrival): void {
    const title = h('h4', { attributes: { id: `arrival-${id}` } }, name);
    const button = (words: string, style: string, click: () => void) =>
      h('button', { class: `button ${style}`, attributes: { type: 'button', 'aria-describedby': title.id }, on: { click } }, words);
    const bar = state !== 'failed' && h('progress', { attributes: { 'aria-labelledby': title.id } });
    this.element.replaceChildren(
      h(
        'div',
        {},
        title,
        failure && h('p', { class: 'failure' }, errorSentence(failure.code)),
        failure && h('details', {}, h('summary', {}, t('engineDetails')), h('p', {}, `${failure.code}: ${failure.detail}`)),
        state !== 'failed' && h('p', { class: 'progress-line' }),
        bar,
      ),
      h(
        'div',
        { class: 'buttons' },
        state === 'stopped' && button(t('modelsResume'), 'primary', () => this.#actions.resume(id)),
        button(t(state === 'failed' ? 'dismiss' : 'modelsCancel'), '', () => this.#actions.cancel(id)),
      ),
    );
  }
}

function progressWords({ state, bytes, totalBytes, bytesPerSecond, secondsLeft }: Arrival): string {
  const progress = `${formatPercent(bytes, totalBytes)} · ${t('modelsProgress', formatBytes(bytes), formatBytes(totalBytes))}`;
  if (state === 'queued') return t('modelsQueued');
  const speed = bytesPerSecond === null ? [] : [t('modelsSpeed', formatBytes(bytesPerSecond))];
  const left = secondsLeft === null ? [] : [t('modelsTimeLeft', formatSpan(secondsLeft))];
  return [progress, ...speed, ...left].join(' · ');
}
