// What the panel does: which thread is shown, what is asked of the engine, what is said aloud. Knows no DOM.

import type { Models } from '../models/views/model-manager';
import type { EngineState, Event, ExplainKind, Preferences, SourceRange } from '../generated/protocol';
import type { EngineClient, Handle } from '../shared/engine-client';
import { errorSentence, formatNumber, t } from '../shared/i18n';
import { newId } from '../shared/id';
import type { Failure, Intent, PageText, Result } from '../shared/messages';
import { type Answer, isRunning, newAnswer, takeEvent } from './answer';
import { type CodeEntry, newCodeEntry } from './code';
import { copyAnswer, type CopyFormat } from './copy';
import { exportName, exportThread } from './export';
import type { ThreadStore } from './store';
import {
  allAnswers,
  type AskingEntry,
  attach,
  attachedText,
  type ChatEntry,
  type Entry,
  entryJob,
  entryText,
  FIRST_SHAPE,
  isBusy,
  newThread,
  type Shape,
  showAnswer,
  shownAnswer,
  type SummaryEntry,
  type Thread,
  threadAddress,
} from './thread';

/** The engine, as far as the panel uses it. */
export type Engine = Pick<EngineClient, 'ready' | 'start' | 'resume' | 'onState'>;

/** The browser, as far as the panel uses it. */
export interface Browser {
  /** The tab in front of this window; its address where the extension may know it. */
  activeTab(): Promise<{ id: number; url: string | null } | null>;
  /** Calls `listener` when another tab comes to the front or the one in front goes to another address. */
  onTabChange(listener: () => void): void;
  takeIntent(): Promise<Intent | null>;
  onIntent(listener: () => void): void;
  readPage(tabId: number): Promise<Result<PageText>>;
  showPassage(page: PageText, start: number, end: number): Promise<Result<{ found: boolean }>>;
  /** What the user wants of every answer, as the settings have it now. */
  preferences(): Preferences;
  /** The id of the model that the user chose; null: the package's. */
  chosenModel(): string | null;
  usePackagedModel(): void;
  models(): Models;
  /** The keys that start a chat about the page, such as Alt+Shift+C; null where none are set. */
  shortcut(): Promise<string | null>;
  openSettings(): void;
  writeClipboard(text: string): Promise<void>;
  /** Saves `text` as a file of the browser's downloads. */
  saveFile(name: string, text: string): void;
  /** When the panel was opened, in milliseconds since 1970. */
  openedAt(): number;
  closePanel(): void;
}

/** The passage that the user asked to see. */
export interface ShownPassage {
  requestId: string;
  /** `start` of the sentence that it supports; null for one of the passages that a question was answered from. */
  sentence: number | null;
  /** Where it begins in the text. */
  start: number;
  quote: string;
  place: 'looking' | 'found' | 'gone' | 'unreachable';
  /** The page of a PDF that it begins on; null for what has no pages. */
  pageNumber: number | null;
}

/** Everything that the panel shows. */
export interface PanelState {
  /** Null until the engine is heard. */
  engine: EngineState | null;
  /** The id of the model that the user chose; null: the package's. */
  chosenModel: string | null;
  /** Null until the tab is known. */
  thread: Thread | null;
  /** Whether the page in front may be read. */
  granted: boolean;
  /** The page in front is not the thread's: it can be read, or the user must grant it first. */
  banner: 'changed' | 'needs-grant' | null;
  passage: ShownPassage | null;
  shortcut: string | null;
}

/** What the views may ask for. */
export interface PanelActions {
  ask(question: string): void;
  summarize(): void;
  reshape(entry: SummaryEntry, shape: Shape): void;
  /** Explains the code that `text` of the thread is, or adds comments to it. */
  doWithCode(text: number, task: ExplainKind): void;
  /** Shows the other thing that can be done with the entry's code. */
  redo(entry: CodeEntry, task: ExplainKind): void;
  again(entry: AskingEntry): void;
  /** Asks `question` in the place of the entry's; what was said after it is forgotten. */
  edit(entry: ChatEntry, question: string): void;
  stop(): void;
  attachPage(): void;
  detach(): void;
  useNewPage(): void;
  keepOldPage(): void;
  startOver(): void;
  showPassage(entry: Entry, sentenceStart: number | null, passage: SourceRange): void;
  /** Whether it was copied. */
  copy(entry: Entry, format: CopyFormat): Promise<boolean>;
  /** Saves the conversation as a Markdown file. */
  exportThread(): void;
  openSettings(): void;
  /** Has the engine load the package's model instead of the chosen one. */
  usePackagedModel(): void;
  /** The worker that keeps models. */
  models(): Models;
}

/** Hears of changes. */
export interface PanelView {
  update(state: PanelState): void;
  /** Says something once to people who do not see the screen. */
  announce(text: string): void;
  focusComposer(): void;
}

/** How long a stream may run on before it is stored again, in milliseconds. */
const SAVE_AFTER = 400;

export class PanelController implements PanelActions {
  readonly #engine: Engine;
  readonly #browser: Browser;
  readonly #store: ThreadStore;
  readonly #view: PanelView;
  readonly #state: PanelState = {
    engine: null,
    chosenModel: null,
    thread: null,
    granted: false,
    banner: null,
    passage: null,
    shortcut: null,
  };
  /** Threads in use, by tab and address, so that a stream goes on in the same object. */
  readonly #threads = new Map<string, Thread>();
  /** The thread that each tab shows. */
  readonly #shown = new Map<number, Thread>();
  /** The address at which the user chose to keep the earlier page; null for one that may not be known. */
  readonly #kept = new Map<number, string | null>();
  readonly #handles = new Map<string, Handle>();
  readonly #saves = new Map<Thread, ReturnType<typeof setTimeout>>();
  /** The last turn of the chain that changes of tab and intents run in. */
  #turn: Promise<void> = Promise.resolve();
  #frontTab: number | null = null;
  #frontAddress: string | null = null;

  constructor(engine: Engine, browser: Browser, store: ThreadStore, view: PanelView) {
    this.#engine = engine;
    this.#browser = browser;
    this.#store = store;
    this.#view = view;
  }

  /** Shows the thread of the tab in front and does what the user asked for. Resolves when both are done. */
  async begin(): Promise<void> {
    this.#engine.onState((state) => {
      this.#state.engine = state;
      this.#state.chosenModel = this.#browser.chosenModel();
      this.#changed();
    });
    this.#engine.ready().catch((error: unknown) => {
      this.#state.engine ??= { state: 'failed', code: 'bad-request', message: String(error) };
      this.#changed();
    });
    this.#browser.onTabChange(() => this.#inTurn(() => this.#followTab()));
    this.#browser.onIntent(() => this.#inTurn(() => this.#followIntent()));
    this.#state.shortcut = await this.#browser.shortcut();
    this.#inTurn(() => this.#followTab());
    this.#inTurn(() => this.#followIntent());
    await this.#turn;
  }

  ask(question: string): void {
    const thread = this.#state.thread;
    if (!thread || question.trim() === '' || isBusy(thread)) return;
    this.#dropFailures(thread);
    const entry: ChatEntry = {
      kind: 'chat',
      id: newId(),
      text: thread.attached,
      question: question.trim(),
      answer: newAnswer(''),
    };
    thread.entries.push(entry);
    entry.answer = this.#run(thread, entry);
    this.#changed();
  }

  summarize(): void {
    this.#withPage((thread) => this.#addSummary(thread));
  }

  reshape(entry: SummaryEntry, shape: Shape): void {
    entry.shape = shape;
    this.#showWhole(entry);
  }

  doWithCode(text: number, task: ExplainKind): void {
    if (this.#state.thread) this.#add(this.#state.thread, newCodeEntry(text, task));
  }

  redo(entry: CodeEntry, task: ExplainKind): void {
    entry.task = task;
    this.#showWhole(entry);
  }

  again(entry: AskingEntry): void {
    const thread = this.#state.thread;
    if (!thread || isBusy(thread)) return;
    showAnswer(entry, this.#run(thread, entry));
    this.#changed();
  }

  edit(entry: ChatEntry, question: string): void {
    const thread = this.#state.thread;
    if (!thread || question.trim() === '' || isBusy(thread)) return;
    const at = thread.entries.indexOf(entry);
    if (at < 0) return;
    thread.entries.length = at + 1;
    entry.question = question.trim();
    entry.answer = this.#run(thread, entry);
    this.#changed();
  }

  stop(): void {
    if (this.#state.thread) this.#cancelRunning(this.#state.thread);
  }

  attachPage(): void {
    this.#withPage(() => this.#view.focusComposer());
  }

  detach(): void {
    const thread = this.#state.thread;
    if (!thread) return;
    thread.attached = null;
    this.#save(thread);
    this.#changed();
  }

  useNewPage(): void {
    const tabId = this.#frontTab;
    if (tabId === null) return;
    this.#inTurn(async () => {
      const page = await this.#browser.readPage(tabId);
      if (page.ok) await this.#showPage(page.value);
      else if (page.failure.code === 'grant-needed') this.#state.granted = false;
      else await this.#explain(tabId, page.failure);
      this.#changed();
    });
  }

  keepOldPage(): void {
    if (this.#frontTab !== null) this.#kept.set(this.#frontTab, this.#frontAddress);
    this.#changed();
    this.#view.focusComposer();
  }

  startOver(): void {
    const old = this.#state.thread;
    if (!old) return;
    this.#cancelRunning(old);
    clearTimeout(this.#saves.get(old));
    this.#saves.delete(old);
    this.#threads.delete(keyOf(old));
    const page = attachedText(old);
    const thread = newThread(old.tabId, old.address);
    if (page) attach(thread, page);
    this.#threads.set(keyOf(thread), thread);
    this.#shown.set(thread.tabId, thread);
    this.#state.passage = null;
    void this.#store.remove(old.tabId, old.address).then(() => this.#save(thread));
    this.#changed();
    this.#view.focusComposer();
  }

  showPassage(entry: Entry, sentenceStart: number | null, passage: SourceRange): void {
    const thread = this.#state.thread;
    const answer = shownAnswer(entry);
    const page = thread && entryText(thread, entry);
    if (!answer || !page) return;
    const shown: ShownPassage = {
      requestId: answer.requestId,
      sentence: sentenceStart,
      start: passage.start,
      quote: page.source.text.slice(passage.start, passage.end),
      place: 'looking',
      pageNumber: pageNumberAt(page, passage.start),
    };
    this.#state.passage = shown;
    if (shown.pageNumber !== null) shown.place = 'found';
    this.#changed();
    // The browser's viewer of PDFs lets nobody paint or scroll: the number of the page is all there is.
    if (shown.pageNumber !== null) return;
    this.#browser.showPassage(page, passage.start, passage.end).then(
      (reply) => {
        shown.place = !reply.ok ? 'unreachable' : reply.value.found ? 'found' : 'gone';
        this.#changed();
      },
      () => {
        shown.place = 'unreachable';
        this.#changed();
      },
    );
  }

  async copy(entry: Entry, format: CopyFormat): Promise<boolean> {
    const thread = this.#state.thread;
    const answer = shownAnswer(entry);
    if (!thread || !answer) return false;
    try {
      await this.#browser.writeClipboard(copyAnswer(entry, answer.text, entryText(thread, entry), format));
    } catch {
      this.#view.announce(t('copyFailed'));
      return false;
    }
    this.#view.announce(t('copied'));
    return true;
  }

  exportThread(): void {
    const thread = this.#state.thread;
    if (!thread) return;
    this.#browser.saveFile(exportName(thread), exportThread(thread));
    this.#view.announce(t('exported'));
  }

  openSettings(): void {
    this.#browser.openSettings();
  }

  usePackagedModel(): void {
    this.#browser.usePackagedModel();
  }

  models(): Models {
    return this.#browser.models();
  }

  /** Runs `work` after all that was begun before, so that two awaits cannot cross. */
  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => console.error(error));
  }

  /** Reads the page where none is attached, then does `work`. */
  #withPage(work: (thread: Thread) => void): void {
    const thread = this.#state.thread;
    if (!thread) return;
    if (attachedText(thread)) {
      work(thread);
      return;
    }
    this.#inTurn(async () => {
      const page = await this.#browser.readPage(thread.tabId);
      if (page.ok) work(await this.#showPage(page.value));
      else await this.#explain(thread.tabId, page.failure);
      this.#changed();
    });
  }

  async #followTab(): Promise<void> {
    const tab = await this.#browser.activeTab();
    this.#frontTab = tab?.id ?? null;
    this.#frontAddress = tab?.url ? threadAddress(tab.url) : null;
    this.#state.granted = this.#frontAddress !== null;
    if (tab) await this.#threadOfTab(tab.id);
    this.#changed();
  }

  async #followIntent(): Promise<void> {
    const intent = await this.#browser.takeIntent();
    if (!intent) return;
    const { page, action, tabId } = intent;
    // The grant came with the gesture: the address may be known now.
    await this.#followTab();
    if (this.#isToClose(intent)) {
      this.#browser.closePanel();
      return;
    }
    if (page && !page.ok) {
      await this.#explain(tabId, page.failure);
    } else if (page) {
      const thread = await this.#showPage(page.value);
      if (action === 'summarize') this.#addSummary(thread);
      if (intent.task && thread.attached !== null) this.#add(thread, newCodeEntry(thread.attached, intent.task));
    }
    this.#changed();
    if (action === 'chat') this.#view.focusComposer();
  }

  /** Whether the shortcut was pressed in a panel that is about that page already. */
  #isToClose({ action, via, at, page }: Intent): boolean {
    const wasOpen = at !== undefined && at > this.#browser.openedAt();
    return action === 'chat' && via === 'shortcut' && wasOpen && page?.ok === true && this.#isAttached(page.value);
  }

  /** Whether the thread in front is about that page already. */
  #isAttached({ tabId, url }: PageText): boolean {
    const thread = this.#shown.get(tabId);
    const attached = thread && attachedText(thread);
    return tabId === this.#frontTab && attached?.source.kind === 'page' && thread?.address === threadAddress(url);
  }

  /** The thread that a tab shows: the one of its address, else its latest, else a new one. */
  async #threadOfTab(tabId: number): Promise<Thread> {
    const address = tabId === this.#frontTab ? this.#frontAddress : null;
    let thread = this.#shown.get(tabId) ?? null;
    if (!thread && address !== null) thread = await this.#open(tabId, address);
    thread ??= await this.#openLatest(tabId);
    thread ??= this.#adopt(newThread(tabId, address ?? ''));
    if (isEmpty(thread) && address !== null && thread.address !== address) {
      thread = (await this.#open(tabId, address)) ?? this.#adopt(newThread(tabId, address));
    }
    this.#shown.set(tabId, thread);
    return thread;
  }

  /** Shows the thread of the page's address with the page attached. */
  async #showPage(page: PageText): Promise<Thread> {
    const inFront = page.tabId === this.#frontTab;
    // A frame that may not be read does not tell its address; its tab's stands for it.
    const address = threadAddress(page.url) || (inFront && this.#frontAddress) || '';
    const thread = (await this.#open(page.tabId, address)) ?? this.#adopt(newThread(page.tabId, address));
    attach(thread, page);
    this.#dropFailures(thread);
    this.#shown.set(page.tabId, thread);
    if (inFront && address !== '') {
      this.#frontAddress = address;
      this.#state.granted = true;
    }
    this.#save(thread);
    return thread;
  }

  async #open(tabId: number, address: string): Promise<Thread | null> {
    const known = this.#threads.get(keyOf({ tabId, address }));
    if (known) return known;
    const stored = await this.#store.load(tabId, address);
    return stored && this.#adopt(stored);
  }

  async #openLatest(tabId: number): Promise<Thread | null> {
    const stored = await this.#store.latest(tabId);
    return stored && (this.#threads.get(keyOf(stored)) ?? this.#adopt(stored));
  }

  /** Takes a thread into use; what ran in it when the panel closed goes on. */
  #adopt(thread: Thread): Thread {
    this.#threads.set(keyOf(thread), thread);
    for (const answer of allAnswers(thread)) {
      if (!isRunning(answer)) continue;
      const handle = this.#engine.resume(answer.requestId, answer.seq, (event, seq) =>
        this.#take(thread, answer, event, seq),
      );
      this.#handles.set(answer.requestId, handle);
    }
    return thread;
  }

  #addSummary(thread: Thread): void {
    if (thread.attached === null) return;
    this.#add(thread, { kind: 'summary', id: newId(), text: thread.attached, shape: FIRST_SHAPE, answers: {} });
  }

  /** Adds an entry in the place of what is being written. */
  #add(thread: Thread, entry: SummaryEntry | CodeEntry): void {
    this.#cancelRunning(thread);
    thread.entries.push(entry);
    showAnswer(entry, this.#run(thread, entry));
    this.#changed();
  }

  /** Asks for what an entry shows now, unless it is there already. */
  #showWhole(entry: SummaryEntry | CodeEntry): void {
    const thread = this.#state.thread;
    if (!thread) return;
    this.#cancelRunning(thread);
    const before = shownAnswer(entry);
    const whole = before && before.progress.kind === 'done' && before.progress.reason !== 'cancelled';
    if (!whole) showAnswer(entry, this.#run(thread, entry));
    this.#save(thread);
    this.#changed();
  }

  async #explain(tabId: number, failure: Failure): Promise<void> {
    const thread = await this.#threadOfTab(tabId);
    this.#dropFailures(thread);
    thread.entries.push({ kind: 'failure', id: newId(), failure });
    thread.changed = Date.now();
    this.#view.announce(errorSentence(failure.code));
  }

  #dropFailures(thread: Thread): void {
    thread.entries = thread.entries.filter((entry) => entry.kind !== 'failure');
  }

  /** Starts the job of an entry. */
  #run(thread: Thread, entry: AskingEntry): Answer {
    const answer = newAnswer('');
    const job = entryJob(thread, entry, this.#browser.preferences());
    const handle = this.#engine.start(job, (event, seq) => this.#take(thread, answer, event, seq));
    answer.requestId = handle.id;
    this.#handles.set(handle.id, handle);
    this.#state.passage = null;
    this.#view.announce(t('statusStarted'));
    this.#save(thread);
    return answer;
  }

  #take(thread: Thread, answer: Answer, event: Event, seq: number): void {
    takeEvent(answer, event, seq);
    if (isRunning(answer)) {
      this.#save(thread, SAVE_AFTER);
    } else {
      this.#handles.delete(answer.requestId);
      this.#save(thread);
      if (thread === this.#state.thread) this.#view.announce(endSentence(answer));
    }
    if (thread === this.#state.thread) this.#changed();
  }

  #cancelRunning(thread: Thread): void {
    for (const answer of allAnswers(thread)) {
      if (isRunning(answer)) this.#handles.get(answer.requestId)?.cancel();
    }
  }

  /** Stores the thread within `delay` milliseconds. */
  #save(thread: Thread, delay = 0): void {
    thread.changed = Date.now();
    if (this.#threads.get(keyOf(thread)) !== thread) return;
    if (this.#saves.has(thread)) {
      if (delay > 0) return;
      clearTimeout(this.#saves.get(thread));
    }
    const save = () => {
      this.#saves.delete(thread);
      this.#store.save(thread).catch((error: unknown) => console.error(error));
    };
    this.#saves.set(thread, setTimeout(save, delay));
  }

  #changed(): void {
    const state = this.#state;
    const thread = this.#frontTab === null ? null : (this.#shown.get(this.#frontTab) ?? null);
    if (thread !== state.thread) state.passage = null;
    state.thread = thread;
    state.banner = this.#bannerFor(thread);
    this.#view.update(state);
  }

  #bannerFor(thread: Thread | null): PanelState['banner'] {
    if (!thread || isEmpty(thread) || thread.address === '' || thread.address === this.#frontAddress) return null;
    if (this.#kept.get(thread.tabId) === this.#frontAddress) return null;
    return this.#frontAddress !== null && this.#state.granted ? 'changed' : 'needs-grant';
  }
}

function keyOf({ tabId, address }: { tabId: number; address: string }): string {
  return `${tabId}:${address}`;
}

function isEmpty(thread: Thread): boolean {
  return thread.texts.length === 0 && thread.entries.every((entry) => entry.kind === 'failure');
}

/** What is said when an answer has ended. */
function endSentence(answer: Answer): string {
  const { progress } = answer;
  if (progress.kind === 'failed') return errorSentence(progress.code);
  if (progress.kind === 'done' && progress.reason === 'cancelled') return t('statusStopped');
  if (answer.withdrawn?.instead === 'key-passages') return t('statusKeyPassages');
  if (answer.withdrawn?.instead === 'nearest-passages') return t('statusNearestPassages');
  const unsupported = answer.sentences.filter((sentence) => sentence.passage === null).length;
  return unsupported > 0 ? t('statusDoneUnsupported', formatNumber(unsupported)) : t('statusDone');
}

/** The number of the page, from 1, on which unit `at` of a PDF's text stands. */
function pageNumberAt({ pageStarts }: PageText, at: number): number | null {
  return pageStarts ? pageStarts.findLastIndex((start) => start <= at) + 1 : null;
}
