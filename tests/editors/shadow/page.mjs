import { place } from '../given.mjs';
import { proseMirror } from '../prosemirror.mjs';

const root = place().attachShadow({ mode: 'open' });
proseMirror(root.appendChild(document.createElement('div')));
