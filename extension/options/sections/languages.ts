// The languages of the interface.

import { LANGUAGES } from '../../generated/messages';
import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { section } from '../parts';

export function languages(): HTMLElement {
  const own = (tag: string): string => new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
  const current = chrome.i18n.getMessage('@@ui_locale').replace('_', '-');
  const list = new Intl.ListFormat(chrome.i18n.getUILanguage()).format(LANGUAGES.map(own));
  return section(
    'optionsLanguages',
    h('p', {}, t('optionsLanguagesIntro', own(current))),
    h('p', {}, t('optionsLanguagesList', list)),
  );
}
