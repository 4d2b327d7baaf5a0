import { createEmptyHistoryState, registerHistory } from '@lexical/history';
import { $createLinkNode, $isLinkNode, LinkNode } from '@lexical/link';
import { registerRichText } from '@lexical/rich-text';
import { $createParagraphNode, $createTextNode, $getRoot, createEditor } from 'lexical';
import { given, place, ready } from '../given.mjs';

const editor = createEditor({ nodes: [LinkNode], onError: console.error });
const element = place();
element.contentEditable = 'true';
editor.setRootElement(element);
registerRichText(editor);
editor.update(
  () => {
    for (const runs of given) $getRoot().append($createParagraphNode().append(...runs.map($node)));
  },
  { discrete: true },
);
registerHistory(editor, createEmptyHistoryState(), 300);

ready(() => editor.getEditorState().read(() => $getRoot().getChildren().map((paragraph) => $runs(paragraph))));

function $node({ text, bold, href }) {
  const node = $createTextNode(text);
  if (bold) node.toggleFormat('bold');
  return href ? $createLinkNode(href).append(node) : node;
}

function $runs(parent, href) {
  return parent.getChildren().flatMap((node) =>
    $isLinkNode(node) ? $runs(node, node.getURL()) : [{ text: node.getTextContent(), bold: node.hasFormat?.('bold'), href }],
  );
}
