// The options page: the model, the shortcuts, the languages, and all that is stored.

import { LANGUAGES } from '../generated/messages';
import type { EngineState } from '../generated/protocol';
import { h } from '../shared/dom';
import { EngineClient } from '../shared/engine-client';
import { errorSentence, formatBytes, formatNumber, type PlainKey, t } from '../shared/i18n';
import { type Inventory, type Stored, takeInventory, wipe } from '../shared/stored';

/** The browser's own page for shortcuts: extensions cannot set them. */
const SHORTCUTS_PAGE = 'chrome://extensions/shortcuts';

/** The command that the browser makes of the toolbar button. */
const TOOLBAR_COMMAND = '_execute_action';

const client = new EngineClient('panel');

function section(heading: PlainKey, ...children: Node[]): HTMLElement {
  return h('section', {}, h('h2', {}, t(heading)), ...children);
}

function button(words: string, style: string, click: () => void): HTMLButtonElement {
  return h('button', { class: `button ${style}`, attributes: { type: 'button' }, on: { click } }, words);
}

function rows(entries: [string, string | Node][]): HTMLElement {
  return h('dl', {}, ...entries.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

function model(): HTMLElement {
  const body = h('div', {}, h('p', {}, t('optionsModelAsleep')));
  const unload = button(t('optionsUnload'), '', () => void client.unload());
  unload.hidden = true;
  client.onState((state) => {
    body.replaceChildren(...describe(state));
    unload.hidden = state.state !== 'ready';
  });
  client.ready().catch((error: unknown) => console.error(error));
  return section('optionsModel', body, unload);
}

function describe(state: EngineState): Node[] {
  switch (state.state) {
    case 'unloaded':
      return [h('p', {}, t('optionsModelAsleep'))];
    case 'loading':
      return [h('p', {}, t('engineLoadingDetail', formatBytes(state.bytes), formatBytes(state.totalBytes)))];
    case 'compiling':
      return [h('p', {}, t('engineCompilingDetail', formatNumber(state.done), formatNumber(state.total)))];
    case 'failed':
      return [h('p', {}, errorSentence(state.code))];
    case 'ready': {
      const { model: loaded, adapter } = state;
      const gpu = adapter.software ? `${t('optionsAdapterSoftware')} (${adapter.name})` : adapter.name;
      return [
        rows([
          [t('optionsModelName'), loaded.name],
          [t('optionsModelArchitecture'), loaded.architecture],
          [t('optionsModelSize'), formatBytes(loaded.weightBytes)],
          [t('optionsModelContext'), t('optionsModelTokens', formatNumber(loaded.contextTokens))],
          [t('optionsAdapter'), gpu],
          [t('optionsVariants'), adapter.variants.join(', ')],
        ]),
      ];
    }
  }
}

async function shortcuts(): Promise<HTMLElement> {
  const commands = await chrome.commands.getAll();
  const entries = commands.map(({ name, description, shortcut }): [string, string | Node] => {
    const words = name === TOOLBAR_COMMAND ? t('optionsShortcutOpen') : (description ?? name ?? '');
    return [words, shortcut ? h('kbd', {}, shortcut) : t('optionsShortcutConflict')];
  });
  // A link to that page leads nowhere; a tab may be opened there.
  const change = button(t('optionsShortcutChange'), '', () => void chrome.tabs.create({ url: SHORTCUTS_PAGE }));
  return section('optionsShortcuts', rows(entries), change);
}

function languages(): HTMLElement {
  const own = (tag: string): string => new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
  const current = chrome.i18n.getMessage('@@ui_locale').replace('_', '-');
  const list = new Intl.ListFormat(chrome.i18n.getUILanguage()).format(LANGUAGES.map(own));
  return section(
    'optionsLanguages',
    h('p', {}, t('optionsLanguagesIntro', own(current))),
    h('p', {}, t('optionsLanguagesList', list)),
  );
}

async function data(): Promise<HTMLElement> {
  const body = h('div');
  const said = h('p', { attributes: { role: 'status' } });
  const show = async () => body.replaceChildren(inventoryRows(await takeInventory()));
  let asked = false;
  const remove = button(t('optionsWipe'), 'danger', async () => {
    if (!asked) {
      asked = true;
      remove.textContent = t('optionsWipeConfirm');
      return;
    }
    asked = false;
    remove.textContent = t('optionsWipe');
    await wipe();
    await show();
    said.textContent = t('optionsWiped');
  });
  remove.addEventListener('blur', () => {
    asked = false;
    remove.textContent = t('optionsWipe');
  });
  await show();
  return section('optionsData', h('p', {}, t('optionsDataIntro')), body, remove, said);
}

function inventoryRows({ session, settings, files }: Inventory): HTMLElement {
  const words = ({ items, bytes }: Stored): string =>
    items === 0 ? t('optionsDataNone') : t('optionsDataItems', formatNumber(items), formatBytes(bytes));
  return rows([
    [t('optionsDataThreads'), words(session)],
    [t('optionsDataSettings'), words(settings)],
    [t('optionsDataFiles'), words(files)],
  ]);
}

document.documentElement.lang = chrome.i18n.getUILanguage();
document.title = t('optionsTitle');
const privacy = section('optionsPrivacy', h('p', {}, t('optionsPrivacyText')));
document.body.append(
  h('main', {}, h('h1', {}, t('optionsTitle')), model(), await shortcuts(), await data(), languages(), privacy),
);
