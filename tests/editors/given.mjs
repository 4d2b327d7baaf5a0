// For the pages: the document that the address asks for, in the forms that editors take.

import { CASES, plainText } from './documents.mjs';

export { unformatted } from './documents.mjs';

export const { document: given } = CASES[new URLSearchParams(location.search).get('case')];

export const givenText = plainText(given);

export const givenHtml = given.map((runs) => `<p>${runs.map(runHtml).join('')}</p>`).join('');

function runHtml({ text, bold, href }) {
  if (bold) return `<strong>${text}</strong>`;
  return href ? `<a href="${href}">${text}</a>` : text;
}

/** Where the editor goes. */
export function place() {
  return document.body.appendChild(document.createElement('div'));
}

/** Tells the test how to read the editor's own model, as a document; never what the page shows. */
export function ready(model) {
  globalThis.model = model;
}

/** A document as HTML holds it: for what has no other model, and for editors that tell theirs as HTML. */
export function htmlModel(root) {
  const runs = (node, format) => {
    if (node instanceof Text) return [{ ...format, text: node.data }];
    const inner = { ...format };
    if (node.matches('b, strong')) inner.bold = true;
    if (node.matches('a')) inner.href = node.getAttribute('href');
    return [...node.childNodes].flatMap((child) => runs(child, inner));
  };
  return [...root.children].map((paragraph) => runs(paragraph, {}));
}
