// The content script. It is there from the first gesture on and does what the service worker tells it to.

import { isOwnPage, listen, success } from '../shared/messages';
import { extractPage, extractSelection } from './extract';
import { highlightPassage } from './highlight';
import { rewriteHere } from './rewrite';

declare global {
  /** Ends the listening of the content script that ran here before: the latest one answers. */
  var sottoStop: (() => void) | undefined;
}

try {
  globalThis.sottoStop?.();
} catch {
  // Of an extension that has been updated since: nothing reaches it any more.
}
globalThis.sottoStop = listen('content', isOwnPage, {
  'extract-page': () => extractPage(),
  'extract-selection': ({ asCode }) => extractSelection(asCode),
  rewrite: (message) => rewriteHere(message),
  'highlight-passage': ({ textId, start, end }) => success({ found: highlightPassage(textId, start, end) }),
});
