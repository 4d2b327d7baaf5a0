// Shows the card in one state: `card.html?state=NAME`. Without a name, all names.

import './chrome-double';
import { openCard } from '../../extension/content/card';
import type { Applied } from '../../extension/content/card-types';
import type { Options } from '../../extension/content/card/card';
import type { Correction, Diff, Event, FlagKind, Reason } from '../../extension/generated/protocol';
import { MOST_REWRITES } from '../../extension/shared/settings';
import { EngineDouble, STATS } from './doubles';

// axe and the test see into open shadow roots alone.
const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) {
  return attachShadow.call(this, { ...init, mode: 'open' });
};

const ORIGINAL = 'hey, can u send me the 42 reports til friday? we need them asap or the meeting on 3 March is off.';
const REWRITE = 'Could you please send me the reports by Friday? We need them soon, or the meeting on 3 March will not take place.';

const DIFF: Diff = {
  parts: [
    { kind: 'delete', text: 'hey, can u' },
    { kind: 'insert', text: 'Could you please' },
    { kind: 'equal', text: ' send me the ' },
    { kind: 'delete', text: '42 ' },
    { kind: 'equal', text: 'reports ' },
    { kind: 'delete', text: 'til friday? we' },
    { kind: 'insert', text: 'by Friday? We' },
    { kind: 'equal', text: ' need them ' },
    { kind: 'delete', text: 'asap' },
    { kind: 'insert', text: 'soon,' },
    { kind: 'equal', text: ' or the meeting on 3 March ' },
    { kind: 'delete', text: 'is off.' },
    { kind: 'insert', text: 'will not take place.' },
  ],
  flags: [],
  added: [],
  notes: [],
  corrections: [],
};
const FLAGGED: Diff = { ...DIFF, flags: [{ start: 23, end: 25, kind: 'number', text: '42' }] };
const NOTED: Diff = {
  ...DIFF,
  added: [{ start: 30, end: 36, kind: 'date', text: 'Friday' }],
  notes: [
    { kind: 'dropped', start: 0, end: 5, text: 'Thanks for the last ones.' },
    { kind: 'kept', start: 0, end: 5, text: 'It costs £42.' },
  ],
};
const SAME: Diff = { ...DIFF, parts: [{ kind: 'equal', text: ORIGINAL }] };
const correction = (word: string, text: string, reason: Reason, flag: FlagKind | null = null): Correction => {
  const start = ORIGINAL.indexOf(word);
  return { start, end: start + word.length, text, reason, flag, suggested: flag === null };
};
const PROOFREAD: Diff = {
  ...DIFF,
  corrections: [
    correction('hey', 'Hey', 'capitalisation'),
    correction('u', 'you', 'spelling'),
    correction('42', '24', 'wording', 'number'),
    correction('til', 'by', 'word-choice'),
  ],
};
const PIRATE = { id: '1', name: 'As a pirate', instruction: 'Write it as a pirate would.' };
const DONE: Event = { type: 'done', reason: 'complete', stats: STATS };

interface State {
  events: Event[];
  tone?: Options['tone'];
  editable?: boolean;
  /** A private window: nothing can be saved. */
  isPrivate?: boolean;
  saved?: Options['saved'];
  applies?: Applied;
  then?(root: ShadowRoot): void;
}

function press(root: ShadowRoot, action: string): void {
  root.querySelector<HTMLElement>(`[data-action=${action}]`)!.click();
}

/** Types into a box of the card, with the events that typing has. */
function type(root: ShadowRoot, selector: string, text: string): void {
  root.querySelector<HTMLElement>(selector)!.focus();
  document.execCommand('insertText', false, text);
}

/** Gives the card an instruction, and runs it where that is asked for. */
function instruct(root: ShadowRoot, next?: 'own-run' | 'own-name'): void {
  type(root, 'textarea', 'As a pirate would say it');
  if (next) press(root, next);
}

const whole = (diff: Diff, text = REWRITE): Event[] => [{ type: 'text', text }, { type: 'diff', ...diff }, DONE];

const STATES: Record<string, State> = {
  waiting: { events: [] },
  queued: { events: [{ type: 'queued', ahead: 1 }] },
  writing: { events: [{ type: 'text', text: REWRITE.slice(0, 60) }] },
  diff: { events: whole(DIFF) },
  original: { events: whole(DIFF), then: (root) => press(root, 'original') },
  flags: { events: whole(FLAGGED) },
  confirm: { events: whole(FLAGGED), then: (root) => press(root, 'replace') },
  saved: {
    events: whole(DIFF),
    saved: [PIRATE],
  },
  own: { events: whole(DIFF), tone: 'own', saved: [PIRATE] },
  'own-done': { events: whole(DIFF), tone: 'own', then: (root) => instruct(root, 'own-run') },
  'own-private': { events: whole(DIFF), tone: 'own', isPrivate: true, then: (root) => instruct(root) },
  'own-naming': {
    events: whole(DIFF),
    tone: 'own',
    then(root) {
      instruct(root, 'own-name');
      type(root, '#own-name', 'Pirate');
    },
  },
  'own-full': {
    events: whole(DIFF),
    tone: 'own',
    saved: Array.from({ length: MOST_REWRITES }, (_, at) => ({ ...PIRATE, name: `Pirate ${at + 1}` })),
    then(root) {
      instruct(root, 'own-name');
      type(root, '#own-name', 'Pirate');
      press(root, 'own-save');
    },
  },
  notes: { events: whole(NOTED) },
  corrections: { events: whole(PROOFREAD) },
  'corrections-rejected': {
    events: whole(PROOFREAD),
    then: (root) => root.querySelector<HTMLElement>('[data-correction="1"]')!.click(),
  },
  unchanged: { events: whole(SAME, ORIGINAL) },
  'copy-only': { events: whole(DIFF), editable: false },
  stopped: { events: [{ type: 'text', text: REWRITE.slice(0, 60) }], then: (root) => press(root, 'stop') },
  'apply-failed': { events: whole(DIFF), applies: { kind: 'failed' }, then: (root) => press(root, 'replace') },
  'apply-harmed': {
    events: whole(DIFF),
    applies: { kind: 'harmed', before: ORIGINAL },
    then: (root) => press(root, 'replace'),
  },
  failed: { events: [{ type: 'failed', code: 'gpu-lost', message: 'device lost' }] },
};

async function show(name: string, state: State): Promise<void> {
  const field = document.querySelector('textarea')!;
  field.value = ORIGINAL;
  field.focus();
  const { x, y, width, height } = field.getBoundingClientRect();
  Object.assign(globalThis, { pageBefore: document.documentElement.outerHTML });
  const log = { applied: [] as string[], closed: 0 };
  const saved = [...(state.saved ?? [])];
  const save: Options['save'] = async (name, instruction) => {
    if (saved.length >= MOST_REWRITES) return null;
    const added = { id: String(saved.length), name, instruction };
    saved.push(added);
    return added;
  };
  const engine = new EngineDouble({ state: 'unloaded' }, () => [...state.events]);
  const options: Options = {
    anchorRect: { x, y, width, height },
    originalText: ORIGINAL,
    tone: state.tone ?? 'more-formal',
    saved: [...saved],
    save: state.isPrivate ? null : save,
    client: engine,
    editable: state.editable ?? true,
    async onApply(parts) {
      log.applied.push(parts.map(({ kind, text }) => (kind === 'delete' ? '' : text)).join(''));
      return state.applies ?? { kind: 'applied' };
    },
    onClose() {
      log.closed++;
    },
  };
  openCard(options);
  Object.assign(globalThis, { log, saved, jobs: () => engine.jobs });
  await new Promise((resolve) => setTimeout(resolve, 30));
  state.then?.(document.querySelector('sotto-card')!.shadowRoot!);
  await new Promise((resolve) => setTimeout(resolve, 30));
  Object.assign(globalThis, { shown: name });
}

Object.assign(globalThis, { states: Object.keys(STATES) });
const name = new URLSearchParams(location.search).get('state');
if (name !== null) void show(name, STATES[name]!);
