// `<answer-view>`: an answer with its passages, as it comes and when it has ended.

import type { ErrorCode, Flag, FlagKind, Sentence } from '../../generated/protocol';
import { h, icon, type IconName } from '../../shared/dom';
import { cutAtFlags } from '../../shared/flags';
import { formatNumber, formatPercent, type PlainKey, t } from '../../shared/i18n';
import type { PageText } from '../../shared/messages';
import { type Answer, isRunning } from '../answer';
import { type Block, type Run, sameBlock, toBlocks } from '../blocks';
import { isCommented } from '../code';
import type { PanelActions, ShownPassage } from '../controller';
import type { AskingEntry } from '../thread';
import { showCode } from './commented-code';
import { failureNotice } from './engine-views';
import { WithdrawnNote } from './withdrawn-note';

/** What an answer is shown with. */
export interface AnswerState {
  entry: AskingEntry;
  answer: Answer;
  /** The text that it is about; without one no sentence can have a passage. */
  page: PageText | null;
  /** The passage that is open, in whatever answer. */
  passage: ShownPassage | null;
  /** Another answer of the thread is being written. */
  busy: boolean;
  /** It is the last of the thread, where a word on how to use it belongs. */
  last: boolean;
}

const FLAGS: Record<FlagKind, PlainKey> = {
  number: 'flagNumber',
  date: 'flagDate',
  address: 'flagAddress',
  name: 'flagName',
  code: 'flagCode',
  quote: 'flagQuote',
};

/** How long a button says that it has copied, in milliseconds. */
const COPIED_FOR = 1600;

export class AnswerView extends HTMLElement {
  actions!: PanelActions;
  #state: AnswerState | null = null;
  #blocks: Block[] = [];
  /** One element for each block. */
  #elements: HTMLElement[] = [];
  #requestId: string | null = null;
  #endShown = '';
  readonly #progress = h('div', { class: 'progress-line' });
  readonly #text = h('div', {
    class: 'answer-text',
    on: {
      click: (event) => this.#choose(event.target),
      keydown: (event) => this.#key(event),
    },
  });
  readonly #withdrawn = new WithdrawnNote();
  readonly #end = h('div');

  connectedCallback(): void {
    if (!this.firstChild) this.append(this.#withdrawn, this.#progress, this.#text, this.#end);
  }

  update(state: AnswerState): void {
    this.#state = state;
    const { answer } = state;
    if (answer.requestId !== this.#requestId) {
      this.#requestId = answer.requestId;
      this.#blocks = [];
      this.#elements = [];
      delete this.#text.dataset['code'];
      this.#text.replaceChildren();
    }
    this.classList.toggle('writing', answer.progress.kind === 'writing');
    this.setAttribute('aria-busy', String(isRunning(answer)));
    this.#withdrawn.update(answer);
    this.#showProgress(answer);
    if (isCommented(state.entry)) showCode(this.#text, answer);
    else this.#showText(state);
    this.#showPeek(state);
    this.#showEnd(state);
  }

  #showProgress({ progress, step, text }: Answer): void {
    const words = progressWords(progress, step);
    this.#progress.hidden = words === null || text !== '';
    if (words === null) return;
    const reading = progress.kind === 'reading' && progress.total > 0;
    this.#progress.classList.toggle('indeterminate', !reading);
    let label = this.#progress.querySelector('span');
    if (!label) {
      label = h('span');
      this.#progress.append(label);
    }
    label.textContent = words;
    let bar = this.#progress.querySelector('progress');
    if (!reading) {
      bar?.remove();
      return;
    }
    if (!bar) {
      bar = h('progress', { attributes: { 'aria-label': words } });
      this.#progress.append(bar);
    }
    // Of a text that is read in parts the bar shows how far all of it is read.
    const part = step?.kind === 'part' ? step : { number: 1, of: 1 };
    bar.max = part.of;
    bar.value = part.number - 1 + progress.done / progress.total;
  }

  /** Builds the blocks that changed and leaves the others, with the focus and the selection in them. */
  #showText({ answer, page }: AnswerState): void {
    const blocks = toBlocks(answer.text, page ? answer.sentences : []);
    const focused = focusedSentence(this.#text);
    let same = 0;
    while (same < blocks.length && same < this.#blocks.length && sameBlock(blocks[same]!, this.#blocks[same]!)) same++;
    for (const element of this.#elements.splice(same)) remove(element);
    for (const block of blocks.slice(same)) this.#elements.push(this.#place(block, blocks));
    this.#blocks = blocks;
    const sentences = this.#text.querySelectorAll<HTMLElement>('.sentence');
    if (focused !== null) find(sentences, focused)?.focus();
    // One stop for the Tab key; the arrow keys go from sentence to sentence.
    const stop = [...sentences].find((element) => element === document.activeElement) ?? sentences[0];
    for (const element of sentences) element.tabIndex = element === stop ? 0 : -1;
  }

  /** Adds a block at the end: a paragraph, or an item of the last list where that is of its kind. */
  #place(block: Block, blocks: Block[]): HTMLElement {
    if (block.kind === 'paragraph') {
      const paragraph = h('p', {}, ...block.runs.flatMap(runNodes));
      this.#text.append(paragraph);
      return paragraph;
    }
    const tag = block.kind === 'bullet' ? 'ul' : 'ol';
    let list = this.#text.lastElementChild;
    if (list?.localName !== tag || blocks[this.#elements.length - 1]?.kind !== block.kind) {
      list = h(tag);
      this.#text.append(list);
    }
    const item = h('li', {}, ...block.runs.flatMap(runNodes));
    if (block.number !== null) item.value = block.number;
    list.append(item);
    return item;
  }

  /** Quotes the chosen sentence's passage below its block. */
  #showPeek({ answer, passage }: AnswerState): void {
    const open = passage?.requestId === answer.requestId ? passage : null;
    for (const element of this.#text.querySelectorAll<HTMLElement>('.sentence')) {
      element.setAttribute('aria-pressed', String(open !== null && element.dataset['start'] === String(open.sentence)));
    }
    const old = this.#text.querySelector<HTMLElement>('.peek');
    const chosen = open && open.sentence !== null && find(this.#text.querySelectorAll('.sentence'), String(open.sentence));
    if (!open || !chosen) {
      old?.remove();
      return;
    }
    const block = chosen.closest('p, li')!;
    const heading = passageHeading(open);
    const key = `${open.sentence} ${open.place}`;
    if (old?.dataset['key'] === key && old.parentElement === block) return;
    old?.remove();
    const peek = h(
      'span',
      { class: 'peek', attributes: { 'data-key': key } },
      h('span', { class: 'peek-heading' }, heading),
      h('q', {}, open.quote),
    );
    block.append(peek);
  }

  #showEnd(state: AnswerState): void {
    const { answer, page, entry, busy, last } = state;
    const shown = JSON.stringify([answer.requestId, answer.progress.kind, answer.sentences.length, answer.seen, busy, last]);
    if (shown === this.#endShown) return;
    this.#endShown = shown;
    const { progress } = answer;
    const again = this.#tool('regenerate', 'restart', () => this.actions.again(entry));
    again.disabled = busy;
    const parts: Node[] = [];
    if (progress.kind === 'failed') {
      const retry = this.#remedy(entry, progress.code);
      retry.disabled = busy;
      const notice = failureNotice(progress.code, progress.detail, retry);
      notice.classList.add('answer-failure');
      parts.push(notice);
    }
    if (answer.seen) {
      const share = formatPercent(answer.seen.used, answer.seen.total);
      parts.push(warning(t(entry.kind === 'code' ? 'codePartSeen' : 'answerPartSeen', share)));
    }
    if (progress.kind === 'done') {
      const note = endNote(progress.reason, answer);
      if (note) parts.push(warning(note));
      const kept = answer.diff?.notes.length ?? 0;
      if (kept > 0) parts.push(warning(t('codePutBack', formatNumber(kept))));
      if (page && answer.sentences.length > 0) {
        parts.push(h('p', { class: 'support' }, supportWords(answer.sentences, last)));
      }
    }
    if (!isRunning(answer) && answer.text !== '') {
      const foot = h(
        'div',
        { class: 'answer-foot' },
        this.#copyTool('copyMarkdown', 'copy', 'markdown'),
        this.#copyTool('copyPlain', 'text', 'plain'),
        progress.kind === 'done' && again,
        progress.kind === 'done' && h('span', { class: 'stats' }, statsWords(progress.stats)),
      );
      parts.push(foot);
    } else if (progress.kind === 'done') {
      parts.push(h('div', { class: 'answer-foot' }, again));
    }
    this.#end.replaceChildren(...parts);
  }

  /** The button below a failure. */
  #remedy(entry: AskingEntry, code: ErrorCode): HTMLButtonElement {
    // Asked again, it would say the same.
    const instead = entry.kind === 'code' && code === 'language-unknown' ? entry : null;
    const click = () => (instead ? this.actions.redo(instead, 'explain') : this.actions.again(entry));
    return h('button', { class: 'button', attributes: { type: 'button' }, on: { click } }, t(instead ? 'codeExplain' : 'regenerate'));
  }

  #tool(key: PlainKey, name: IconName, click: () => void): HTMLButtonElement {
    const attributes = { type: 'button', 'aria-label': t(key), title: t(key) };
    return h('button', { class: 'button quiet only-icon', attributes, on: { click } }, icon(name));
  }

  #copyTool(key: PlainKey, name: IconName, format: 'markdown' | 'plain'): HTMLButtonElement {
    const button = this.#tool(key, name, async () => {
      if (!this.#state || !(await this.actions.copy(this.#state.entry, format))) return;
      button.replaceChildren(icon('check'));
      setTimeout(() => button.replaceChildren(icon(name)), COPIED_FOR);
    });
    return button;
  }

  #choose(target: EventTarget | null): void {
    const element = target instanceof Element ? target.closest<HTMLElement>('.sentence') : null;
    if (!element || !this.#state) return;
    const start = Number(element.dataset['start']);
    const sentence = this.#state.answer.sentences.find((candidate) => candidate.start === start);
    if (sentence?.passage) this.actions.showPassage(this.#state.entry, sentence.start, sentence.passage);
  }

  #key(event: KeyboardEvent): void {
    const sentences = [...this.#text.querySelectorAll<HTMLElement>('.sentence')];
    const at = sentences.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#choose(event.target);
      return;
    }
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: sentences.length - 1 }[
      event.key
    ];
    const next = to === undefined ? undefined : sentences[to];
    if (!next) return;
    event.preventDefault();
    sentences[at]!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

function progressWords(progress: Answer['progress'], step: Answer['step']): string | null {
  if (step && (progress.kind === 'waiting' || progress.kind === 'reading')) {
    if (step.kind === 'merging') return t('progressMerging');
    return t('progressPart', formatNumber(step.number), formatNumber(step.of));
  }
  switch (progress.kind) {
    case 'waiting':
      return t('progressWaiting');
    case 'queued':
      return progress.ahead > 0 ? t('progressQueued', formatNumber(progress.ahead)) : t('progressWaiting');
    case 'reading':
      return t('progressReading', formatPercent(progress.done, progress.total));
    case 'writing':
      return t('progressWriting');
    default:
      return null;
  }
}

function warning(words: string): HTMLElement {
  return h('p', { class: 'end-note' }, icon('warning'), h('span', {}, words));
}

function endNote(reason: 'complete' | 'length' | 'cancelled' | 'repetition', { step, text }: Answer): string | null {
  // Before the parts are brought together there is no text that could be partial.
  if (reason === 'cancelled' && step?.kind === 'part' && text === '') {
    return t('endCancelledPart', formatNumber(step.number), formatNumber(step.of));
  }
  switch (reason) {
    case 'complete':
      return null;
    case 'length':
      return t('endLength');
    case 'cancelled':
      return t('endCancelled');
    case 'repetition':
      return t('endRepetition');
  }
}

function supportWords(sentences: readonly Sentence[], withHint: boolean): string {
  const found = sentences.filter((sentence) => sentence.passage !== null).length;
  const count = t('passageCount', formatNumber(found), formatNumber(sentences.length));
  return found > 0 && withHint ? `${count} · ${t('passageHint')}` : count;
}

function statsWords(stats: { generatedTokens: number; firstTokenSeconds: number; decodeSeconds: number }): string {
  const words: string[] = [];
  // The first token comes at the end of reading: n tokens take n - 1 steps of writing.
  if (stats.generatedTokens > 1 && stats.decodeSeconds > 0) {
    const speed = (stats.generatedTokens - 1) / stats.decodeSeconds;
    words.push(t('statsSpeed', formatNumber(speed, speed < 100 ? 1 : 0)));
  }
  words.push(t('statsFirst', formatNumber(stats.firstTokenSeconds, 1)));
  return words.join(' · ');
}

function passageHeading({ place, pageNumber }: ShownPassage): string {
  if (pageNumber !== null) return t('passageOnPage', formatNumber(pageNumber));
  return t(place === 'gone' ? 'passageGone' : place === 'unreachable' ? 'passageUnreachable' : 'passageHeading');
}

function runNodes(run: Run): Node[] {
  const { sentence } = run;
  if (!sentence) return [document.createTextNode(run.text)];
  const pieces = cutAtFlags(run.text, run.start, sentence.flags).map(({ text, flag }) =>
    flag ? flagNode(text, flag) : document.createTextNode(text),
  );
  if (sentence.passage) {
    const attributes = {
      role: 'button',
      tabindex: -1,
      title: t('passageShow'),
      'data-start': sentence.start,
      'aria-pressed': 'false',
    };
    return [h('span', { class: 'sentence', attributes }, ...pieces)];
  }
  // Said once, where the sentence ends.
  const label = run.end === sentence.end ? h('span', { class: 'no-passage' }, t('passageNone')) : null;
  const text = h('span', { class: 'unsupported' }, ...pieces);
  return label ? [text, document.createTextNode(' '), label] : [text];
}

function flagNode(text: string, flag: Flag): HTMLElement {
  const words = t(FLAGS[flag.kind]);
  return h('span', { class: 'flag', attributes: { title: words } }, text, h('span', { class: 'unseen' }, ` (${words})`));
}

/** Where the focused sentence starts; null where the focus is elsewhere. */
function focusedSentence(text: HTMLElement): string | null {
  const element = document.activeElement;
  return element instanceof HTMLElement && text.contains(element) ? (element.dataset['start'] ?? null) : null;
}

function find(sentences: NodeListOf<HTMLElement>, start: string): HTMLElement | null {
  return [...sentences].find((element) => element.dataset['start'] === start) ?? null;
}

/** Removes a block, and its list with the last item. */
function remove(element: HTMLElement): void {
  const parent = element.parentElement;
  element.remove();
  if (parent && parent.childElementCount === 0 && (parent.localName === 'ul' || parent.localName === 'ol')) parent.remove();
}
