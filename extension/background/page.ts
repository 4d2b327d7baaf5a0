// Reaching into a page: the content script is injected here, and only on the user's gesture, for `activeTab` grants nothing else.

import type { ErrorCode } from '../generated/protocol';
import {
  type Failure,
  failure,
  type Message,
  type PageText,
  ReceiverError,
  type Reply,
  type Result,
  sendToFrame,
} from '../shared/messages';
import { readPdf, showsPdf } from './pdf';

const TOP_FRAME = 0;

/** Pages that no extension may read, by what Chrome says when one tries. */
const FORBIDDEN =
  /chrome(-extension|-untrusted|-search)?:\/\/|devtools:\/\/|about:|gallery|error page|policy|view-source/i;

/** Asks the content script of a frame, injecting it where there is none yet. Never rejects. */
export async function ask<M extends Extract<Message, { to: 'content' }>>(
  tabId: number,
  frameId: number,
  message: M,
): Promise<Reply<M> | { ok: false; failure: Failure }> {
  try {
    return await sendToFrame(tabId, frameId, message);
  } catch (error) {
    if (error instanceof ReceiverError) return unreachable(error);
    // No content script there yet, or one that an update of the extension has orphaned.
  }
  try {
    const target = { tabId, frameIds: [frameId] };
    // Of frames, the browser leaves out those that the grant does not cover.
    const painted = frameId === TOP_FRAME ? { tabId, allFrames: true } : target;
    await chrome.scripting.insertCSS({ target: painted, files: ['content/highlight.css'] });
    await chrome.scripting.executeScript({ target, files: ['content.js'] });
    return await sendToFrame(tabId, frameId, message);
  } catch (error) {
    return unreachable(error);
  }
}

/** Reads the page's readable text, or the PDF that is in its place. */
export async function readPage(tabId: number): Promise<Result<PageText>> {
  try {
    if (await showsPdf(tabId)) return await readPdf(tabId);
  } catch (error) {
    return unreachable(error);
  }
  const read = await ask(tabId, TOP_FRAME, { to: 'content', type: 'extract-page' });
  return read.ok ? { ok: true, value: { tabId, frameId: TOP_FRAME, ...read.value } } : read;
}

/**
 * Reads the selection of a frame. `known` is the selection as the menu tells it, which serves where the frame cannot be
 * read (it is of another origin); its passages cannot be found in the page.
 */
export async function readSelection(tabId: number, frameId: number, known: string): Promise<Result<PageText>> {
  const read = await ask(tabId, frameId, { to: 'content', type: 'extract-selection', asCode: false });
  if (read.ok) return { ok: true, value: { tabId, frameId, ...read.value } };
  if (!known.trim()) return read;
  const source = { kind: 'selection', title: '', text: known, language: null, code: null } as const;
  return { ok: true, value: { tabId, frameId, textId: '', url: '', source } };
}

/**
 * Reads the selection of a frame as code. What the menu tells of it does not serve here, for it tells it in one line: code in a
 * frame of another origin cannot be read.
 */
export async function readCode(tabId: number, frameId: number): Promise<Result<PageText>> {
  const read = await ask(tabId, frameId, { to: 'content', type: 'extract-selection', asCode: true });
  if (!read.ok) return read;
  if (!read.value.source.code) return failure('not-code', 'the selection is prose');
  return { ok: true, value: { tabId, frameId, ...read.value } };
}

/** The frame that has the keyboard, among those that the grant covers. */
export async function focusedFrame(tabId: number): Promise<Result<number>> {
  try {
    const frames = await chrome.scripting.executeScript({
      target: { tabId, allFrames: true },
      func: () => document.hasFocus() && !(document.activeElement instanceof HTMLIFrameElement),
    });
    const focused = frames.find(({ result }) => result === true);
    return { ok: true, value: focused?.frameId ?? TOP_FRAME };
  } catch (error) {
    return unreachable(error);
  }
}

function unreachable(error: unknown): { ok: false; failure: Failure } {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ReceiverError) return failure('bad-request', detail);
  return failure(codeOf(detail), detail);
}

function codeOf(detail: string): ErrorCode {
  if (detail.includes('file://')) return 'file-forbidden';
  return FORBIDDEN.test(detail) ? 'page-forbidden' : 'grant-needed';
}
