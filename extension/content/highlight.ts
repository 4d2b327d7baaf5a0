// Showing a passage in the page: painted with the CSS Custom Highlight API, so that the page's own tree stays as it is.

import { mapOf } from './extract';
import { TextMap } from './text-map';
import { walkVisible } from './walk';

/** As in highlight.css. */
const NAME = 'sotto-passage';

/**
 * Scrolls to units `start..end` of a text read before and paints them; an empty span removes the paint. False if the page no
 * longer holds the passage.
 */
export function highlightPassage(textId: string, start: number, end: number): boolean {
  CSS.highlights.delete(NAME);
  if (start >= end) return true;
  const map = mapOf(textId);
  const range = map && (map.range(start, end) ?? findAgain(map.text.slice(start, end)));
  if (!range) return false;
  CSS.highlights.set(NAME, new Highlight(range));
  scrollTo(range);
  return true;
}

/** Where a passage stands now, for a page that has drawn itself anew since it was read. */
function findAgain(passage: string): Range | null {
  const now = TextMap.of(walkVisible().items);
  const at = now.text.indexOf(passage);
  return at === -1 ? null : now.range(at, at + passage.length);
}

function scrollTo(range: Range): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'instant' : 'smooth';
  const element = range.startContainer.parentElement;
  if (element && element.getBoundingClientRect().height < innerHeight) {
    element.scrollIntoView({ block: 'center', behavior });
    return;
  }
  // In a text that is longer than the screen, its middle may be far from the passage.
  const { top, height } = range.getBoundingClientRect();
  scrollBy({ top: top + height / 2 - innerHeight / 2, behavior });
}
