// `<page-banner>`: the tab shows another page than the conversation is about.

import { h, icon, withKeys } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';

export class PageBanner extends HTMLElement {
  actions!: PanelActions;
  #shown = '';

  update({ banner, shortcut }: PanelState): void {
    this.hidden = banner === null;
    const kind = banner === null ? '' : `${banner} ${shortcut}`;
    if (kind === this.#shown) return;
    this.#shown = kind;
    if (banner === null) {
      this.replaceChildren();
      return;
    }
    const keep = button('bannerKeepOld', 'button', () => this.actions.keepOldPage());
    const use = button('bannerUseNew', 'button primary', () => this.actions.useNewPage());
    const sentence =
      banner === 'changed'
        ? t('bannerChanged')
        : shortcut === null
          ? t('bannerNeedsGrantNoShortcut')
          : t('bannerNeedsGrant', shortcut);
    this.replaceChildren(
      h(
        'section',
        { class: 'notice', attributes: { 'aria-label': t('bannerLabel') } },
        icon('page'),
        h(
          'div',
          {},
          h('p', {}, ...withKeys(sentence, shortcut)),
          h('div', { class: 'banner-buttons' }, ...(banner === 'changed' ? [use, keep] : [keep])),
        ),
      ),
    );
  }
}

function button(key: 'bannerKeepOld' | 'bannerUseNew', style: string, click: () => void): HTMLButtonElement {
  return h('button', { class: style, attributes: { type: 'button' }, on: { click } }, t(key));
}
