import { convertFromHTML, ContentState, Editor, EditorState, CompositeDecorator } from 'draft-js';
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { givenHtml, place, ready } from '../given.mjs';

const isLink = (content, key) => key !== null && content.getEntity(key).getType() === 'LINK';
const links = new CompositeDecorator([
  {
    strategy: (block, found, content) => block.findEntityRanges((character) => isLink(content, character.getEntity()), found),
    component: ({ contentState, entityKey, children }) =>
      createElement('a', { href: contentState.getEntity(entityKey).getData().url }, children),
  },
]);

const { contentBlocks, entityMap } = convertFromHTML(givenHtml);
const first = EditorState.createWithContent(ContentState.createFromBlockArray(contentBlocks, entityMap), links);

function Field() {
  const [editorState, onChange] = useState(first);
  ready(() => editorState.getCurrentContent().getBlocksAsArray().map((block) => runs(editorState.getCurrentContent(), block)));
  return createElement(Editor, { editorState, onChange });
}
createRoot(place()).render(createElement(Field));

function runs(content, block) {
  return [...block.getText()].map((text, at) => {
    const key = block.getEntityAt(at);
    return {
      text,
      bold: block.getInlineStyleAt(at).has('BOLD'),
      href: isLink(content, key) ? content.getEntity(key).getData().url.replace(/\/$/, '') : undefined,
    };
  });
}
