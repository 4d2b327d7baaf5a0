// A short page, and what the engine's double says about it.

import type { Event, Flag, FlagKind, Passage, Sentence } from '../../extension/generated/protocol';
import type { PageText } from '../../extension/shared/messages';
import { STATS } from './doubles';

export const URL_OF_PAGE = 'https://almanac.example/tides';

export const TEXT = `The sea rises and falls twice a day because the Moon pulls the water nearest to it more strongly than the Earth as a whole.
Spring tides come just after a full or a new moon, when Sun and Moon pull along one line; neap tides a week later, when they pull at right angles.
The tidal range in the open ocean is about 60 centimetres. In funnel-shaped bays it grows: at Burntcoat Head in the Bay of Fundy it reaches 16 metres.
A harbour keeps its own table, because the shape of the coast delays the wave by hours. Fishermen at Saint-Malo have kept theirs since 1846.`;

export const PAGE: PageText = {
  tabId: 7,
  frameId: 0,
  textId: 'text-1',
  url: URL_OF_PAGE,
  source: { kind: 'page', title: 'Why the sea rises: a short account of the tides', text: TEXT, language: 'en', code: null },
};

export const SELECTION: PageText = {
  ...PAGE,
  textId: 'text-2',
  source: { ...PAGE.source, kind: 'selection', text: TEXT.slice(0, 122) },
};

/** A sentence to be said, with the words of the page that it rests on and the words in it to be checked. */
export interface Said {
  text: string;
  rests?: string;
  flags?: [string, FlagKind][];
  /** What stands between this sentence and the next. */
  then?: string;
}

function passageOf(words: string): Passage {
  const start = TEXT.indexOf(words);
  if (start < 0) throw new Error(`not on the page: ${words}`);
  return { start, end: start + words.length, score: 0.8 };
}

/** The events of an answer that says these sentences, each led by `lead`; without its end. */
export function saying(sentences: Said[], lead = ''): Event[] {
  const events: Event[] = [{ type: 'reading', done: 912, total: 912 }];
  let at = 0;
  for (const { text, rests, flags = [], then = '\n' } of sentences) {
    const start = at + lead.length;
    const end = start + text.length;
    const sentence: Sentence = {
      start,
      end,
      passage: rests ? passageOf(rests) : null,
      flags: flags.map(([words, kind]): Flag => {
        const from = start + text.indexOf(words);
        return { start: from, end: from + words.length, kind, text: words };
      }),
    };
    events.push({ type: 'text', text: lead + text + then }, { type: 'sentence', ...sentence });
    at = end + then.length;
  }
  return events;
}

/** A question is answered from the first sentence of the page and from its last paragraph. */
export const CONTEXT: Extract<Event, { type: 'context' }> = {
  type: 'context',
  usedUnits: 121 + TEXT.length - TEXT.indexOf('A harbour'),
  totalUnits: TEXT.length,
  ranges: [
    { start: 0, end: 121 },
    { start: TEXT.indexOf('A harbour'), end: TEXT.length },
  ],
};

export const DONE: Event = { type: 'done', reason: 'complete', stats: STATS };

export const KEY_POINTS = saying(
  [
    { text: 'The Moon pulls the nearest water more strongly than the rest of the Earth.', rests: 'the Moon pulls the water nearest to it more strongly than the Earth as a whole' },
    { text: 'Spring tides follow a full or a new moon, neap tides come a week later.', rests: 'Spring tides come just after a full or a new moon' },
    { text: 'In the Bay of Fundy the range reaches 16 metres, and 21 metres in storms.', rests: 'at Burntcoat Head in the Bay of Fundy it reaches 16 metres', flags: [['21 metres', 'number']] },
    { text: 'Sailors have always trusted the stars more than any table.' },
  ],
  '- ',
);

export const TLDR = saying([
  { text: 'The Moon raises two tides a day.', rests: 'The sea rises and falls twice a day', then: ' ' },
  { text: 'The coast decides how high they are and when they come.', rests: 'the shape of the coast delays the wave by hours' },
]);

export const HEADLINE = saying([{ text: 'Twice a day the Moon lifts the sea, and the coast decides how high', rests: 'The sea rises and falls twice a day' }]);

export const ANSWER = saying([
  { text: 'Saint-Malo has kept its own table since 1846.', rests: 'Fishermen at Saint-Malo have kept theirs since 1846', then: ' ' },
  { text: 'It was drawn up by Captain Moreau.', flags: [['Captain Moreau', 'name']] },
]);

/** What a small model answered that the page does not say, and what stands in its place. */
export const UNSUPPORTED_ANSWER = saying([{ text: 'The harbour of Saint-Malo was given its table by the Moon in 1864.', flags: [['1864', 'number']] }]);

const FISHERMEN = 'Fishermen at Saint-Malo have kept theirs since 1846.';
const OWN_TABLE = 'A harbour keeps its own table, because the shape of the coast delays the wave by hours.';

export const NEAREST = saying(
  [
    { text: FISHERMEN, rests: FISHERMEN },
    { text: OWN_TABLE, rests: OWN_TABLE },
  ],
  '- ',
);
