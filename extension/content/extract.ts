// The readable text of a page or a selection, with the way back from its offsets to the page.

import type { Source } from '../generated/protocol';
import { newId } from '../shared/id';
import { failure, type Result, success } from '../shared/messages';
import { contentOf } from './article';
import { selected } from './selection';
import { TextMap } from './text-map';
import { walkVisible } from './walk';

/** What a read of the page is answered with. */
export interface Extract {
  textId: string;
  url: string;
  source: Source;
}

/** Longest text handed over, in UTF-16 units; no model's context holds more. */
const MAX_TEXT = 2_000_000;
/** Texts whose way back is kept. */
const KEPT_MAPS = 16;

const maps = new Map<string, TextMap>();

/** The text that a text id stands for, if it was read here. */
export function mapOf(textId: string): TextMap | undefined {
  return maps.get(textId);
}

/** Reads the page: what a reader would call its content, in the order and the words of its visible text nodes. */
export function extractPage(): Result<Extract> {
  const map = TextMap.of(contentOf(walkVisible()));
  return map.text === '' ? failure('empty-page', 'no visible text') : keep('page', map, null);
}

/** Reads the selection: in the page, or in the field or the editor that has the focus. `asCode`: the user says that it is code. */
export function extractSelection(asCode = false): Result<Extract> {
  const found = selected(asCode);
  if (!found) return failure('empty-selection', 'nothing is selected');
  const { map, code } = found;
  return map.text.trim() === '' ? failure('empty-selection', 'no text is selected') : keep('selection', map, code);
}

function keep(kind: Source['kind'], map: TextMap, code: Source['code']): Result<Extract> {
  if (map.text.length > MAX_TEXT) return failure('context-full', `${map.text.length} characters`);
  const { title, documentElement } = document;
  const source: Source = { kind, title, text: map.text, language: documentElement.lang || null, code };
  // What is in a text box cannot be found again.
  if (map.pieces.length === 0 && !map.drawnBy) return success({ textId: '', url: location.href, source });
  const textId = newId();
  maps.set(textId, map);
  const oldest = maps.keys().next();
  if (maps.size > KEPT_MAPS && !oldest.done) maps.delete(oldest.value);
  return success({ textId, url: location.href, source });
}
