// The model that is loaded, and when it is unloaded.

import type { EngineState } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { errorSentence, formatBytes, formatMinutes, formatNumber, t } from '../../shared/i18n';
import { loadSettings, saveSettings } from '../../shared/settings';
import type { Surroundings } from '../page';
import { button, rows, section } from '../parts';
import { speed } from './speed';

/** Minutes to choose from; 0 is never. */
const CHOICES = [1, 5, 15, 60, 0];

export async function model({ engine }: Pick<Surroundings, 'engine'>): Promise<HTMLElement> {
  const body = h('div', {}, h('p', {}, t('optionsModelAsleep')));
  const unload = button(t('optionsUnload'), '', () => void engine.unload());
  unload.hidden = true;
  engine.onState((state) => {
    body.replaceChildren(...describe(state));
    unload.hidden = state.state !== 'ready';
  });
  return section('optionsModel', body, unload, speed({ engine }), ...(await idle()));
}

async function idle(): Promise<Node[]> {
  const { idleMinutes } = await loadSettings();
  const choices = CHOICES.includes(idleMinutes) ? CHOICES : [idleMinutes, ...CHOICES];
  const select = h('select', {
    attributes: { id: 'idle', 'aria-describedby': 'idle-hint' },
    on: { change: () => void saveSettings({ idleMinutes: Number(select.value) }) },
  });
  for (const minutes of choices) {
    const words = minutes === 0 ? t('optionsIdleNever') : formatMinutes(minutes);
    const option = h('option', { attributes: { value: minutes } }, words);
    option.selected = minutes === idleMinutes;
    select.append(option);
  }
  return [
    h('div', { class: 'choice' }, h('label', { attributes: { for: 'idle' } }, t('optionsIdle')), select),
    h('p', { attributes: { id: 'idle-hint' } }, t('optionsIdleHint')),
  ];
}

function describe(state: EngineState): Node[] {
  switch (state.state) {
    case 'unloaded':
      return [h('p', {}, t('optionsModelAsleep'))];
    case 'loading':
      return [h('p', {}, t('engineLoadingDetail', formatBytes(state.bytes), formatBytes(state.totalBytes)))];
    case 'compiling':
      return [h('p', {}, t('engineCompilingDetail', formatNumber(state.done), formatNumber(state.total)))];
    case 'failed':
      return [h('p', {}, errorSentence(state.code))];
    case 'ready': {
      const { model: loaded, adapter } = state;
      const gpu = adapter.software ? `${t('optionsAdapterSoftware')} (${adapter.name})` : adapter.name;
      return [
        rows([
          [t('optionsModelName'), loaded.name],
          [t('optionsModelArchitecture'), loaded.architecture],
          [t('optionsModelSize'), formatBytes(loaded.weightBytes)],
          [t('optionsModelContext'), t('optionsModelTokens', formatNumber(loaded.contextTokens))],
          [t('optionsAdapter'), gpu],
          [t('optionsVariants'), adapter.variants.join(', ')],
        ]),
      ];
    }
  }
}
