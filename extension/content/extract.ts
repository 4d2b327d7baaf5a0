// The readable text of a page or a selection, with the way back from its offsets to the page.

import { Readability } from '@mozilla/readability';
import Defuddle from 'defuddle';
import type { Source } from '../generated/protocol';
import { newId } from '../shared/id';
import { failure, type Result, success } from '../shared/messages';
import { chosenEntries } from './patience';
import { type Item, type TextItem, TextMap } from './text-map';
import { type VisiblePage, walkVisible } from './walk';

/** What a read of the page is answered with. */
export interface Extract {
  textId: string;
  url: string;
  source: Source;
}

/** An article shorter than this many UTF-16 units is a sign that the library has missed it. */
const MIN_ARTICLE = 250;
/** Share of a block's letters that must be part of the article for the block to be. */
const BLOCK_SHARE = 0.5;
/** Longest text handed over, in UTF-16 units; no model's context holds more. */
const MAX_TEXT = 2_000_000;
/** Texts whose way back is kept. */
const KEPT_MAPS = 16;

const maps = new Map<string, TextMap>();

/** The text that a text id stands for, if it was read here. */
export function mapOf(textId: string): TextMap | undefined {
  return maps.get(textId);
}

/**
 * Reads the page: what Defuddle takes for its article; failing that, Readability; failing that, all that can be seen.
 * The libraries only choose. The text itself always comes from the visible text nodes of the page.
 */
export function extractPage(): Result<Extract> {
  const page = walkVisible();
  for (const find of [findWithDefuddle, findWithReadability]) {
    const article = find(page.copy);
    if (!article) continue;
    const map = TextMap.of(articleItems(page, article));
    if (map.text.length >= MIN_ARTICLE) return keep('page', map);
  }
  const map = TextMap.of(page.items);
  return map.text === '' ? failure('empty-page', 'no visible text') : keep('page', map);
}

/** Reads the selection: in the page, or in the field that has the focus. */
export function extractSelection(): Result<Extract> {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement && field.selectionStart < field.selectionEnd) {
    const text = field.value.slice(field.selectionStart, field.selectionEnd);
    if (text.trim()) return success({ textId: '', url: location.href, source: source('selection', text) });
  }
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) {
    return failure('empty-selection', 'nothing is selected');
  }
  const map = TextMap.of(walkVisible(selection.getRangeAt(0)).items);
  return map.text.trim() === '' ? failure('empty-selection', 'no text is selected') : keep('selection', map);
}

function keep(kind: Source['kind'], map: TextMap): Result<Extract> {
  if (map.text.length > MAX_TEXT) return failure('context-full', `${map.text.length} characters`);
  const textId = newId();
  maps.set(textId, map);
  const oldest = maps.keys().next();
  if (maps.size > KEPT_MAPS && !oldest.done) maps.delete(oldest.value);
  return success({ textId, url: location.href, source: source(kind, map.text) });
}

function source(kind: Source['kind'], text: string): Source {
  return { kind, title: document.title, text, language: document.documentElement.lang || null };
}

function findWithDefuddle(copy: Document): Document | null {
  try {
    const options = { url: location.href, useAsync: false, removeHiddenElements: false };
    return parse(new Defuddle(copy.cloneNode(true) as Document, options).parse().content);
  } catch (error) {
    console.warn('Defuddle:', error);
    return null;
  }
}

function findWithReadability(copy: Document): Document | null {
  try {
    const content = new Readability(copy.cloneNode(true) as Document).parse()?.content;
    return content ? parse(content) : null;
  } catch (error) {
    console.warn('Readability:', error);
    return null;
  }
}

/** The document is inert: nothing in it runs or loads. */
function parse(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html');
}

/** The items of the blocks that `article` holds for the better part. */
function articleItems({ items }: VisiblePage, article: Document): Item[] {
  const texts = items.filter((item): item is TextItem => item.kind === 'text');
  const letters = texts.map((item) => lettersOf(item.node.data));
  const chosen = chosenEntries(letters, textsOf(article).map(lettersOf).filter(Boolean));

  const shares = new Map<number, { chosen: number; all: number }>();
  texts.forEach(({ block }, index) => {
    const share = shares.get(block) ?? { chosen: 0, all: 0 };
    const length = letters[index]?.length ?? 0;
    share.all += length;
    if (chosen[index]) share.chosen += length;
    shares.set(block, share);
  });
  return items.filter((item) => {
    if (item.kind === 'break') return true;
    const share = shares.get(item.block);
    return share !== undefined && share.chosen > share.all * BLOCK_SHARE;
  });
}

function textsOf(article: Document): string[] {
  const walker = article.createTreeWalker(article.body, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (walker.nextNode()) texts.push((walker.currentNode as Text).data);
  return texts;
}

/** What of a text stays the same when a library tidies it. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}
