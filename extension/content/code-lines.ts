// Code as it is written: its indentation and all of its lines, the empty ones too, and nothing that only stands beside it.

import type { BreakItem, Item, TextItem } from './text-map';

/** What pages put beside code, by the names that highlighters give it: numbers of lines, buttons that copy. */
const BESIDE =
  '.linenos, .lineno, .linenumber, .line-number, .ln, .gutter, .hljs-ln-numbers, .blob-num, .line-numbers-rows, .cm-gutters, ' +
  '.CodeMirror-linenumber, .ace_gutter, [role=button], [class*=copy i]';
/** An empty element of fewer CSS pixels in height is no line. */
const MIN_LINE = 4;
/** White space between the parts of these is not shown, however it counts elsewhere. */
const PARTED = /^(inline-)?(table|flex|grid)$|^table-(row|header|footer)/;

/** Whether what `element` holds stands beside the code, and goes along with no copy of it. */
export function isBeside(element: Element | null): boolean {
  if (!element) return false;
  const named = element.closest(BESIDE);
  // A highlighter may name the whole after a part of it.
  return (named !== null && !named.matches('pre, code')) || getComputedStyle(element).userSelect === 'none';
}

/** The items of some code, with the breaks between its lines as many as there are. */
export function codeItems(items: Iterable<Item>): Item[] {
  const lines = new Lines();
  for (const item of items) {
    if (item.kind === 'break') lines.break(item);
    else if (!isBeside(item.node.parentElement)) lines.add(item);
  }
  return lines.items;
}

class Lines {
  readonly items: Item[] = [];
  /** Line ends between what was added last and what comes next. */
  #ends = 0;
  /** The next cell of the same row begins. */
  #cell = false;
  /** Whether anything stands on the line so far. */
  #occupied = false;
  /** Counts what was added, so that a block can be seen to hold nothing. */
  #count = 0;
  /** The count at which each open block began. */
  readonly #begun: number[] = [];

  add(item: TextItem): void {
    const text = item.node.data.slice(item.from, item.to);
    const isBlank = text.trim() === '';
    if (isBlank && item.preserve && isParted(item.node.parentElement)) return;
    if (!isBlank || item.preserve) {
      if (this.#ends > 0) this.items.push({ kind: 'break', mark: '\n'.repeat(this.#ends) });
      else if (this.#cell && this.#occupied) this.items.push({ kind: 'break', mark: '\t' });
      this.#ends = 0;
      this.#cell = false;
      this.#occupied = !item.preserve || !text.endsWith('\n');
      this.#count++;
    }
    this.items.push(item);
  }

  break({ mark, edge }: BreakItem): void {
    // The distance that an element keeps is no character.
    if (mark === ' ') return;
    if (mark === '\t') {
      this.#cell ||= edge?.side === 'start';
    } else if (!edge) {
      this.#end();
    } else if (edge.side === 'start') {
      if (this.#occupied) this.#end();
      this.#begun.push(this.#count);
    } else {
      const isEmpty = this.#begun.pop() === this.#count;
      if (this.#occupied || (isEmpty && isEmptyLine(edge.element))) this.#end();
    }
  }

  #end(): void {
    this.#ends++;
    this.#occupied = false;
    this.#count++;
  }
}

function isParted(element: Element | null): boolean {
  return element !== null && PARTED.test(getComputedStyle(element).display);
}

/** Whether an element that holds no text holds the place of a line. */
function isEmptyLine(element: Element): boolean {
  if (element.getBoundingClientRect().height < MIN_LINE || isBeside(element)) return false;
  if (/absolute|fixed/.test(getComputedStyle(element).position)) return false;
  return element.querySelector('button, svg, img, input, textarea, select, canvas, video, iframe') === null;
}
