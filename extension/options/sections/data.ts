// All that is stored, and the one button that deletes it.

import { h } from '../../shared/dom';
import { formatBytes, formatNumber, type PlainKey, t } from '../../shared/i18n';
import type { Inventory, Stored } from '../../shared/stored';
import type { Surroundings } from '../page';
import { button, rows, section, statusLine } from '../parts';

const KINDS: [keyof Inventory, PlainKey][] = [
  ['session', 'optionsDataThreads'],
  ['settings', 'optionsDataSettings'],
  ['models', 'optionsDataModels'],
  ['prefixes', 'optionsDataPrefixes'],
  ['tunings', 'optionsDataTunings'],
  ['others', 'optionsDataFiles'],
];

export async function data({ takeInventory, wipe }: Pick<Surroundings, 'takeInventory' | 'wipe'>): Promise<HTMLElement> {
  const body = h('div');
  const said = statusLine();
  const show = async () => {
    const inventory = await takeInventory();
    body.replaceChildren(rows(KINDS.map(([kind, key]) => [t(key), words(inventory[kind])])));
  };
  let asked = false;
  const ask = (asking: boolean) => {
    asked = asking;
    remove.textContent = t(asking ? 'optionsWipeConfirm' : 'optionsWipe');
  };
  const remove = button(t('optionsWipe'), 'danger', async () => {
    if (!asked) {
      ask(true);
      return;
    }
    ask(false);
    await wipe();
    await show();
    said.textContent = t('optionsWiped');
  });
  remove.addEventListener('blur', () => ask(false));
  await show();
  return section('optionsData', h('p', {}, t('optionsDataIntro')), body, remove, said);
}

function words({ items, bytes }: Stored): string {
  return items === 0 ? t('optionsDataNone') : t('optionsDataItems', formatNumber(items), formatBytes(bytes));
}
