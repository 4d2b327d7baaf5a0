// The browser as the panel's controller sees it.

import type { Preferences } from '../generated/protocol';
import { ModelsClient } from '../models/client';
import { type Intent, type IntentWaiting, isOwnPage, listen, type PageText, type Result, send } from '../shared/messages';
import { loadSettings, preferencesOf, saveSettings, type Settings } from '../shared/settings';
import type { Browser } from './controller';

export class ExtensionBrowser implements Browser {
  readonly #windowId: number;
  #settings: Settings;

  /** `windowId` is the window that the panel belongs to; `settings` are those at the beginning. */
  constructor(windowId: number, settings: Settings) {
    this.#windowId = windowId;
    this.#settings = settings;
    chrome.storage.local.onChanged.addListener(async () => {
      this.#settings = await loadSettings();
    });
  }

  async activeTab(): Promise<{ id: number; url: string | null } | null> {
    const [tab] = await chrome.tabs.query({ active: true, windowId: this.#windowId });
    // Without the grant of `activeTab` the address is withheld.
    return tab?.id === undefined ? null : { id: tab.id, url: tab.url ?? null };
  }

  onTabChange(listener: () => void): void {
    chrome.tabs.onActivated.addListener(({ windowId }) => {
      if (windowId === this.#windowId) listener();
    });
    chrome.tabs.onUpdated.addListener((_tabId, change, tab) => {
      const moved = change.url !== undefined || change.status !== undefined;
      if (moved && tab.active && tab.windowId === this.#windowId) listener();
    });
  }

  takeIntent(): Promise<Intent | null> {
    return send({ to: 'background', type: 'take-intent', windowId: this.#windowId });
  }

  onIntent(listener: () => void): void {
    listen('panel', isOwnPage, {
      'intent-waiting': ({ windowId }: IntentWaiting) => {
        if (windowId === this.#windowId) listener();
      },
    });
  }

  readPage(tabId: number): Promise<Result<PageText>> {
    return send({ to: 'background', type: 'read-page', tabId });
  }

  showPassage({ tabId, frameId, textId }: PageText, start: number, end: number): Promise<Result<{ found: boolean }>> {
    return send({ to: 'background', type: 'show-passage', tabId, frameId, textId, start, end });
  }

  preferences(): Preferences {
    return preferencesOf(this.#settings);
  }

  chosenModel(): string | null {
    // In private windows it is the package's, whatever was chosen.
    return chrome.extension.inIncognitoContext ? null : this.#settings.model;
  }

  usePackagedModel(): void {
    void saveSettings({ model: null });
  }

  models(): ModelsClient {
    return new ModelsClient();
  }

  async shortcut(): Promise<string | null> {
    const commands = await chrome.commands.getAll();
    return commands.find((command) => command.name === 'chat')?.shortcut || null;
  }

  openSettings(): void {
    void chrome.runtime.openOptionsPage();
  }

  saveFile(name: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // The download has its hold on the blob by the next turn.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  }

  openedAt(): number {
    return performance.timeOrigin;
  }

  closePanel(): void {
    window.close();
  }

  writeClipboard(text: string): Promise<void> {
    return navigator.clipboard.writeText(text);
  }
}
