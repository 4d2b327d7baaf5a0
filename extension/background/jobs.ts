// The jobs from the user's gesture up to the surface that shows them.

import type { ExplainKind, Tone } from '../generated/protocol';
import { newId } from '../shared/id';
import { loadSettings } from '../shared/settings';
import { type PageText, type Result, send, type Via } from '../shared/messages';
import { explain, leaveIntent } from './intents';
import { ensureOffscreen } from './offscreen';
import { ask, focusedFrame, readCode, readPage, readSelection } from './page';

/** A tab as the jobs need it. */
export interface TabRef {
  id: number;
  windowId: number;
}

/** What was selected when the menu was used. */
export interface MenuSelection {
  frameId: number;
  text: string;
}

export function tabRef(tab: chrome.tabs.Tab | undefined): TabRef | null {
  return tab?.id === undefined || tab.id === chrome.tabs.TAB_ID_NONE ? null : { id: tab.id, windowId: tab.windowId };
}

/** Must run in the gesture itself, before anything is awaited: Chrome forgets the gesture afterwards. */
function openPanel({ windowId }: TabRef): void {
  chrome.sidePanel.open({ windowId }).catch((error: unknown) => {
    // Without a gesture (a dispatched event in a test). The intent waits for the panel all the same.
    console.info('the panel stays closed:', error);
  });
}

/** Starts the engine's document while the page is being read. Failures show when the panel connects. */
function warmUp(): void {
  ensureOffscreen().catch((error: unknown) => console.error('offscreen document:', error));
}

export async function open(tab: TabRef): Promise<void> {
  openPanel(tab);
  warmUp();
  await leaveIntent({ action: 'open', via: 'toolbar', windowId: tab.windowId, tabId: tab.id, page: null });
}

export async function summarizePage(tab: TabRef): Promise<void> {
  openPanel(tab);
  warmUp();
  await leavePage('summarize', 'menu', tab, await readPage(tab.id));
}

export async function summarizeSelection(tab: TabRef, selection: MenuSelection): Promise<void> {
  openPanel(tab);
  warmUp();
  await leavePage('summarize', 'menu', tab, await readSelection(tab.id, selection.frameId, selection.text));
}

export async function doWithCode(tab: TabRef, { frameId }: MenuSelection, task: ExplainKind): Promise<void> {
  openPanel(tab);
  warmUp();
  const page = await readCode(tab.id, frameId);
  await leaveIntent({ action: 'code', task, via: 'menu', windowId: tab.windowId, tabId: tab.id, page });
}

/** From the keyboard: the selection where there is one, else the page. */
export async function summarizeSelectionOrPage(tab: TabRef): Promise<void> {
  openPanel(tab);
  warmUp();
  const frame = await focusedFrame(tab.id);
  const selection = frame.ok ? await readSelection(tab.id, frame.value, '') : frame;
  const empty = !selection.ok && selection.failure.code === 'empty-selection';
  await leavePage('summarize', 'shortcut', tab, empty ? await readPage(tab.id) : selection);
}

export async function chat(tab: TabRef, via: Via): Promise<void> {
  const at = Date.now();
  openPanel(tab);
  warmUp();
  const page = await readPage(tab.id);
  await leaveIntent({ action: 'chat', via, windowId: tab.windowId, tabId: tab.id, page, at });
}

/** `place` is where the menu was used; without it the frame with the keyboard is meant. */
export async function rewrite(tab: TabRef, tone: Tone, via: Via, place: MenuSelection | null): Promise<void> {
  const frame = place ? ({ ok: true, value: place.frameId } as const) : await focusedFrame(tab.id);
  if (!frame.ok) return explain(tab, via, frame.failure);
  let opened = await rewriteIn(tab, frame.value, tone, null);
  if (!opened.ok && opened.failure.code === 'grant-needed' && place?.text.trim() && frame.value !== 0) {
    // A frame of another origin: its text is known from the menu, and the top frame shows the card.
    opened = await rewriteIn(tab, 0, tone, place.text);
  }
  if (!opened.ok) await explain(tab, via, opened.failure);
}

async function rewriteIn(tab: TabRef, frameId: number, tone: Tone, selectionText: string | null): Promise<Result<null>> {
  await ensureOffscreen();
  // One gesture, one token, one port, in this frame alone; unused, it runs out.
  const token = newId();
  await send({ to: 'offscreen', type: 'grant', token, tabId: tab.id, frameId });
  const { savedRewrites: saved } = await loadSettings();
  const canSave = !chrome.extension.inIncognitoContext;
  return ask(tab.id, frameId, { to: 'content', type: 'rewrite', tone, saved, canSave, token, selectionText });
}

function leavePage(action: 'summarize', via: Via, tab: TabRef, page: Result<PageText>): Promise<void> {
  return leaveIntent({ action, via, windowId: tab.windowId, tabId: tab.id, page });
}
