// The service worker: menus, shortcuts, the toolbar button, and the permissions that come with them. No text is generated
// through it, so that it may die at any time.

import { failure, isOwnPage, listen, success } from '../shared/messages';
import { addRewrite } from '../shared/settings';
import { takeIntent } from './intents';
import { chat, open, rewrite, summarizeSelectionOrPage, tabRef } from './jobs';
import { deleteLeftovers } from './leftovers';
import { createMenus, onMenuClicked } from './menus';
import { ensureOffscreen, followSettings } from './offscreen';
import { ask, readPage } from './page';

chrome.runtime.onInstalled.addListener(() => {
  void createMenus();
});

chrome.runtime.onStartup.addListener(() => {
  void deleteLeftovers();
});

chrome.storage.local.onChanged.addListener(() => {
  followSettings().catch((error: unknown) => console.error('settings:', error));
});

chrome.contextMenus.onClicked.addListener((info, tab) => {
  void onMenuClicked(info, tab);
});

chrome.action.onClicked.addListener((clicked) => {
  const tab = tabRef(clicked);
  if (tab) void open(tab);
});

chrome.commands.onCommand.addListener((command, clicked) => {
  const tab = tabRef(clicked);
  if (!tab) return;
  if (command === 'summarize') void summarizeSelectionOrPage(tab);
  else if (command === 'chat') void chat(tab, 'shortcut');
  else if (command === 'rewrite') void rewrite(tab, 'as-is', 'shortcut', null);
});

// Content scripts have nothing to ask of the service worker: all they do, it tells them to. What a card saves comes through
// the port that the gesture opened.
listen('background', isOwnPage, {
  'ensure-engine': async () => {
    try {
      await ensureOffscreen();
      return success(null);
    } catch (error) {
      return failure('gpu-lost', String(error));
    }
  },
  'take-intent': ({ windowId }) => takeIntent(windowId),
  'read-page': ({ tabId }) => readPage(tabId),
  'show-passage': ({ tabId, frameId, textId, start, end }) =>
    ask(tabId, frameId, { to: 'content', type: 'highlight-passage', textId, start, end }),
  // Private windows keep nothing.
  'save-rewrite': ({ name, instruction }) => (chrome.extension.inIncognitoContext ? null : addRewrite(name, instruction)),
});
