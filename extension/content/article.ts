// Which blocks of a page are its content. The libraries choose first; then what they are known to get wrong is mended, by
// rules that know nothing of any one site.

import { type Block, blocksOf, lettersOf, parentOf, textOf } from './blocks';
import { LIBRARIES } from './libraries';
import { linkLists } from './links';
import { chosenEntries } from './patience';
import type { Item } from './text-map';
import type { VisiblePage } from './walk';

/** An article of fewer letters than this is a sign that the library has missed it. */
const MIN_LETTERS = 200;
/** And so is one that has less than this share of what is not plainly beside the content. */
const MIN_SHARE = 0.25;
/** Share of a block's letters that a library must have chosen for the block to be. */
const BLOCK_SHARE = 0.5;

/** A shorter text is in the title by chance. */
const MIN_TITLE = 4;
/** Letters of a text that nobody writes twice. */
const MIN_REPEAT = 80;

/** The items of the page's content; the breaks between blocks are all there. */
export function contentOf({ items, copy }: VisiblePage): Item[] {
  const blocks = blocksOf(items);
  const main = mainBlocks(blocks);
  const chosen = mended(blocks, main, chosenByLibrary(blocks, main, copy) ?? main);
  const kept = withoutRepeats(blocks.filter((block) => chosen.has(block)));
  const numbers = new Set(kept.flatMap(({ items }) => items[0]?.block ?? []));
  return items.filter((item) => item.kind === 'break' || numbers.has(item.block));
}

/**
 * Without long texts that have been there before, as the caption of a picture that is shown twice. Quotations may repeat, and
 * where much does, that is how the page is written.
 */
function withoutRepeats(blocks: readonly Block[]): readonly Block[] {
  const known = new Set<string>();
  const fresh = blocks.filter((block) => {
    if (block.letters < MIN_REPEAT || block.element.closest('blockquote, pre')) return true;
    const text = lettersOf(block.items.map(textOf).join(''));
    return !known.has(text) && known.add(text);
  });
  return lettersIn(fresh) > lettersIn(blocks) * 0.75 ? fresh : blocks;
}

function lettersIn(blocks: Iterable<Block>): number {
  let sum = 0;
  for (const { letters } of blocks) sum += letters;
  return sum;
}

/** Everything but the parts beside the content; all there is where that would leave little. */
function mainBlocks(blocks: readonly Block[]): Set<Block> {
  const lists = linkLists(blocks);
  const main = new Set(blocks.filter((block) => !block.isAside && !lists.has(block)));
  if (lettersIn(main) >= MIN_LETTERS || lettersIn(main) >= lettersIn(blocks) / 2) return main;
  const outside = new Set(blocks.filter((block) => !block.isAside));
  return lettersIn(outside) >= lettersIn(blocks) / 2 ? outside : new Set(blocks);
}

/** What a library has found; where each finds little, what two agree on. Null where nothing can be relied on. */
function chosenByLibrary(blocks: readonly Block[], main: ReadonlySet<Block>, copy: Document): Set<Block> | null {
  const enough = Math.max(MIN_LETTERS, lettersIn(main) * MIN_SHARE);
  let earlier: Set<Block> | null = null;
  for (const find of LIBRARIES) {
    const chosen = inPage(blocks, found(find, copy));
    if (lettersIn(chosen) >= enough) return chosen;
    // A short article under a long discussion is found by more than one; what one alone takes for it is some box.
    if (earlier && agree(earlier, chosen)) return lettersIn(earlier) > lettersIn(chosen) ? earlier : chosen;
    earlier = chosen;
  }
  return null;
}

function found(find: (copy: Document) => string[], copy: Document): string[] {
  try {
    return find(copy);
  } catch (error) {
    // A page that a library stumbles over is read without it.
    console.warn('no article:', error);
    return [];
  }
}

function agree(a: ReadonlySet<Block>, b: ReadonlySet<Block>): boolean {
  const common = lettersIn([...a].filter((block) => b.has(block)));
  return common >= MIN_LETTERS && common > Math.min(lettersIn(a), lettersIn(b)) / 2;
}

/** The blocks that hold `texts` for the better part. */
function inPage(blocks: readonly Block[], texts: readonly string[]): Set<Block> {
  const entries = blocks.flatMap((block) => block.items.map((item) => ({ block, letters: lettersOf(textOf(item)) })));
  const chosen = chosenEntries(
    entries.map(({ letters }) => letters),
    texts.map(lettersOf).filter(Boolean),
  );
  const found = new Map<Block, number>();
  entries.forEach(({ block, letters }, at) => {
    if (chosen[at]) found.set(block, (found.get(block) ?? 0) + letters.length);
  });
  return new Set(blocks.filter((block) => (found.get(block) ?? 0) > block.letters * BLOCK_SHARE));
}

/** `chosen` without what is plainly beside the content, and with what plainly belongs to it. */
function mended(blocks: readonly Block[], main: ReadonlySet<Block>, chosen: ReadonlySet<Block>): Set<Block> {
  const kept = new Set([...chosen].filter((block) => main.has(block)));
  // A page of links alone is about its links.
  const result = lettersIn(kept) >= lettersIn(chosen) / 2 ? kept : new Set(chosen);
  addAlike(main, result);
  addBetween(blocks, main, result);
  addHead(blocks, main, result);
  return result;
}

/**
 * Adds the siblings of what was chosen that are built like it, where together they are the better part of the page: the other
 * posts of a thread, the other entries of a list, of which a library takes the longest for the article.
 */
function addAlike(main: ReadonlySet<Block>, chosen: Set<Block>): void {
  /** The main blocks in elements of the same kind and parent, by parent and kind, with those elements. */
  const groups = new Map<Element, Map<string, { members: Set<Element>; blocks: Set<Block> }>>();
  for (const block of main) {
    for (let at: Element | null = block.element; at; at = parentOf(at)) {
      const [parent, kind] = [parentOf(at), at.getAttribute('class')];
      if (!parent || !kind) continue;
      const kinds = groups.get(parent) ?? new Map();
      groups.set(parent, kinds);
      const group = kinds.get(`${at.tagName} ${kind}`) ?? { members: new Set(), blocks: new Set() };
      kinds.set(`${at.tagName} ${kind}`, group);
      group.members.add(at);
      group.blocks.add(block);
    }
  }
  const [half, own] = [lettersIn(main) / 2, lettersIn(chosen) / 2];
  for (const kinds of groups.values()) {
    for (const { members, blocks } of kinds.values()) {
      if (members.size < 3 || lettersIn(blocks) < half) continue;
      if (lettersIn([...blocks].filter((block) => chosen.has(block))) < own) continue;
      for (const block of blocks) chosen.add(block);
    }
  }
}

/** Adds blocks between chosen ones that stand in the same element as one of these: a paragraph, an item, a cell left out. */
function addBetween(blocks: readonly Block[], main: ReadonlySet<Block>, chosen: Set<Block>): void {
  const order = blocks.map((block) => chosen.has(block));
  const [first, last] = [order.indexOf(true), order.lastIndexOf(true)];
  for (let at = first + 1; at < last; at++) {
    const block = blocks[at] as Block;
    if (order[at] || !main.has(block)) continue;
    const before = blocks[order.lastIndexOf(true, at)] as Block;
    const after = blocks[order.indexOf(true, at)] as Block;
    const isOwn = block.heading > 0 && blocks[at + 1] === after;
    if (isOwn || [before, after].some((other) => areSiblings(block, other))) chosen.add(block);
  }
}

function areSiblings(a: Block, b: Block): boolean {
  const [holderA, holderB] = [a, b].map(({ element }) => element.closest('p, li, dt, dd, tr, pre, blockquote, figure'));
  return holderA != null && holderA.tagName === holderB?.tagName && parentOf(holderA) === parentOf(holderB);
}

/** How many blocks may stand between the title and what was chosen. */
const MAX_HEAD = 12;

/** Adds the page's title, and what stands between it and the first block that was chosen: standfirst, author, date. */
function addHead(blocks: readonly Block[], main: ReadonlySet<Block>, chosen: Set<Block>): void {
  const first = blocks.findIndex((block) => chosen.has(block));
  const before = blocks.slice(0, first + 1);
  const near = before.slice(-MAX_HEAD - 1);
  const title =
    near.find(({ heading, isAside }) => heading === 1 && !isAside) ?? near.find((block) => main.has(block) && isTitle(block));
  if (!title) {
    // Over the menus, in the head of the site.
    const above = before.find((block) => block.heading === 1 && isTitle(block));
    if (above) chosen.add(above);
    return;
  }
  for (const block of near.slice(near.indexOf(title))) {
    if (block === title || (main.has(block) && block.linked <= block.letters / 2)) chosen.add(block);
  }
}

/** Whether a block says what the browser shows as the page's title, or a good part of it. */
function isTitle({ items }: Block): boolean {
  const name = lettersOf(document.title);
  const letters = lettersOf(items.map(textOf).join(''));
  return letters.length >= MIN_TITLE && (name.includes(letters) || letters.includes(name));
}
