// Blocks that lead elsewhere and say nothing themselves: menus, rows of tags, lists of other articles.

import type { Block } from './blocks';

/** Share of its letters that must be in links for a block to be one of links. */
const LINK_SHARE = 0.8;
/** A menu has at least this many links in a row. */
const MIN_MENU = 2;
/** A list of headlines has at least this many, of at least so many letters; between them, dates and names at most so long. */
const MIN_HEADLINES = 3;
const HEADLINE_LETTERS = 20;
const BETWEEN_LETTERS = 30;

/** The blocks of such lists. A heading may be a link, and is none of a menu. */
export function linkLists(blocks: readonly Block[]): Set<Block> {
  const menus = runs(blocks, (block) => isLink(block) && block.heading === 0).filter((run) => linksIn(run) >= MIN_MENU);
  const headlines = runs(blocks, (block) => isHeadline(block) || isBetween(block))
    .map(trimmed)
    .filter((run) => run.filter(isHeadline).length >= MIN_HEADLINES);
  return new Set([...menus, ...headlines].flat());
}

function isLink({ links, linked, letters }: Block): boolean {
  return links > 0 && linked > letters * LINK_SHARE;
}

/** The first heading of a page may be a link to the page itself. */
function isHeadline(block: Block): boolean {
  return isLink(block) && block.heading !== 1 && block.letters / block.links >= HEADLINE_LETTERS;
}

function isBetween({ letters, heading, links }: Block): boolean {
  return letters <= BETWEEN_LETTERS && heading === 0 && links <= 1;
}

function linksIn(run: readonly Block[]): number {
  return run.reduce((sum, { links }) => sum + links, 0);
}

/** The longest stretches of blocks that `test` accepts. */
function runs(blocks: readonly Block[], test: (block: Block) => boolean): Block[][] {
  const found: Block[][] = [];
  let run: Block[] = [];
  for (const block of blocks) {
    if (test(block)) {
      run.push(block);
    } else {
      found.push(run);
      run = [];
    }
  }
  return [...found, run];
}

/** What stands before the first headline and behind the last belongs to something else. */
function trimmed(run: readonly Block[]): Block[] {
  return run.slice(Math.max(0, run.findIndex(isHeadline)), run.findLastIndex(isHeadline) + 1);
}
