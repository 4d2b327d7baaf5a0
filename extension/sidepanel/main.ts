// Puts the side panel together.

import { EngineClient } from '../shared/engine-client';
import { loadSettings } from '../shared/settings';
import { WIPED } from '../shared/stored';
import { ExtensionBrowser } from './browser';
import { PanelController } from './controller';
import { PrivateThreadStore, SessionThreadStore } from './store';
import { defineElements, type Panel } from './views/panel';

document.documentElement.lang = chrome.i18n.getUILanguage();
defineElements();
const panel = document.querySelector<Panel>('sotto-panel')!;
const store = chrome.extension.inIncognitoContext ? new PrivateThreadStore() : new SessionThreadStore();
// The options page has deleted everything: what is still in memory here would bring it back.
new BroadcastChannel(WIPED).addEventListener('message', () => location.reload());
const { id: windowId } = await chrome.windows.getCurrent();
const tabs = await chrome.tabs.query({});
await store.prune(new Set(tabs.flatMap((tab) => tab.id ?? [])));
const browser = new ExtensionBrowser(windowId ?? chrome.windows.WINDOW_ID_CURRENT, await loadSettings());
const controller = new PanelController(new EngineClient('panel'), browser, store, panel);
panel.begin(controller);
await controller.begin();
