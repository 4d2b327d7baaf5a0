import { htmlModel, givenHtml, place, ready } from '../given.mjs';

// No editor at all: its model is the DOM.
const editable = place();
editable.contentEditable = 'true';
editable.innerHTML = givenHtml;
ready(() => htmlModel(editable));
