// Shows the settings in one state: `options.html?state=NAME`. Without a name, all names.

import { storageDouble } from './chrome-double';
import type { EngineState } from '../../extension/generated/protocol';
import { showOptions } from '../../extension/options/page';
import type { Settings } from '../../extension/shared/settings';
import type { Inventory } from '../../extension/shared/stored';
import { EngineDouble, MODEL } from './doubles';
import { arrival, CARD, ModelsDouble } from './models';
import type { Snapshot } from '../../extension/models/channel';

interface State {
  engine?: EngineState;
  settings?: Partial<Settings>;
  /** No key is set for these commands. */
  unset?: string[];
  inventory?: Partial<Inventory>;
  models?: Partial<Snapshot>;
  then?(): void | Promise<void>;
}

const ADAPTER = { name: 'A GPU', software: false, variants: ['f16', 'subgroups 32'] };
const READY: EngineState = { state: 'ready', model: MODEL, adapter: ADAPTER };
const NONE = { items: 0, bytes: 0 };
const NOTHING: Inventory = { session: NONE, settings: NONE, models: NONE, prefixes: NONE, tunings: NONE, others: NONE };
const SAVED = [
  { id: '1', name: 'To a customer', instruction: 'Rewrite this as a friendly answer to a customer. Keep every number and name.' },
  { id: '2', name: 'As a question', instruction: 'Rewrite this as a polite question' },
];

const STATES: Record<string, State> = {
  asleep: {},
  ready: {
    engine: READY,
    settings: { idleMinutes: 15, savedRewrites: SAVED, language: 'de', instructions: 'Use short sentences and simple words. Give dates as 3 March.' },
    inventory: {
      session: { items: 3, bytes: 41_200 },
      settings: { items: 2, bytes: 310 },
      prefixes: { items: 2, bytes: 84_300_000 },
      tunings: { items: 1, bytes: 420 },
    },
  },
  loading: { engine: { state: 'loading', bytes: 41_300_000, totalBytes: MODEL.weightBytes } },
  failed: { engine: { state: 'failed', code: 'out-of-memory', message: 'requestDevice' } },
  'no-shortcut': { engine: READY, unset: ['chat'] },
  editing: { engine: READY, settings: { savedRewrites: SAVED }, then: () => press('.rewrites button') },
  'models-coming': {
    engine: READY,
    settings: { model: CARD.id },
    models: {
      models: [CARD],
      arrivals: [
        arrival('harbour-360m', 'Harbour 360M', { state: 'running', bytes: 121_000_000, bytesPerSecond: 8_400_000, secondsLeft: 31.6 }),
        arrival('harbour-1b', 'Harbour 1.7B', { totalBytes: 1_820_000_000 }),
      ],
    },
  },
  'models-failed': {
    engine: READY,
    models: {
      arrivals: [
        arrival('harbour-360m', 'Harbour 360M', {
          state: 'stopped',
          bytes: 121_000_000,
          failure: { code: 'download-cut', detail: '121000000 of 386400000 bytes have come' },
        }),
        arrival('harbour-1b', 'Harbour 1.7B', { state: 'failed', failure: { code: 'download-wrong', detail: 'its SHA-256 is another' } }),
        arrival('disk-77', 'letter.gguf', { from: 'disk', state: 'failed', failure: { code: 'not-a-model', detail: 'this is not a GGUF file' } }),
      ],
    },
  },
  'wipe-confirm': { engine: READY, inventory: { session: { items: 3, bytes: 41_200 } }, then: () => press('.button.danger') },
};

function press(selector: string): void {
  const button = document.querySelector<HTMLElement>(selector)!;
  button.focus();
  button.click();
}

const COMMANDS = [
  { name: '_execute_action', description: '', shortcut: '' },
  { name: 'summarize', description: 'commandSummarize', shortcut: 'Alt+Shift+S' },
  { name: 'chat', description: 'commandChat', shortcut: 'Alt+Shift+Q' },
  { name: 'rewrite', description: 'commandRewrite', shortcut: 'Alt+Shift+E' },
];

async function show(name: string, { engine, settings = {}, unset = [], inventory, models, then }: State): Promise<void> {
  const stored: Record<string, unknown> = { ...settings };
  const commands = COMMANDS.map(({ name, description, shortcut }) => ({
    name,
    description: chrome.i18n.getMessage(description),
    shortcut: unset.includes(name) ? '' : shortcut,
  }));
  Object.assign(chrome, { storage: { local: storageDouble(stored) }, commands: { getAll: async () => commands } });
  const double = new EngineDouble(engine ?? { state: 'unloaded' }, () => []);
  const store = new ModelsDouble(models);
  await showOptions({
    engine: Object.assign(double, { unload: async () => double.setState({ state: 'unloaded' }), speedTest: async () => null }),
    models: store,
    takeInventory: async () => ({ ...NOTHING, ...inventory }),
    async wipe() {
      inventory = {};
    },
  });
  await then?.();
  Object.assign(globalThis, { shown: name, stored, models: store });
}

Object.assign(globalThis, { states: Object.keys(STATES) });
const name = new URLSearchParams(location.search).get('state');
if (name !== null) void show(name, STATES[name]!);
