// The models: those that are there, and those that can be had.

import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { ModelManager } from '../../models/views/model-manager';
import type { Surroundings } from '../page';
import { section } from '../parts';

export async function models({ models: store }: Pick<Surroundings, 'models'>): Promise<HTMLElement> {
  const manager = new ModelManager();
  await manager.begin(store);
  return section('modelsTitle', h('p', {}, t('modelsIntro')), manager);
}
