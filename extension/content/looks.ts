// What a field looks like, to tell whether a rewrite left alone what it did not change: the text's looks, unit by unit, and the
// blocks, empty ones too. More than a rewrite can write: what it would lose by that is seen, and it is taken back.

import { formatOf, holdsBlocks, isBlock } from './format';
import type { TextMap } from './text-map';

/** Equal strings look alike. */
export interface Looks {
  /** Of every unit of the text; breaks have none. */
  units: string[];
  /** Of every block that holds lines. */
  blocks: string[];
}

/** Blocks that are named differently by editors, and mean nothing in themselves. */
const PLAIN_BLOCKS = new Set(['P', 'DIV', 'SECTION', 'ARTICLE']);
/** Values of attributes that say what kind of list item one is: words, and no identifiers. */
const WORD = /^[a-z]+$/;

export function looksOf(map: TextMap, host: Element): Looks {
  const units = new Array<string>(map.text.length).fill('');
  for (const { start, length, node } of map.pieces) {
    units.fill(textLook(node, host), start, start + length);
  }
  const blocks = [host, ...host.querySelectorAll('*')].filter((element) => isBlock(getComputedStyle(element)) && !holdsBlocks(element));
  return { units, blocks: blocks.map((block) => blockLook(block, host)) };
}

function textLook(node: Text, host: Element): string {
  const { fontFamily, fontSize, color, verticalAlign } = getComputedStyle(node.parentElement ?? host);
  return JSON.stringify([formatOf(node, host), fontFamily, fontSize, color, verticalAlign]);
}

function blockLook(block: Element, host: Element): string {
  const { textAlign, direction, paddingLeft, marginLeft } = getComputedStyle(block);
  const around: string[] = [];
  for (let at: Element | null = block; at && at !== host; at = at.parentElement) {
    if (PLAIN_BLOCKS.has(at.tagName)) continue;
    const words = [...at.attributes].filter(({ name, value }) => name.startsWith('data-') && WORD.test(value));
    around.push([at.tagName, ...words.map(({ name, value }) => `${name}=${value}`).sort()].join(' '));
  }
  return JSON.stringify([around, textAlign, direction, paddingLeft, marginLeft]);
}
