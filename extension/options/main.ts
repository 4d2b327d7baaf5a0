// The options page.

import { ModelsClient } from '../models/client';
import { EngineClient } from '../shared/engine-client';
import { takeInventory, wipe } from '../shared/stored';
import { showOptions } from './page';

document.documentElement.lang = chrome.i18n.getUILanguage();
const engine = new EngineClient('panel');
const models = new ModelsClient();
await showOptions({
  engine,
  models,
  takeInventory,
  async wipe() {
    await wipe();
    // What is listed is gone.
    models.do({ type: 'look' }).catch((error: unknown) => console.error(error));
  },
});
engine.ready().catch((error: unknown) => console.error(error));
