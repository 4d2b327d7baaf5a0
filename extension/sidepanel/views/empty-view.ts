// `<empty-view>`: no conversation yet, and the ways to begin one.

import { h, icon, type IconName, withKeys } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { attachedText, type Thread } from '../thread';
import { codeOffers } from './code-entry';
import { isFirstRun } from './first-run';
import { mark } from './mark';

export class EmptyView extends HTMLElement {
  actions!: PanelActions;
  #shown = '';

  update(state: PanelState): void {
    const page = state.thread && attachedText(state.thread);
    const failed = state.thread?.entries.some((entry) => entry.kind === 'failure') ?? false;
    this.hidden = isFirstRun(state) || state.thread === null || state.thread.entries.some((entry) => entry.kind !== 'failure');
    const shown = JSON.stringify([page?.source.kind, page?.source.code, state.thread?.attached, state.granted, state.shortcut, failed]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const body = page || state.granted ? this.#suggestions(state.thread) : ways(state.shortcut);
    const title = page || state.granted ? t('readyTitle') : t('emptyTitle');
    this.replaceChildren(
      h('div', { class: 'empty' }, failed ? null : mark(), h('h2', {}, title), h('p', {}, t('emptyIntro')), body),
    );
  }

  #suggestions(thread: Thread | null): HTMLElement {
    const page = thread && attachedText(thread);
    const summarize = t(page?.source.kind === 'selection' ? 'suggestSummarizeSelection' : 'suggestSummarize');
    const code = page?.source.code && thread?.attached != null ? codeOffers(this.actions, thread.attached) : [];
    const questions = page && code.length === 0 ? [t('suggestMain'), t('suggestExplain')] : [];
    return h(
      'div',
      { class: 'suggestions' },
      suggestion(summarize, 'button primary', () => this.actions.summarize()),
      ...code,
      ...questions.map((question) => suggestion(question, 'button', () => this.actions.ask(question))),
    );
  }
}

function suggestion(words: string, style: string, click: () => void): HTMLButtonElement {
  return h('button', { class: style, attributes: { type: 'button' }, on: { click } }, words);
}

function ways(shortcut: string | null): HTMLElement {
  const way = (name: IconName, ...words: (Node | string)[]) => h('li', {}, icon(name), h('span', {}, ...words));
  return h(
    'ul',
    { class: 'ways' },
    way('button', t('emptyWayToolbar')),
    way('menu', t('emptyWayMenu')),
    shortcut !== null && way('key', ...withKeys(t('emptyWayShortcut', shortcut), shortcut)),
  );
}
