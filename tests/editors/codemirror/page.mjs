import { basicSetup } from 'codemirror';
import { EditorView } from '@codemirror/view';
import { givenText, place, ready, unformatted } from '../given.mjs';

const view = new EditorView({ doc: givenText, extensions: [basicSetup], parent: place() });
ready(() => unformatted(view.state.doc.toString()));
