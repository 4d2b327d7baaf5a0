// Showing a passage in the page: painted with the CSS Custom Highlight API, so that the page's own tree stays as it is.

import { mapOf } from './extract';
import { TextMap } from './text-map';
import { walkVisible } from './walk';

/** As in highlight.css. */
const NAME = 'sotto-passage';

type View = Window & typeof globalThis;

/** The windows (of the page and of frames in it) that have a painted passage. */
let painted: View[] = [];

/**
 * Scrolls to units `start..end` of a text read before and paints them; an empty span removes the paint. False if the page no
 * longer holds the passage.
 */
export function highlightPassage(textId: string, start: number, end: number): boolean {
  for (const view of painted) view.CSS.highlights.delete(NAME);
  painted = [];
  if (start >= end) return true;
  const map = mapOf(textId);
  if (!map) return false;
  const known = map.ranges(start, end);
  const ranges = known.length > 0 ? known : findAgain(map.text.slice(start, end), map.drawnBy);
  const [first] = ranges;
  if (!first) return false;
  painted = [...new Set(ranges.map(viewOf))];
  for (const view of painted) {
    const own = ranges.filter((range) => viewOf(range) === view);
    view.CSS.highlights.set(NAME, new view.Highlight(...own));
  }
  scrollTo(first);
  return true;
}

/** Each window paints its own document alone. */
function viewOf(range: Range): View {
  return (range.startContainer.ownerDocument?.defaultView ?? window) as View;
}

/** Where a passage stands now, for a page, or the part of it that `drawnBy` is, that has drawn itself anew since it was read. */
function findAgain(passage: string, drawnBy: Element | null): Range[] {
  const now = TextMap.of(walkVisible(drawnBy && contentsOf(drawnBy)).items);
  const at = withSpaces(now.text).indexOf(withSpaces(passage));
  return at === -1 ? [] : now.ranges(at, at + passage.length);
}

function contentsOf(element: Element): Range {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}

/** Editors that draw their lines write no-break spaces for spaces. */
function withSpaces(text: string): string {
  return text.replace(/\u00a0/g, ' ');
}

function scrollTo(range: Range): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'instant' : 'smooth';
  const view = viewOf(range);
  const element = range.startContainer.parentElement;
  if (element && element.getBoundingClientRect().height < view.innerHeight) {
    element.scrollIntoView({ block: 'center', behavior });
    return;
  }
  // In a text that is longer than the screen, its middle may be far from the passage.
  const { top, height } = range.getBoundingClientRect();
  view.scrollBy({ top: top + height / 2 - view.innerHeight / 2, behavior });
}
