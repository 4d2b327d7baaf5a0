// One-off messages between the service worker, the panel, the content scripts and the offscreen document.
//
// Each message names its receiver in `to` (`runtime.sendMessage` reaches every extension page) and has its reply type
// in `Replies`. Text of a job and its events never travel here: they go by port, see engine-client.ts.

import type { ErrorCode, ExplainKind, ModelFile, Source, Tone } from '../generated/protocol';
import type { SavedRewrite } from './settings';

/** A failure that the user should read: the code chooses the sentence, `detail` is for the log. */
export interface Failure {
  code: ErrorCode;
  detail: string;
}

/** What a message is answered with where the work can fail. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Text taken from a frame of a tab, and the address under which its offsets can be found again. */
export interface PageText {
  tabId: number;
  frameId: number;
  /** Names the map from offsets to places in the page that the content script keeps. */
  textId: string;
  /** The page's address when it was read. */
  url: string;
  source: Source;
  /** Where each page of a PDF begins in the text, in UTF-16 units; absent for what has no pages. */
  pageStarts?: number[];
}

/** How the user asked. */
export type Via = 'menu' | 'shortcut' | 'toolbar';

/** What the panel should do, because the user asked for it outside the panel. */
export interface Intent {
  /**
   * `open`: show the panel for the tab, nothing more; `code`: do `task` with the code in `page`; `explain`: show `page.failure` of
   * a job that has no other place.
   */
  action: 'open' | 'summarize' | 'chat' | 'code' | 'explain';
  /** With `code`, and only then. */
  task?: ExplainKind;
  via: Via;
  windowId: number;
  tabId: number;
  /** When the user asked for a chat, in milliseconds since 1970: the shortcut closes a panel that was open before and has the page. */
  at?: number;
  /** What the job is about; null for `open`. */
  page: Result<PageText> | null;
}

/** The caret or the selection's place in the viewport of its frame, in CSS pixels. */
export interface AnchorRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

// To the service worker.

/** From panel and options: make sure that the offscreen document is there. */
export interface EnsureEngine {
  to: 'background';
  type: 'ensure-engine';
}

/** From the panel: hand over what waits for this window's panel. Asked on opening and after each `IntentWaiting`. */
export interface TakeIntent {
  to: 'background';
  type: 'take-intent';
  windowId: number;
}

/** From the panel: read the page in `tabId` again. Works as long as the grant of `activeTab` does. */
export interface ReadPage {
  to: 'background';
  type: 'read-page';
  tabId: number;
}

/** From the panel: scroll to units `start..end` of a text read before, and paint them; an empty span removes the paint. */
export interface ShowPassage {
  to: 'background';
  type: 'show-passage';
  tabId: number;
  frameId: number;
  textId: string;
  start: number;
  end: number;
}

/** From the offscreen document, for a field's card: add to the saved rewrites. */
export interface SaveRewrite {
  to: 'background';
  type: 'save-rewrite';
  name: string;
  instruction: string;
}

// From the service worker.

/** To the panels: an intent waits for the panel of this window. */
export interface IntentWaiting {
  to: 'panel';
  type: 'intent-waiting';
  windowId: number;
}

/** To the offscreen document: a user's gesture in this frame allows one port. */
export interface Grant {
  to: 'offscreen';
  type: 'grant';
  token: string;
  tabId: number;
  frameId: number;
}

/** To the offscreen document, which cannot read the settings itself: what of them concerns the engine. */
export interface EngineSettings {
  to: 'offscreen';
  type: 'settings';
  /** Give the GPU memory back after so many minutes without a request; 0: never. */
  idleMinutes: number;
  model: ModelFile;
}

/** From a page that shows models, to the offscreen document: start the worker that keeps them, unless it is there. Answered when it listens. */
export interface OpenModels {
  to: 'offscreen';
  type: 'open-models';
}

/** To a content script: read the readable text of the page. */
export interface ExtractPage {
  to: 'content';
  type: 'extract-page';
}

/** To a content script: read the selection. */
export interface ExtractSelection {
  to: 'content';
  type: 'extract-selection';
  /** The user says that it is code. */
  asCode: boolean;
}

/** To a content script: rewrite what the focused field holds, or `selectionText` where nothing can be edited. */
export interface RewriteHere {
  to: 'content';
  type: 'rewrite';
  tone: Tone;
  /** The user's own ways to rewrite: a content script reaches no storage. */
  saved: SavedRewrite[];
  /** Whether the card may add to them: not in private windows, where nothing is kept. */
  canSave: boolean;
  /** Opens one port to the engine. */
  token: string;
  /** Text that cannot be read where the script runs (it stands in a cross-origin frame). */
  selectionText: string | null;
}

/** To a content script: see [`ShowPassage`]. */
export interface HighlightPassage {
  to: 'content';
  type: 'highlight-passage';
  textId: string;
  start: number;
  end: number;
}

export type Message =
  | EnsureEngine
  | TakeIntent
  | ReadPage
  | ShowPassage
  | SaveRewrite
  | IntentWaiting
  | Grant
  | EngineSettings
  | OpenModels
  | ExtractPage
  | ExtractSelection
  | RewriteHere
  | HighlightPassage;

/** The reply to each message, by its type. */
export interface Replies {
  'ensure-engine': Result<null>;
  'take-intent': Intent | null;
  'read-page': Result<PageText>;
  /** `found` is false where the page no longer holds the passage. */
  'show-passage': Result<{ found: boolean }>;
  /** What was added; null where nothing was. */
  'save-rewrite': SavedRewrite | null;
  'intent-waiting': void;
  grant: Result<null>;
  settings: Result<null>;
  'open-models': Result<null>;
  'extract-page': Result<{ textId: string; url: string; source: Source }>;
  'extract-selection': Result<{ textId: string; url: string; source: Source }>;
  /** `ok` once the card is open. */
  rewrite: Result<null>;
  'highlight-passage': Result<{ found: boolean }>;
}

export type Reply<M extends Message> = Replies[M['type']];

export function failure(code: ErrorCode, detail: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, detail } };
}

export function success<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

/** The receiver threw: a fault of the extension. */
export class ReceiverError extends Error {}

/** Sends a message to an extension page or the service worker. Rejects where nobody listens. */
export async function send<M extends Message>(message: M): Promise<Reply<M>> {
  return unwrap(await chrome.runtime.sendMessage(message));
}

/** Sends a message to the content script of one frame. Rejects where it has none. */
export async function sendToFrame<M extends Message>(tabId: number, frameId: number, message: M): Promise<Reply<M>> {
  return unwrap(await chrome.tabs.sendMessage(tabId, message, { frameId }));
}

type Wrapped = { reply: unknown } | { threw: string };

function unwrap<T>(answer: Wrapped | undefined): T {
  if (answer === undefined) throw new Error('nobody answered');
  if ('threw' in answer) throw new ReceiverError(answer.threw);
  return answer.reply as T;
}

/** Whether a sender is a page or the service worker of this extension, not a content script. */
export function isOwnPage({ id, origin, tab, url }: chrome.runtime.MessageSender): boolean {
  const home = chrome.runtime.getURL('');
  // The service worker comes without an origin; it alone comes without a tab and a frame, too.
  const isOwn = origin === undefined ? tab === undefined && url?.startsWith(home) === true : `${origin}/` === home;
  return id === chrome.runtime.id && isOwn;
}

type Handlers<To extends Message['to']> = {
  [T in Extract<Message, { to: To }>['type']]: (
    message: Extract<Message, { type: T }>,
    sender: chrome.runtime.MessageSender,
  ) => Promise<Replies[T]> | Replies[T];
};

/**
 * Answers the messages to `to` that come from a sender that `trusted` accepts; everything else is left alone. Gives the
 * function that stops listening.
 */
export function listen<To extends Message['to']>(
  to: To,
  trusted: (sender: chrome.runtime.MessageSender) => boolean,
  handlers: Handlers<To>,
): () => void {
  const listener = (
    message: unknown,
    sender: chrome.runtime.MessageSender,
    reply: (answer: Wrapped) => void,
  ): boolean => {
    if (!isMessageTo(to, message) || !trusted(sender)) return false;
    const handler = (handlers as Record<string, (message: unknown, sender: chrome.runtime.MessageSender) => unknown>)[
      message.type
    ];
    if (!handler) return false;
    Promise.resolve()
      .then(() => handler(message, sender))
      .then(
        (value) => reply({ reply: value }),
        (error: unknown) => {
          console.error(message.type, error);
          reply({ threw: String(error) });
        },
      );
    return true;
  };
  chrome.runtime.onMessage.addListener(listener);
  return () => chrome.runtime.onMessage.removeListener(listener);
}

function isMessageTo(to: Message['to'], message: unknown): message is Message {
  return typeof message === 'object' && message !== null && (message as { to?: unknown }).to === to;
}
