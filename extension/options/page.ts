// The settings, and all that is stored, section by section.

import { defineModelElements, type Models } from '../models/views/model-manager';
import { h } from '../shared/dom';
import type { EngineClient } from '../shared/engine-client';
import { t } from '../shared/i18n';
import type { Inventory } from '../shared/stored';
import { section } from './parts';
import { data } from './sections/data';
import { instructions } from './sections/instructions';
import { languages } from './sections/languages';
import { model } from './sections/model';
import { models } from './sections/models';
import { rewrites } from './sections/rewrites';
import { shortcuts } from './sections/shortcuts';

/** What the page needs of the rest of the extension. */
export interface Surroundings {
  engine: Pick<EngineClient, 'onState' | 'unload' | 'speedTest'>;
  models: Models;
  takeInventory(): Promise<Inventory>;
  wipe(): Promise<void>;
}

/** Fills the document. */
export async function showOptions(surroundings: Surroundings): Promise<void> {
  document.title = t('optionsTitle');
  defineModelElements();
  document.body.append(
    h(
      'main',
      {},
      h('h1', {}, t('optionsTitle')),
      await model(surroundings),
      await models(surroundings),
      await rewrites(),
      await instructions(),
      await shortcuts(),
      await languages(),
      await data(surroundings),
      section('optionsPrivacy', h('p', {}, t('optionsPrivacyText'))),
    ),
  );
}
