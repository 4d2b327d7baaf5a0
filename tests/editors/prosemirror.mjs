import { Editor } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { givenHtml, ready } from './given.mjs';

/** TipTap in `element`; its model is ProseMirror's. */
export function proseMirror(element) {
  const editor = new Editor({ element, extensions: [StarterKit], content: givenHtml });
  ready(() => editor.state.doc.content.content.map((paragraph) => paragraph.content.content.map(run)));
}

function run({ text, marks }) {
  const link = marks.find(({ type }) => type.name === 'link');
  return { text, bold: marks.some(({ type }) => type.name === 'bold'), href: link?.attrs.href };
}
