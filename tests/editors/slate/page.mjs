import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { createEditor } from 'slate';
import { withHistory } from 'slate-history';
import { Editable, Slate, withReact } from 'slate-react';
import { given, place, ready } from '../given.mjs';

// As in Slate's own examples of rich text: links are inline elements, bold is a mark.
const editor = withHistory(withReact(createEditor()));
const { isInline } = editor;
editor.isInline = (element) => element.type === 'link' || isInline(element);

const leaf = ({ text, bold, href }) => (href ? { type: 'link', href, children: [{ text }] } : { text, ...(bold ? { bold } : {}) });
const value = given.map((runs) => ({ type: 'paragraph', children: runs.map(leaf) }));

const renderElement = ({ attributes, children, element }) =>
  element.type === 'link'
    ? createElement('a', { ...attributes, href: element.href }, children)
    : createElement('p', attributes, children);
const renderLeaf = ({ attributes, children, leaf }) =>
  createElement('span', attributes, leaf.bold ? createElement('strong', null, children) : children);

createRoot(place()).render(
  createElement(Slate, { editor, initialValue: value }, createElement(Editable, { renderElement, renderLeaf })),
);
ready(() =>
  editor.children.map(({ children }) =>
    children.flatMap((node) => (node.type === 'link' ? node.children.map(({ text }) => ({ text, href: node.href })) : [node])),
  ),
);
