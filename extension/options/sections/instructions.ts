// What the model is told with every summary and answer.

import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { INSTRUCTION_UNITS, loadSettings, saveSettings } from '../../shared/settings';
import { section, statusLine } from '../parts';

export async function instructions(): Promise<HTMLElement> {
  const said = statusLine();
  const box = h('textarea', {
    attributes: { id: 'instructions', rows: 2, maxlength: INSTRUCTION_UNITS, 'aria-label': t('optionsInstructions'), placeholder: t('optionsInstructionsExample') },
    on: { input: () => (said.textContent = '') },
  });
  const show = async () => {
    if (!box.matches(':focus')) box.value = (await loadSettings()).instructions;
  };
  await show();
  // They may have been deleted with everything else.
  chrome.storage.local.onChanged.addListener(() => void show());
  const submit = async (event: Event) => {
    event.preventDefault();
    await saveSettings({ instructions: box.value.trim() });
    said.textContent = t('optionsRewriteSaved');
  };
  const save = h('button', { class: 'button', attributes: { type: 'submit' } }, t('optionsRewriteSave'));
  const form = h('form', { on: { submit: (event) => void submit(event) } }, box, h('div', { class: 'buttons' }, save));
  return section('optionsInstructions', h('p', {}, t('optionsInstructionsIntro')), form, said);
}
