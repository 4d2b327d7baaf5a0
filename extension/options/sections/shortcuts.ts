// The keys that start the jobs. Only the browser's own page can set them.

import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { button, rows, section } from '../parts';

const SHORTCUTS_PAGE = 'chrome://extensions/shortcuts';

/** The command that the browser makes of the toolbar button. */
const TOOLBAR_COMMAND = '_execute_action';

export async function shortcuts(): Promise<HTMLElement> {
  const body = h('div', { class: 'stack' });
  const show = async () => body.replaceChildren(...describe(await chrome.commands.getAll()));
  await show();
  // The user comes back from the browser's page.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void show());
  // A link to that page leads nowhere; a tab may be opened there.
  const change = button(t('optionsShortcutChange'), '', () => void chrome.tabs.create({ url: SHORTCUTS_PAGE }));
  return section('optionsShortcuts', body, change);
}

function describe(commands: chrome.commands.Command[]): Node[] {
  // The toolbar button suggests no keys, so that none of its own can be missing.
  const shown = commands.filter(({ name, shortcut }) => name !== TOOLBAR_COMMAND || shortcut);
  const entries = shown.map(({ name, description, shortcut }): [string, string | Node] => {
    const words = name === TOOLBAR_COMMAND ? t('optionsShortcutOpen') : (description ?? name ?? '');
    return [words, shortcut ? h('kbd', {}, shortcut) : h('span', { class: 'missing' }, t('optionsShortcutConflict'))];
  });
  const missing = shown.some(({ shortcut }) => !shortcut);
  const warning = h('div', { class: 'notice warning' }, h('p', {}, t('optionsShortcutsMissing')));
  return missing ? [warning, rows(entries)] : [rows(entries)];
}
