// `<context-tray>`: what the model sees of the page, and how much of its context is in use.

import { h, icon, type IconName } from '../../shared/dom';
import { formatNumber, t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { attachedText, contextUsed } from '../thread';

export class ContextTray extends HTMLElement {
  actions!: PanelActions;
  #shown = '';

  update(state: PanelState): void {
    const { thread, engine } = state;
    const page = thread && attachedText(thread);
    const total = engine?.state === 'ready' ? engine.model.contextTokens : null;
    const used = thread && contextUsed(thread);
    const shown = JSON.stringify([page?.textId, page?.source.title, page?.source.kind, page?.source.code, used, total, state.granted]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', t('trayLabel'));
    this.hidden = !page && !state.granted;
    if (!page) {
      const attach = tool('trayAttach', 'page', () => this.actions.attachPage());
      this.replaceChildren(icon('page'), h('div', { class: 'tray-line' }, t('trayNothing')), attach);
      return;
    }
    const { source } = page;
    const line = h(
      'div',
      { class: 'tray-line' },
      h('span', {}, t(source.kind === 'page' ? 'trayPage' : source.code ? 'trayCode' : 'traySelection')),
    );
    if (used !== null && total !== null) {
      line.append(h('span', {}, t('trayTokens', formatNumber(used), formatNumber(total))), meter(used, total));
    } else {
      line.append(h('span', {}, t('trayCharacters', formatNumber(source.text.length))));
    }
    const title = source.title.trim() || t('trayUntitled');
    this.replaceChildren(
      icon(source.kind === 'page' ? 'page' : 'selection'),
      h('div', {}, h('div', { class: 'tray-title', attributes: { title } }, title), line),
      tool('trayDetach', 'close', () => this.actions.detach()),
    );
  }
}

function meter(used: number, total: number): HTMLElement {
  const share = total > 0 ? Math.min(used / total, 1) : 0;
  const fill = h('span');
  fill.style.width = `${share * 100}%`;
  const attributes = {
    role: 'meter',
    'aria-label': t('trayTokensLabel'),
    'aria-valuemin': 0,
    'aria-valuemax': total,
    'aria-valuenow': Math.min(used, total),
  };
  return h('div', { class: share > 0.9 ? 'meter full' : 'meter', attributes }, fill);
}

function tool(key: 'trayAttach' | 'trayDetach', name: IconName, click: () => void): HTMLButtonElement {
  if (key === 'trayAttach') {
    return h('button', { class: 'button quiet', attributes: { type: 'button' }, on: { click } }, t(key));
  }
  const attributes = { type: 'button', 'aria-label': t(key), title: t(key) };
  return h('button', { class: 'button quiet only-icon', attributes, on: { click } }, icon(name));
}
