// What is selected: in a text box, in an editor that keeps its text to itself, or in the page. And whether it is code.

import type { Code } from '../generated/protocol';
import { languageAt } from './code-language';
import { codeItems, isBeside } from './code-lines';
import { copied, copiedSelection } from './drawn';
import { deepActiveElement } from './field';
import { isProse } from './prose';
import { type Item, type TextItem, TextMap } from './text-map';
import { walkVisible } from './walk';

export interface Selected {
  map: TextMap;
  /** What is known of the code that it is; null for prose. */
  code: Code | null;
}

/** Elements that hold code. */
const CODE = 'pre, code, .cm-content, .monaco-editor, .ace_editor, .CodeMirror';
/** Editors of code that draw what is selected themselves. */
const EDITORS = '.monaco-editor, .ace_editor, .CodeMirror';

/**
 * What is selected; null where nothing is. `asCode`: the user says that it is code, so that its lines are kept wherever it stands;
 * where it is plainly prose, it is no code all the same.
 */
export function selected(asCode: boolean): Selected | null {
  const element = deepActiveElement();
  return (element && (inEditor(element) ?? inTextBox(element, asCode))) ?? inPage(asCode);
}

function inEditor(element: Element): Selected | null {
  const editor = element.closest(EDITORS);
  // The box that such an editor takes its input through holds nothing where nothing is selected, and the editor copies the line.
  const box = element instanceof HTMLTextAreaElement ? selectedPart(element) : null;
  if (!editor || box === '') return null;
  const text = copiedSelection(element) || (box ?? '');
  return text.trim() === '' ? null : { map: TextMap.unplaced(text, editor), code: { language: languageAt(editor) } };
}

function inTextBox(element: Element, asCode: boolean): Selected | null {
  if (!(element instanceof HTMLTextAreaElement)) return null;
  const text = selectedPart(element);
  if (text.trim() === '') return null;
  const language = languageAt(element);
  const isCode = language !== null || isForCode(element) || (asCode && !isProse(text));
  return { map: TextMap.unplaced(text, null), code: isCode ? { language } : null };
}

function selectedPart({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): string {
  return value.slice(selectionStart, selectionEnd);
}

/** Whether a text box neither wraps lines nor looks for errors of spelling: it is not for prose. */
function isForCode(box: HTMLTextAreaElement): boolean {
  return getComputedStyle(box).whiteSpace === 'pre' && !box.spellcheck;
}

function inPage(asCode: boolean): Selected | null {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const { items } = walkVisible(range);
  const holders = items.filter(isText).flatMap(({ node }) => node.parentElement ?? []);
  const first = holders.find((holder) => !isBeside(holder));
  const isInCode = first !== undefined && holders.every((holder) => holder.closest(CODE) || isBeside(holder));
  if (!first || !(isInCode || asCode)) return { map: TextMap.of(items), code: null };
  const map = TextMap.of(codeItems(items));
  if (!isInCode && isProse(map.text)) return { map: TextMap.of(items), code: null };
  return { map: asEditorHasIt(first, map), code: { language: languageAt(first) } };
}

function isText(item: Item): item is TextItem {
  return item.kind === 'text' && item.node.data.slice(item.from, item.to).trim() !== '';
}

/** An editor that shows a part of its lines, or some of them folded, is asked for the text itself. */
function asEditorHasIt(element: Element, map: TextMap): TextMap {
  const content = element.closest('.cm-content');
  const text = content ? copied(content) : '';
  return !content || text === '' || text === map.text ? map : TextMap.unplaced(text, content);
}
