// `<sotto-panel>`: the whole of the side panel.

import { defineModelElements } from '../../models/views/model-manager';
import { h, icon } from '../../shared/dom';
import { t } from '../../shared/i18n';
import { isRunning } from '../answer';
import type { PanelActions, PanelState, PanelView } from '../controller';
import { allAnswers, shownAnswer } from '../thread';
import { AnswerView } from './answer-view';
import { CodeView } from './code-entry';
import { ContextTray } from './context-tray';
import { EmptyView } from './empty-view';
import { EngineDetail, EngineStatus, offersModels } from './engine-views';
import { FirstRun, isFirstRun } from './first-run';
import { mark } from './mark';
import { PageBanner } from './page-banner';
import { QuestionComposer } from './question-composer';
import { QuestionView } from './question-view';
import { SeenPassages } from './seen-passages';
import { ChatView, FailureView, SummaryView, ThreadView } from './thread-view';
import { WithdrawnNote } from './withdrawn-note';

/** How near the end, in pixels, the view follows what is written. */
const NEAR_END = 48;

export class Panel extends HTMLElement implements PanelView {
  readonly #status = new EngineStatus();
  readonly #detail = new EngineDetail();
  readonly #banner = new PageBanner();
  readonly #empty = new EmptyView();
  readonly #firstRun = new FirstRun();
  readonly #thread = new ThreadView();
  readonly #tray = new ContextTray();
  readonly #seen = new SeenPassages();
  readonly #composer = new QuestionComposer();
  readonly #said = h('p', { class: 'unseen', attributes: { role: 'status' } });
  readonly #scroll = h('main', { class: 'scroll', attributes: { tabindex: -1 } });
  readonly #startOver = h('button', {
    class: 'button quiet only-icon',
    attributes: { type: 'button', 'aria-label': t('newThread'), title: t('newThread') },
  });
  readonly #export = h('button', {
    class: 'button quiet only-icon',
    attributes: { type: 'button', 'aria-label': t('exportThread'), title: t('exportThread') },
  });
  #entryCount = 0;
  #wasRunning = false;

  /** Builds the panel. Called once, before the first update. */
  begin(actions: PanelActions): void {
    const views = [this.#detail, this.#banner, this.#empty, this.#firstRun, this.#thread, this.#tray, this.#seen, this.#composer];
    for (const view of views) view.actions = actions;
    this.#export.append(icon('save'));
    this.#export.addEventListener('click', () => actions.exportThread());
    this.#startOver.append(icon('new'));
    this.#startOver.addEventListener('click', () => actions.startOver());
    const settings = h(
      'button',
      {
        class: 'button quiet only-icon',
        attributes: { type: 'button', 'aria-label': t('settings'), title: t('settings') },
        on: { click: () => actions.openSettings() },
      },
      icon('settings'),
    );
    this.#scroll.append(this.#thread, this.#firstRun, this.#empty);
    this.append(
      h(
        'header',
        {},
        h(
          'div',
          { class: 'top' },
          h('h1', { class: 'brand' }, mark(), t('extName')),
          this.#status,
          h('div', { class: 'top-actions' }, this.#export, this.#startOver, settings),
        ),
        h('div', { class: 'strip' }, this.#detail, this.#banner),
      ),
      this.#scroll,
      h('footer', { class: 'foot' }, h('div', { class: 'ask' }, this.#tray, this.#seen, this.#composer)),
      this.#said,
    );
  }

  update(state: PanelState): void {
    const running = state.thread ? allAnswers(state.thread).find(isRunning) : undefined;
    const followed = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < NEAR_END;
    const entries = state.thread?.entries.length ?? 0;
    this.#status.update(state.engine, running?.progress ?? null);
    // What can be done about a model that does not load is offered there, wherever else it is told.
    this.#detail.update(state, isFirstRun(state) || (saidAlready(state) && !offersModels(state.engine)));
    this.#banner.update(state);
    this.#thread.update(state);
    this.#firstRun.update(state);
    this.#empty.update(state);
    this.#tray.update(state);
    this.#seen.update(state);
    this.#composer.update(state);
    this.#startOver.hidden = entries === 0;
    this.#export.hidden = !state.thread?.entries.some((entry) => shownAnswer(entry)?.text);
    // A new entry comes into view; text that is written is followed as long as the reader stays at the end, up to where
    // the entry would begin to leave.
    if (entries > this.#entryCount || ((running || this.#wasRunning) && followed)) this.#scroll.scrollTop = this.#lastEntryTop();
    this.#entryCount = entries;
    this.#wasRunning = running !== undefined;
  }

  /** Where the last entry begins, in the scrolled content. */
  #lastEntryTop(): number {
    const entry = this.#thread.last();
    if (!entry) return 0;
    const inset = parseFloat(getComputedStyle(this.#scroll).paddingTop);
    return entry.getBoundingClientRect().top - this.#scroll.getBoundingClientRect().top + this.#scroll.scrollTop - inset;
  }

  announce(text: string): void {
    // The same words twice in a row would not be said again.
    this.#said.textContent = this.#said.textContent === text ? `${text}\u00a0` : text;
  }

  focusComposer(): void {
    this.#composer.focus();
  }
}

/** Whether the last answer tells of the failure that the engine reports. */
function saidAlready({ engine, thread }: PanelState): boolean {
  const last = thread?.entries.at(-1);
  const progress = last && shownAnswer(last)?.progress;
  return engine?.state === 'failed' && progress?.kind === 'failed' && progress.code === engine.code;
}

/** Names the elements. Called once, before the first of them is made. */
export function defineElements(): void {
  customElements.define('engine-status', EngineStatus);
  customElements.define('engine-detail', EngineDetail);
  customElements.define('page-banner', PageBanner);
  defineModelElements();
  customElements.define('first-run', FirstRun);
  customElements.define('empty-view', EmptyView);
  customElements.define('withdrawn-note', WithdrawnNote);
  customElements.define('answer-view', AnswerView);
  customElements.define('question-view', QuestionView);
  customElements.define('summary-entry', SummaryView);
  customElements.define('chat-entry', ChatView);
  customElements.define('code-entry', CodeView);
  customElements.define('failure-entry', FailureView);
  customElements.define('thread-view', ThreadView);
  customElements.define('context-tray', ContextTray);
  customElements.define('seen-passages', SeenPassages);
  customElements.define('question-composer', QuestionComposer);
  customElements.define('sotto-panel', Panel);
}
