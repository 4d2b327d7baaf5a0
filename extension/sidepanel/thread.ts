// A conversation about one address in one tab. Plain data, so that it can be stored.

import type { ChatRequest, Job, Length, Preferences, SourceRange, SummaryType, Turn } from '../generated/protocol';
import type { Failure, PageText } from '../shared/messages';
import { type Answer, isRunning, tokensUsed } from './answer';
import { type CodeEntry, codeJob } from './code';

/** What a summary looks like. */
export interface Shape {
  type: SummaryType;
  length: Length;
}

/** A summary, in every shape that was asked for so far. */
export interface SummaryEntry {
  kind: 'summary';
  id: string;
  /** Index into the thread's `texts`. */
  text: number;
  shape: Shape;
  /** By `shapeKey`. */
  answers: Record<string, Answer>;
}

/** A question and its answer. */
export interface ChatEntry {
  kind: 'chat';
  id: string;
  /** Index into the thread's `texts`, or null where no page was attached. */
  text: number | null;
  question: string;
  answer: Answer;
}

/** A failure outside any request, such as a page that cannot be read. */
export interface FailureEntry {
  kind: 'failure';
  id: string;
  failure: Failure;
}

/** An entry that asks the engine. */
export type AskingEntry = SummaryEntry | ChatEntry | CodeEntry;

export type Entry = AskingEntry | FailureEntry;

export interface Thread {
  tabId: number;
  /** The page's address without its fragment; empty while it is unknown. */
  address: string;
  /** Every text that was read for this thread, oldest first. */
  texts: PageText[];
  /** Index of the text that the next question is about. */
  attached: number | null;
  entries: Entry[];
  /** When it last changed, in milliseconds since 1970. */
  changed: number;
}

/** What most people want first. */
export const FIRST_SHAPE: Shape = { type: 'key-points', length: 'short' };

export function newThread(tabId: number, address: string): Thread {
  return { tabId, address, texts: [], attached: null, entries: [], changed: Date.now() };
}

/** An address as threads are named by: a fragment is a place in the same page. */
export function threadAddress(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

export function shapeKey(shape: Shape): string {
  return `${shape.type}/${shape.length}`;
}

/** The answer that an entry shows now. */
export function shownAnswer(entry: Entry): Answer | null {
  switch (entry.kind) {
    case 'failure':
      return null;
    case 'chat':
      return entry.answer;
    case 'code':
      return entry.answers[entry.task] ?? null;
    case 'summary':
      return entry.answers[shapeKey(entry.shape)] ?? null;
  }
}

/** Makes `answer` the one that an entry shows now. */
export function showAnswer(entry: AskingEntry, answer: Answer): void {
  if (entry.kind === 'chat') entry.answer = answer;
  else if (entry.kind === 'code') entry.answers[entry.task] = answer;
  else entry.answers[shapeKey(entry.shape)] = answer;
}

/** Every answer of the thread. */
export function allAnswers(thread: Thread): Answer[] {
  return thread.entries.flatMap((entry) => {
    if (entry.kind === 'failure') return [];
    return entry.kind === 'chat' ? [entry.answer] : Object.values(entry.answers);
  });
}

export function isBusy(thread: Thread): boolean {
  return allAnswers(thread).some(isRunning);
}

/** Attaches a text for the next question. The one attached before goes, unless an entry rests on it. */
export function attach(thread: Thread, page: PageText): void {
  // A text without an id cannot be found in the page again, and is like no other.
  const same =
    page.textId === ''
      ? -1
      : thread.texts.findIndex((text) => text.textId === page.textId && text.frameId === page.frameId);
  if (same >= 0) {
    thread.texts[same] = page;
    thread.attached = same;
    return;
  }
  const last = thread.texts.length - 1;
  const rests = thread.entries.some((entry) => entry.kind !== 'failure' && entry.text === last);
  if (thread.attached === last && last >= 0 && !rests) thread.texts.pop();
  thread.texts.push(page);
  thread.attached = thread.texts.length - 1;
}

/** The text that the next question is about. */
export function attachedText(thread: Thread): PageText | null {
  return thread.attached === null ? null : (thread.texts[thread.attached] ?? null);
}

/** The text that an entry is about. */
export function entryText(thread: Thread, entry: Entry): PageText | null {
  return entry.kind === 'failure' || entry.text === null ? null : (thread.texts[entry.text] ?? null);
}

/** The job behind an entry. Earlier turns go with a question; turns about another text and failed ones do not. */
export function entryJob(thread: Thread, entry: AskingEntry, preferences: Preferences): Job {
  const source = entryText(thread, entry)?.source ?? null;
  if (entry.kind === 'code') return codeJob(entry, source);
  if (entry.kind === 'summary') {
    if (!source) throw new Error('a summary without a text');
    return { type: 'summarize', source, summaryType: entry.shape.type, length: entry.shape.length, preferences };
  }
  const turns: Turn[] = [];
  for (const earlier of thread.entries) {
    if (earlier === entry) break;
    if (earlier.kind !== 'chat' || earlier.text !== entry.text || earlier.answer.text === '') continue;
    turns.push({ role: 'user', text: earlier.question }, { role: 'assistant', text: earlier.answer.text });
  }
  turns.push({ role: 'user', text: entry.question });
  return { type: 'chat', source, turns, preferences } satisfies { type: 'chat' } & ChatRequest;
}

/** Tokens of context that the last answer of the thread takes up; null before the first is known. */
export function contextUsed(thread: Thread): number | null {
  for (let i = thread.entries.length - 1; i >= 0; i--) {
    const answer = shownAnswer(thread.entries[i]!);
    const used = answer && tokensUsed(answer);
    if (used) return used;
  }
  return null;
}

/** The passages of a long page that a question was answered from. */
export interface Seen {
  entry: ChatEntry;
  answer: Answer;
  page: PageText;
  /** UTF-16 units of the page that the model saw, and all of them. */
  used: number;
  total: number;
  ranges: SourceRange[];
}

/** What the thread's last question was answered from; null where the model saw the whole page, or there was none. */
export function lastSeen(thread: Thread): Seen | null {
  const entry = thread.entries.findLast(({ kind }) => kind !== 'failure');
  const page = entry && entryText(thread, entry);
  if (entry?.kind !== 'chat' || !page || !entry.answer.seen) return null;
  return { entry, answer: entry.answer, page, ...entry.answer.seen };
}
