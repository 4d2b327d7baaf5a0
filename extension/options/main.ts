// The options page.

import { ModelsClient } from '../models/client';
import { EngineClient } from '../shared/engine-client';
import { takeInventory, wipe } from '../shared/stored';
import { showOptions } from './page';

document.documentElement.lang = chrome.i18n.getUILanguage();
const engine = new EngineClient('panel');
await showOptions({ engine, models: new ModelsClient(), takeInventory, wipe });
engine.ready().catch((error: unknown) => console.error(error));
