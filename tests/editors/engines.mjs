// The editors, in the order of the published matrix.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../e2e/browser.mjs';

const ALL = ['selection', 'deletion', 'between', 'paragraphs'];
/** A line of text holds no paragraphs. */
const ONE_LINE = ['selection', 'deletion', 'between'];

/**
 * `name` as published; `folder` of its page; `packages` that it is made of, the first being named in the matrix;
 * `cases` of what is rewritten; `formats`: whether it knows bold and links; `field`: where a person clicks to write, found
 * through open shadow roots; `frame`: the frame that the field is in; `selectAll`: whether all is selected first, and not
 * only clicked into, where the case selects nothing; `promised`: whether every cell must be yes.
 */
export const ENGINES = [
  { name: 'Plain input', folder: 'input', cases: ONE_LINE, formats: false, field: 'input', promised: true },
  { name: 'Plain textarea', folder: 'textarea', cases: ALL, formats: false, field: 'textarea', promised: true },
  { name: 'React, controlled input', folder: 'react-input', package: 'react', cases: ONE_LINE, formats: false, field: 'input', promised: true },
  { name: 'React, controlled textarea', folder: 'react-textarea', package: 'react', cases: ALL, formats: false, field: 'textarea', promised: true },
  { name: 'Vue, textarea', folder: 'vue', package: 'vue', cases: ALL, formats: false, field: 'textarea', promised: true },
  { name: 'contenteditable', folder: 'contenteditable', cases: ALL, formats: true, field: '[contenteditable] p', promised: true },
  { name: 'ProseMirror (TipTap)', folder: 'prosemirror', package: '@tiptap/core', cases: ALL, formats: true, field: '.ProseMirror p', promised: true },
  { name: 'ProseMirror in an open shadow root', folder: 'shadow', package: '@tiptap/core', cases: ALL, formats: true, field: '.ProseMirror p', promised: false },
  { name: 'ProseMirror in a frame of the same origin', folder: 'iframe', package: '@tiptap/core', cases: ALL, formats: true, frame: 'iframe', field: '.ProseMirror p', promised: false },
  { name: 'Lexical', folder: 'lexical', package: 'lexical', cases: ALL, formats: true, field: '[contenteditable] p', promised: true },
  { name: 'Quill', folder: 'quill', package: 'quill', cases: ALL, formats: true, field: '.ql-editor p', promised: true },
  { name: 'CKEditor 5', folder: 'ckeditor', package: '@ckeditor/ckeditor5-core', cases: ALL, formats: true, field: '.ck-content p', promised: true },
  { name: 'TinyMCE', folder: 'tinymce', package: 'tinymce', cases: ALL, formats: true, frame: 'iframe', field: 'p', promised: true },
  { name: 'Slate', folder: 'slate', package: 'slate', cases: ALL, formats: true, field: '[contenteditable] p', promised: false },
  { name: 'Draft.js', folder: 'draft', package: 'draft-js', cases: ALL, formats: true, field: '[data-block]', promised: false },
  { name: 'CodeMirror 6', folder: 'codemirror', package: '@codemirror/view', cases: ALL, formats: false, field: '.cm-line', promised: false },
  { name: 'CodeMirror 6, more than is in view', folder: 'codemirror', package: '@codemirror/view', cases: ['long', 'longSelection'], formats: false, field: '.cm-line', promised: false },
  { name: 'Monaco, with a selection', folder: 'monaco', package: 'monaco-editor', cases: ALL, formats: false, field: '.view-line', selectAll: true, promised: false },
];

/** The version that is installed; the browser's own fields have none. */
export function versionOf(engine) {
  if (!engine.package) return null;
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', engine.package, 'package.json'), 'utf8')).version;
}
