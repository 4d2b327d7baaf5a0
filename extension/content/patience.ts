/**
 * Which entries of `all` the entries of `some` are, where `some` is a selection of `all` in nearly the same order: for each
 * of `all`, whether it was chosen. Equal entries are told apart by their neighbours (patience diff: entries that are unique
 * on both sides are tied first, in the longest run of equal order; the gaps between them are matched the same way).
 */
export function chosenEntries(all: readonly string[], some: readonly string[]): boolean[] {
  const chosen = new Array<boolean>(all.length).fill(false);
  match(all, 0, all.length, some, 0, some.length, chosen);
  return chosen;
}

function match(
  all: readonly string[],
  allFrom: number,
  allTo: number,
  some: readonly string[],
  someFrom: number,
  someTo: number,
  chosen: boolean[],
): void {
  const ties = longestIncreasing(uniquePairs(all, allFrom, allTo, some, someFrom, someTo));
  if (ties.length === 0) {
    // Nothing unique is left: first come, first served.
    let at = allFrom;
    for (let s = someFrom; s < someTo; s++) {
      let found = at;
      while (found < allTo && all[found] !== some[s]) found++;
      if (found === allTo) continue;
      chosen[found] = true;
      at = found + 1;
    }
    return;
  }
  let [a, s] = [allFrom, someFrom];
  for (const [tiedAll, tiedSome] of ties) {
    match(all, a, tiedAll, some, s, tiedSome, chosen);
    chosen[tiedAll] = true;
    [a, s] = [tiedAll + 1, tiedSome + 1];
  }
  match(all, a, allTo, some, s, someTo, chosen);
}

type Pair = readonly [all: number, some: number];

/** Positions of the entries that stand once on each side, in the order of `some`. */
function uniquePairs(
  all: readonly string[],
  allFrom: number,
  allTo: number,
  some: readonly string[],
  someFrom: number,
  someTo: number,
): Pair[] {
  if (allFrom === allTo || someFrom === someTo) return [];
  const places = positions(all, allFrom, allTo);
  const pairs: Pair[] = [];
  for (const [entry, [at, again]] of positions(some, someFrom, someTo)) {
    const [place, another] = places.get(entry) ?? [];
    if (at !== undefined && again === undefined && place !== undefined && another === undefined) pairs.push([place, at]);
  }
  return pairs;
}

function positions(entries: readonly string[], from: number, to: number): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (let at = from; at < to; at++) {
    const entry = entries[at] as string;
    const known = places.get(entry);
    if (known) known.push(at);
    else places.set(entry, [at]);
  }
  return places;
}

/** The longest subsequence of pairs whose first members increase. O(n log n). */
function longestIncreasing(pairs: readonly Pair[]): Pair[] {
  /** `tails[k]`: the pair with the smallest end of all increasing runs of length k + 1; `before`: who stands before it. */
  const tails: Pair[] = [];
  const before = new Map<Pair, Pair | undefined>();
  for (const pair of pairs) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] as Pair)[0] < pair[0]) low = middle + 1;
      else high = middle;
    }
    before.set(pair, tails[low - 1]);
    tails[low] = pair;
  }
  const run: Pair[] = [];
  for (let pair = tails.at(-1); pair; pair = before.get(pair)) run.push(pair);
  return run.reverse();
}
