// Ways to rewrite in the user's own words: the list, and the form that adds to it or changes one.

import { h, icon, type IconName } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { newId } from '../../shared/id';
import { INSTRUCTION_UNITS, loadSettings, MOST_REWRITES, NAME_UNITS, type SavedRewrite, saveSettings } from '../../shared/settings';
import { section, statusLine } from '../parts';

export async function rewrites(): Promise<HTMLElement> {
  let saved: SavedRewrite[] = [];
  let edited: string | null = null;
  const list = h('div');
  const said = statusLine();
  const name = h('input', { attributes: { id: 'rewrite-name', required: true, maxlength: NAME_UNITS, autocomplete: 'off' } });
  const instruction = h('textarea', {
    attributes: { id: 'rewrite-instruction', required: true, rows: 2, maxlength: INSTRUCTION_UNITS, placeholder: t('optionsRewriteExample') },
  });
  const save = h('button', { class: 'button primary', attributes: { type: 'submit' } }, t('optionsRewriteSave'));
  const cancel = h('button', { class: 'button', attributes: { type: 'button', hidden: true }, on: { click: () => edit(null) } }, t('cancel'));

  const edit = (rewrite: SavedRewrite | null) => {
    edited = rewrite?.id ?? null;
    name.value = rewrite?.name ?? '';
    instruction.value = rewrite?.instruction ?? '';
    cancel.hidden = rewrite === null;
    save.disabled = rewrite === null && saved.length >= MOST_REWRITES;
    if (rewrite) name.focus();
  };
  const show = async () => {
    saved = (await loadSettings()).savedRewrites;
    list.replaceChildren(
      saved.length === 0 ? h('p', { class: 'none' }, t('optionsRewritesNone')) : h('ul', { class: 'rewrites' }, ...saved.map(item)),
    );
    save.disabled = edited === null && saved.length >= MOST_REWRITES;
  };
  const keep = async (next: SavedRewrite[], words: string) => {
    await saveSettings({ savedRewrites: next });
    await show();
    said.textContent = words;
  };
  const item = (rewrite: SavedRewrite): HTMLElement => {
    const remove = async () => {
      if (edited === rewrite.id) edit(null);
      await keep(saved.filter(({ id }) => id !== rewrite.id), t('optionsRewriteDeleted'));
      name.focus();
    };
    return h(
      'li',
      {},
      h('div', {}, h('strong', {}, rewrite.name), h('p', {}, rewrite.instruction)),
      tool(t('optionsRewriteEdit', rewrite.name), 'edit', () => edit(rewrite)),
      tool(t('optionsRewriteDelete', rewrite.name), 'close', () => void remove()),
    );
  };
  const form = h(
    'form',
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          const rewrite = { id: edited ?? newId(), name: name.value.trim(), instruction: instruction.value.trim() };
          if (rewrite.name === '' || rewrite.instruction === '') return;
          const known = saved.some(({ id }) => id === rewrite.id);
          const next = known ? saved.map((old) => (old.id === rewrite.id ? rewrite : old)) : [...saved, rewrite];
          edit(null);
          void keep(next, t('optionsRewriteSaved'));
          name.focus();
        },
      },
    },
    h('label', { attributes: { for: 'rewrite-name' } }, t('optionsRewriteName')),
    name,
    h('label', { attributes: { for: 'rewrite-instruction' } }, t('optionsRewriteInstruction')),
    instruction,
    h('div', { class: 'buttons' }, save, cancel),
  );
  // The card may have saved one meanwhile.
  chrome.storage.local.onChanged.addListener(() => void show());
  await show();
  return section('optionsRewrites', h('p', {}, t('optionsRewritesIntro')), list, form, said);
}

function tool(words: string, name: IconName, click: () => void): HTMLButtonElement {
  const attributes = { type: 'button', 'aria-label': words, title: words };
  return h('button', { class: 'button quiet only-icon', attributes, on: { click } }, icon(name));
}
