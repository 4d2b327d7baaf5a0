import * as monaco from 'monaco-editor';
import { givenText, place, ready, unformatted } from '../given.mjs';

// Without its workers, which colour and check code.
const element = place();
element.style.height = '300px';
const editor = monaco.editor.create(element, { value: givenText, language: 'plaintext' });
ready(() => unformatted(editor.getValue()));
