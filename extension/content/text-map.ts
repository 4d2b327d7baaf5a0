// Text of the page with the place of every character, so that an offset leads back to the page.

/** A text node, or a part of one, that belongs to a text. */
export interface TextItem {
  kind: 'text';
  node: Text;
  /** Units `from..to` of the node's data. */
  from: number;
  to: number;
  /** White space counts as it is written (`white-space: pre`). */
  preserve: boolean;
  /** Which block of the page it stands in. */
  block: number;
}

/** A break between two pieces of text: the white space that stands for it, of which the strongest wins. */
export interface BreakItem {
  kind: 'break';
  /** A space, a tab, or any number of line ends. */
  mark: string;
  /** The block that begins or ends here, where one does. */
  edge?: { element: Element; side: 'start' | 'end' };
}

export type Item = TextItem | BreakItem;

/** Units `start..start + length` of the text stand in `node` from `nodeStart` on, one for one. */
export interface Piece {
  start: number;
  length: number;
  node: Text;
  nodeStart: number;
}

const SPACE = /[ \t\n\r\f]/;

/** A text and where it stands. Offsets count UTF-16 units. */
export class TextMap {
  readonly text: string;
  /** Its text, in order, without the breaks. */
  readonly pieces: readonly Piece[];
  /** The editor that draws it, in nodes that come and go; null for what stands in nodes of the page. */
  readonly drawnBy: Element | null;

  private constructor(text: string, pieces: readonly Piece[], drawnBy: Element | null = null) {
    this.text = text;
    this.pieces = pieces;
    this.drawnBy = drawnBy;
  }

  /** Puts items together as a browser would show them: white space collapsed, breaks between blocks, none at the ends. */
  static of(items: Iterable<Item>): TextMap {
    const builder = new Builder();
    for (const item of items) {
      if (item.kind === 'break') builder.break(item.mark);
      else builder.add(item);
    }
    return new TextMap(builder.text, builder.pieces);
  }

  /** A text that no nodes of the page hold as it is: of a text box, or of an editor. */
  static unplaced(text: string, drawnBy: Element | null): TextMap {
    return new TextMap(text, [], drawnBy);
  }

  /** Where units `start..end` stand in the page; null where they are no longer there, or were nowhere (breaks alone). */
  range(start: number, end: number): Range | null {
    const first = this.pieces.find((piece) => piece.start + piece.length > start);
    const last = this.pieces.findLast((piece) => piece.start < end);
    if (!first || !last || first.start >= end || !this.#unchanged(start, end)) return null;
    const range = first.node.ownerDocument.createRange();
    range.setStart(first.node, first.nodeStart + Math.max(0, start - first.start));
    range.setEnd(last.node, last.nodeStart + Math.min(last.length, end - last.start));
    return range;
  }

  /**
   * The same as ranges of one tree each: what passes from a page into a frame, or into a shadow root, has one on either side.
   * None where the units are no longer there.
   */
  ranges(start: number, end: number): Range[] {
    const covered = this.pieces.filter((piece) => piece.start < end && piece.start + piece.length > start);
    const ranges: Range[] = [];
    for (let from = 0, to = 1; to <= covered.length; to++) {
      const [first, next] = [covered[from], covered[to]];
      if (!first || (next && next.node.getRootNode() === first.node.getRootNode())) continue;
      const last = covered[to - 1] ?? first;
      const range = this.range(Math.max(start, first.start), Math.min(end, last.start + last.length));
      if (!range) return [];
      ranges.push(range);
      from = to;
    }
    return ranges;
  }

  /** The units that a range of the page covers; null where it covers none. */
  span(range: Range): { start: number; end: number } | null {
    const covered = this.pieces.flatMap(({ start, length, node, nodeStart }) => {
      if (!range.intersectsNode(node)) return [];
      const from = node === range.startContainer ? range.startOffset - nodeStart : 0;
      const to = node === range.endContainer ? range.endOffset - nodeStart : length;
      const [first, last] = [Math.max(0, from), Math.min(length, to)];
      return first < last ? [{ start: start + first, end: start + last }] : [];
    });
    const [first, last] = [covered[0], covered.at(-1)];
    return first && last ? { start: first.start, end: last.end } : null;
  }

  #unchanged(start: number, end: number): boolean {
    return this.pieces
      .filter((piece) => piece.start < end && piece.start + piece.length > start)
      .every(({ start: at, length, node, nodeStart }) => {
        const now = node.data.slice(nodeStart, nodeStart + length).replace(/[\t\n\r\f\u00a0]/g, ' ');
        return node.isConnected && now === this.text.slice(at, at + length).replace(/[\t\n\r\f\u00a0]/g, ' ');
      });
  }
}

class Builder {
  text = '';
  readonly pieces: Piece[] = [];
  /** The break that stands between what was added last and what comes next. */
  #pending = '';
  /** Where collapsed white space stands, while nothing follows it. */
  #space: { node: Text; at: number } | null = null;

  break(mark: string): void {
    this.#space = null;
    this.#pending = stronger(mark, this.#pending);
  }

  add({ node, from, to, preserve }: TextItem): void {
    const data = node.data;
    for (let at = from; at < to; at++) {
      const unit = data.charAt(at);
      if (!preserve && SPACE.test(unit)) {
        this.#space ??= { node, at };
        continue;
      }
      this.#settle();
      this.#put(unit, node, at);
    }
  }

  /** Writes the break or the space that was held back. */
  #settle(): void {
    if (this.text !== '') {
      if (this.#pending) this.text += this.#pending;
      else if (this.#space) this.#put(' ', this.#space.node, this.#space.at);
    }
    this.#pending = '';
    this.#space = null;
  }

  #put(unit: string, node: Text, at: number): void {
    const last = this.pieces.at(-1);
    const start = this.text.length;
    if (last && last.node === node && last.start + last.length === start && last.nodeStart + last.length === at) {
      last.length++;
    } else {
      this.pieces.push({ start, length: 1, node, nodeStart: at });
    }
    this.text += unit;
  }
}

const WEAK = ['', ' ', '\t'];

function stronger(a: string, b: string): string {
  return strength(a) > strength(b) ? a : b;
}

/** Any line end is stronger than what stands within a line. */
function strength(mark: string): number {
  const weak = WEAK.indexOf(mark);
  return weak < 0 ? WEAK.length + mark.length : weak;
}
