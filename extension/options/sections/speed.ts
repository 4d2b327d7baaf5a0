// How fast the model is on this machine.

import { h } from '../../shared/dom';
import { formatNumber, t } from '../../shared/i18n';
import type { Surroundings } from '../page';
import { button, statusLine } from '../parts';

export function speed({ engine }: Pick<Surroundings, 'engine'>): HTMLElement {
  const said = statusLine();
  const measure = button(t('optionsSpeed'), '', async () => {
    measure.disabled = true;
    said.textContent = t('optionsSpeedRunning');
    const report = await engine.speedTest().catch(() => null);
    measure.disabled = false;
    const median = report?.figures.median;
    said.textContent = median
      ? t('optionsSpeedResult', formatNumber(median.decodeTokensPerSecond, 1), formatNumber(median.firstTokenSeconds, 2))
      : t('optionsSpeedFailed');
  });
  return h('div', { class: 'choice' }, measure, said);
}
