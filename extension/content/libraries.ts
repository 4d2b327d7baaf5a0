// What the libraries take for a page's article. They only choose: their text is tidied, and no text of theirs is used.

import { Readability } from '@mozilla/readability';
import Defuddle from 'defuddle';

/** Each gives the texts of the article that it finds in a copy of the page, in order; none where it finds nothing. */
export const LIBRARIES: readonly ((copy: Document) => string[])[] = [
  (copy) => {
    const options = { url: location.href, useAsync: false, removeHiddenElements: false };
    return textsOf(new Defuddle(copy.cloneNode(true) as Document, options).parse().content);
  },
  (copy) => textsOf(new Readability(copy.cloneNode(true) as Document).parse()?.content ?? ''),
];

/** The document is inert: nothing in it runs or loads. */
function textsOf(html: string): string[] {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (walker.nextNode()) texts.push((walker.currentNode as Text).data);
  return texts;
}
