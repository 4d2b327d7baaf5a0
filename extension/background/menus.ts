// The context menu.

import type { ExplainKind, Tone } from '../generated/protocol';
import { chat, doWithCode, rewrite, summarizePage, summarizeSelection, tabRef } from './jobs';

type Contexts = NonNullable<chrome.contextMenus.CreateProperties['contexts']>;

const PAGE: Contexts = ['page', 'link', 'image', 'video', 'audio'];
const TEXT: Contexts = ['selection', 'editable'];

/** Ids of the rewriting entries and what they ask for. Every entry's id is the name of its title in _locales. */
const TONES: Readonly<Record<string, Tone>> = {
  toneMoreFormal: 'more-formal',
  toneMoreCasual: 'more-casual',
  toneShorter: 'shorter',
  toneLonger: 'longer',
  toneSimpler: 'simpler',
  toneList: 'list',
  toneProofread: 'proofread',
  toneOwn: 'own',
};

/** And of those for code. The menu cannot tell what is selected: they are there for every selection, and may answer that it is no code. */
const CODE_TASKS: Readonly<Record<string, ExplainKind>> = { menuExplain: 'explain', menuComment: 'comment' };

/** Chrome keeps the entries between starts: called when the extension is installed or updated. */
export async function createMenus(): Promise<void> {
  await chrome.contextMenus.removeAll();
  create('menuSummarizePage', PAGE);
  create('menuChat', PAGE);
  create('menuSummarizeSelection', ['selection']);
  for (const id of Object.keys(CODE_TASKS)) create(id, ['selection']);
  create('menuRewrite', TEXT);
  for (const id of Object.keys(TONES)) create(id, TEXT, 'menuRewrite');
}

function create(id: string, contexts: Contexts, parentId?: string): void {
  const title = chrome.i18n.getMessage(id);
  chrome.contextMenus.create(parentId ? { id, title, contexts, parentId } : { id, title, contexts });
}

export async function onMenuClicked(info: chrome.contextMenus.OnClickData, clicked?: chrome.tabs.Tab): Promise<void> {
  const tab = tabRef(clicked);
  if (!tab) return;
  const place = { frameId: info.frameId ?? 0, text: info.selectionText ?? '' };
  const tone = TONES[info.menuItemId];
  const task = CODE_TASKS[info.menuItemId];
  if (task) await doWithCode(tab, place, task);
  else if (tone) await rewrite(tab, tone, 'menu', place);
  else if (info.menuItemId === 'menuSummarizePage') await summarizePage(tab);
  else if (info.menuItemId === 'menuSummarizeSelection') await summarizeSelection(tab, place);
  else if (info.menuItemId === 'menuChat') await chat(tab, 'menu');
}
