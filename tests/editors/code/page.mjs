// Two editors with code in them, for tests/e2e/code.test.mjs.

import { basicSetup } from 'codemirror';
import { EditorView } from '@codemirror/view';
import * as monaco from 'monaco-editor';

function place(id) {
  return document.body.appendChild(Object.assign(document.createElement('div'), { id }));
}
const CODE = 'def area(w, h):\n    # in metres\n    if w < 0:\n        raise ValueError\n\n    return w * h\n';

// A package for a language names it so; none is installed.
const named = EditorView.contentAttributes.of({ 'data-language': 'python' });
const codemirror = new EditorView({ doc: CODE, extensions: [basicSetup, named], parent: place('codemirror') });
const long = new EditorView({ doc: `${CODE}\n`.repeat(200), extensions: [basicSetup, named], parent: place('long') });
long.dom.style.height = '200px';

const element = place('monaco');
element.style.height = '300px';
const editor = monaco.editor.create(element, { value: CODE, language: 'python' });

/** Selects all of an editor's text, as Ctrl+A in it does; or puts the caret at its beginning. */
globalThis.selectIn = (name, all = true) => {
  if (name === 'monaco') {
    editor.focus();
    editor.setSelection(all ? editor.getModel().getFullModelRange() : new monaco.Range(1, 1, 1, 1));
    return;
  }
  const view = name === 'long' ? long : codemirror;
  view.focus();
  view.dispatch({ selection: { anchor: 0, head: all ? view.state.doc.length : 0 } });
};
