// The languages of the interface, and the one of summaries and answers.

import { LANGUAGES } from '../../generated/messages';
import type { AnswerLanguage } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { ANSWER_LANGUAGES, loadSettings, saveSettings } from '../../shared/settings';
import { section } from '../parts';

export async function languages(): Promise<HTMLElement> {
  const current = chrome.i18n.getMessage('@@ui_locale').replace('_', '-');
  const list = new Intl.ListFormat(chrome.i18n.getUILanguage()).format(LANGUAGES.map(ownName));
  return section(
    'optionsLanguages',
    h('p', {}, t('optionsLanguagesIntro', ownName(current))),
    h('p', {}, t('optionsLanguagesList', list)),
    ...(await answers()),
  );
}

async function answers(): Promise<Node[]> {
  const change = () => void saveSettings({ language: (select.value || null) as AnswerLanguage | null });
  const select = h('select', { attributes: { id: 'answers', 'aria-describedby': 'answers-hint' }, on: { change } });
  const named = ANSWER_LANGUAGES.map((tag) => ({ tag, name: ownName(tag) }));
  const { compare } = new Intl.Collator();
  for (const { tag, name } of [{ tag: '', name: t('optionsAnswerLanguageOwn') }, ...named.sort((a, b) => compare(a.name, b.name))]) {
    select.append(h('option', { attributes: { value: tag, lang: tag || null } }, name));
  }
  const show = async () => {
    select.value = (await loadSettings()).language ?? '';
  };
  await show();
  // It may have been deleted with everything else.
  chrome.storage.local.onChanged.addListener(() => void show());
  return [
    h('div', { class: 'choice' }, h('label', { attributes: { for: 'answers' } }, t('optionsAnswerLanguage')), select),
    h('p', { attributes: { id: 'answers-hint' } }, t('optionsAnswerLanguageHint')),
  ];
}

/** A language as its speakers call it. */
function ownName(tag: string): string {
  return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
}
