// `<first-run>`: there is no model, neither in the package nor chosen. What can be had, and nothing is fetched unasked.

import { ModelManager } from '../../models/views/model-manager';
import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';

/** Whether there is no model at all. */
export function isFirstRun({ engine, chosenModel }: PanelState): boolean {
  return engine?.state === 'failed' && engine.code === 'model-missing' && chosenModel === null;
}

export class FirstRun extends HTMLElement {
  actions!: PanelActions;

  update(state: PanelState): void {
    this.hidden = !isFirstRun(state);
    if (this.hidden || this.childElementCount > 0) return;
    const manager = new ModelManager();
    this.append(h('h2', {}, t('firstRunTitle')), h('p', {}, t('firstRunIntro')), h('p', {}, t('modelsIntro')), manager);
    void manager.begin(this.actions.models());
  }
}
