// `<thread-view>`: the entries of a conversation, oldest first.

import type { Length, SummaryType } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { type ChatEntry, type Entry, entryText, type FailureEntry, type Shape, shownAnswer, type SummaryEntry } from '../thread';
import { AnswerView } from './answer-view';
import { CodeView, codeOffers } from './code-entry';
import { failureNotice } from './engine-views';
import { chips, surroundings } from './entry-parts';
import { QuestionView } from './question-view';

const TYPES: [SummaryType, PlainKey][] = [
  ['key-points', 'shapeKeyPoints'],
  ['tldr', 'shapeTldr'],
  ['headline', 'shapeHeadline'],
  ['teaser', 'shapeTeaser'],
];

const LENGTHS: [Length, PlainKey][] = [
  ['short', 'lengthShort'],
  ['medium', 'lengthMedium'],
  ['long', 'lengthLong'],
];

abstract class EntryView<E extends Entry> extends HTMLElement {
  actions!: PanelActions;
  abstract update(entry: E, state: PanelState): void;
}

/** `<summary-entry>`: a summary, its shape one click from every other. */
export class SummaryView extends EntryView<SummaryEntry> {
  #entry: SummaryEntry | null = null;
  readonly #answer = new AnswerView();

  override update(entry: SummaryEntry, state: PanelState): void {
    const page = state.thread && entryText(state.thread, entry);
    if (!this.#entry) {
      const title = t(page?.source.kind === 'selection' ? 'summaryOfSelection' : 'summaryOfPage');
      this.#answer.actions = this.actions;
      this.append(
        h('h2', { class: 'entry-title' }, title),
        h(
          'div',
          { class: 'shapes' },
          chips('shapeLabel', `${entry.id}-type`, TYPES, (type) => this.#reshape({ type })),
          chips('lengthLabel', `${entry.id}-length`, LENGTHS, (length) => this.#reshape({ length })),
          page?.source.code && h('div', { class: 'offers' }, ...codeOffers(this.actions, entry.text)),
        ),
        this.#answer,
      );
    }
    this.#entry = entry;
    for (const input of this.querySelectorAll('input')) {
      input.checked = input.value === entry.shape.type || input.value === entry.shape.length;
    }
    this.classList.toggle('headline', entry.shape.type === 'headline');
    const answer = shownAnswer(entry);
    if (answer) this.#answer.update({ entry, answer, page, ...surroundings(entry, state) });
  }

  #reshape(change: Partial<Shape>): void {
    const entry = this.#entry!;
    this.actions.reshape(entry, { ...entry.shape, ...change });
  }
}

/** `<chat-entry>`: a question and its answer. */
export class ChatView extends EntryView<ChatEntry> {
  readonly #answer = new AnswerView();
  readonly #question = new QuestionView();

  override update(entry: ChatEntry, state: PanelState): void {
    if (!this.firstChild) {
      this.#answer.actions = this.actions;
      this.#question.actions = this.actions;
      this.append(
        h('h2', { class: 'unseen' }, t('youSaid')),
        this.#question,
        h('h3', { class: 'unseen' }, t('sottoSaid')),
        this.#answer,
      );
    }
    this.#question.update(entry, state);
    const page = state.thread && entryText(state.thread, entry);
    this.#answer.update({ entry, answer: entry.answer, page, ...surroundings(entry, state) });
  }
}

/** `<failure-entry>`: why something that was asked for could not begin. */
export class FailureView extends EntryView<FailureEntry> {
  override update(entry: FailureEntry): void {
    if (!this.firstChild) this.append(failureNotice(entry.failure.code, entry.failure.detail));
  }
}

const VIEWS = { summary: SummaryView, chat: ChatView, code: CodeView, failure: FailureView };

type EntryElement = InstanceType<(typeof VIEWS)[keyof typeof VIEWS]>;

export class ThreadView extends HTMLElement {
  actions!: PanelActions;
  readonly #views = new Map<string, EntryElement>();
  readonly #list = h('div', { class: 'entries', attributes: { role: 'group', 'aria-label': t('threadLabel') } });

  connectedCallback(): void {
    if (!this.firstChild) this.append(this.#list);
  }

  update(state: PanelState): void {
    const entries = state.thread?.entries ?? [];
    const ids = new Set(entries.map((entry) => entry.id));
    for (const [id, view] of this.#views) {
      if (ids.has(id)) continue;
      view.remove();
      this.#views.delete(id);
    }
    for (const entry of entries) {
      const view = this.#views.get(entry.id) ?? this.#add(entry);
      (view as EntryView<Entry>).update(entry, state);
    }
  }

  /** The last entry's element. */
  last(): Element | null {
    return this.#list.lastElementChild;
  }

  #add(entry: Entry): EntryElement {
    const view = new VIEWS[entry.kind]();
    view.actions = this.actions;
    this.#views.set(entry.id, view);
    this.#list.append(view);
    return view;
  }
}
