// A page of a PDF knows where letters stand, not what a paragraph is.

/** A run of text as pdf.js gives it; lengths in the page's units of 1/72 inch. */
export interface Piece {
  str: string;
  /** Whether a line ends behind it. */
  hasEOL: boolean;
  /** The size of its font. */
  height: number;
  /** The matrix that places it; its last two members are the left end of its baseline. */
  transform: readonly number[];
}

/** What of the page is shown; PDF counts from the bottom. */
export interface View {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

interface Line {
  text: string;
  y: number;
  height: number;
}

/** Letters smaller than this nobody reads. */
const MIN_HEIGHT = 2;
/** Lines further apart than this, in sizes of their font, are two paragraphs. */
const PARAGRAPH_GAP = 1.75;

/** The text of a page: its lines joined to paragraphs, words joined that a hyphen parts at the end of a line. */
export function pageText(pieces: readonly Piece[], view: View): string {
  let text = '';
  let last: Line | null = null;
  for (const line of linesOf(pieces.filter((piece) => isShown(piece, view)))) {
    if (!last) text = line.text;
    else if (isNewParagraph(last, line)) text += `\n\n${line.text}`;
    else if (/\p{Ll}[-\u00ad\u2010]$/u.test(text) && /^\p{Ll}/u.test(line.text)) text = text.slice(0, -1) + line.text;
    else text += isUnspaced(text, line.text) ? line.text : ` ${line.text}`;
    last = line;
  }
  return text;
}

/** What lies off the page, or is too small to be read, was not put there for people. White space has no height. */
function isShown({ str, height, transform }: Piece, { left, bottom, right, top }: View): boolean {
  const [x = 0, y = 0] = transform.slice(4);
  return str.trim() === '' || (height >= MIN_HEIGHT && x >= left - height && x <= right && y >= bottom - height && y <= top);
}

function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  let line: Line | null = null;
  for (const { str, hasEOL, height, transform } of pieces) {
    line ??= { text: '', y: transform[5] ?? 0, height };
    line.text += str;
    line.height = Math.max(line.height, height);
    if (!hasEOL) continue;
    lines.push(line);
    line = null;
  }
  if (line) lines.push(line);
  return lines
    .map((each) => ({ ...each, text: each.text.replace(/\s+/g, ' ').trim() }))
    .filter(({ text }) => text !== '');
}

/** A gap, a step up (the next column), or letters of another size, as in a heading. */
function isNewParagraph(before: Line, { y, height }: Line): boolean {
  const down = before.y - y;
  return down < -height || down > PARAGRAPH_GAP * Math.max(before.height, height) || Math.abs(before.height - height) > 1;
}

const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}、。，；：「」';
const UNSPACED_END = new RegExp(`[${UNSPACED}]$`, 'u');
const UNSPACED_START = new RegExp(`^[${UNSPACED}]`, 'u');

/** Whether a line of a script without spaces goes on in the next. */
function isUnspaced(before: string, after: string): boolean {
  return UNSPACED_END.test(before) && UNSPACED_START.test(after);
}
