// Shows the panel in one state: `index.html?state=NAME`. Without a name, all names.

import { storageDouble } from './chrome-double';
import type { EngineState, Event, Job } from '../../extension/generated/protocol';
import type { Intent } from '../../extension/shared/messages';
import { PanelController } from '../../extension/sidepanel/controller';
import { defineElements, Panel } from '../../extension/sidepanel/views/panel';
import { ANSWER, CONTEXT, DONE, HEADLINE, KEY_POINTS, NEAREST, PAGE, SELECTION, TLDR, UNSUPPORTED_ANSWER, URL_OF_PAGE } from './article';
import { CODE_PAGE, COMMENTED, COMMENTING, EXPLAINED, LANGUAGE_UNKNOWN } from './code';
import { BrowserDouble, type BrowserSetup, EngineDouble, MODEL, type Script, STATS, StoreDouble } from './doubles';

interface Scene {
  panel: Panel;
  controller: PanelController;
  engine: EngineDouble;
  browser: BrowserDouble;
}

interface State {
  engine?: EngineState;
  browser?: Partial<BrowserSetup>;
  script?: Script;
  /** What happens once the panel is there. */
  then?(scene: Scene): void | Promise<void>;
}

const READY: EngineState = { state: 'ready', model: MODEL, adapter: { name: 'A GPU', software: false, variants: [] } };
const SOFTWARE: EngineState = { ...READY, adapter: { name: 'SwiftShader', software: true, variants: [] } };
const NO_GRANT = { id: 7, url: null };

const intent = (action: Intent['action'], page: Intent['page']): Intent => ({ action, via: 'menu', windowId: 1, tabId: 7, page });
const SUMMARIZE = intent('summarize', { ok: true, value: PAGE });
const CHAT = intent('chat', { ok: true, value: PAGE });

const CODE_ATTACHED = intent('chat', { ok: true, value: CODE_PAGE });
const EXPLAIN: Intent = { ...intent('code', { ok: true, value: CODE_PAGE }), task: 'explain' };
const COMMENT: Intent = { ...EXPLAIN, task: 'comment' };

const script =
  (...events: Event[]): Script =>
  () =>
    events;

/** Answers each job in its own way. */
const answerAll: Script = (job: Job) => {
  if (job.type === 'explain') return job.kind === 'comment' ? COMMENTED : [...EXPLAINED, DONE];
  if (job.type !== 'summarize') return [...ANSWER, DONE];
  return [...(job.summaryType === 'headline' ? HEADLINE : job.summaryType === 'tldr' ? TLDR : KEY_POINTS), DONE];
};

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

function click(panel: Panel, selector: string): void {
  const element = panel.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`nothing at ${selector}`);
  element.click();
}

const STATES: Record<string, State> = {
  'no-grant': { browser: { tab: NO_GRANT } },
  'no-shortcut': { browser: { tab: NO_GRANT, shortcut: null } },
  granted: {},
  attached: { browser: { intent: CHAT } },
  selection: { browser: { intent: intent('summarize', { ok: true, value: SELECTION }) }, script: script(...TLDR, DONE) },
  'code-attached': { browser: { intent: CODE_ATTACHED } },
  'code-summary': { browser: { intent: intent('summarize', { ok: true, value: CODE_PAGE }) }, script: script(...TLDR, DONE) },
  'code-explained': {
    browser: { intent: EXPLAIN },
    script: answerAll,
    then: ({ panel }) => click(panel, '.sentence:nth-of-type(2)'),
  },
  'code-commenting': { browser: { intent: COMMENT }, script: script(...COMMENTING) },
  'code-commented': { browser: { intent: COMMENT }, script: answerAll },
  'code-language-unknown': {
    browser: { intent: COMMENT },
    script: (job) => (job.type === 'explain' && job.kind === 'comment' ? LANGUAGE_UNKNOWN : answerAll(job)),
  },
  asleep: { engine: { state: 'unloaded' }, browser: { intent: CHAT } },
  loading: {
    engine: { state: 'loading', bytes: 41_300_000, totalBytes: 98_362_432 },
    browser: { intent: SUMMARIZE },
    script: script(),
  },
  compiling: { engine: { state: 'compiling', done: 5, total: 17 }, browser: { intent: SUMMARIZE }, script: script() },
  queued: { browser: { intent: SUMMARIZE }, script: script({ type: 'queued', ahead: 2 }) },
  reading: { browser: { intent: SUMMARIZE }, script: script({ type: 'reading', done: 384, total: 912 }) },
  streaming: {
    browser: { intent: SUMMARIZE },
    script: script(...KEY_POINTS.slice(0, 5), { type: 'text', text: '- In the Bay of Fundy the range' }),
  },
  summary: { browser: { intent: SUMMARIZE }, script: answerAll },
  passage: {
    browser: { intent: SUMMARIZE },
    script: answerAll,
    then: ({ panel }) => click(panel, '.sentence:nth-of-type(1)'),
  },
  'passage-gone': {
    browser: { intent: SUMMARIZE, passage: { ok: true, value: { found: false } } },
    script: answerAll,
    then: ({ panel }) => click(panel, 'li:nth-child(2) .sentence'),
  },
  headline: {
    browser: { intent: SUMMARIZE },
    script: answerAll,
    then: ({ panel }) => click(panel, 'input[value=headline]'),
  },
  chat: {
    browser: { intent: SUMMARIZE },
    script: answerAll,
    async then({ controller }) {
      controller.ask('Since when has Saint-Malo kept a table?');
      await settled();
      controller.ask('And how high is the tide in the open ocean, compared with the bays that the text names?');
    },
  },
  editing: {
    browser: { intent: CHAT },
    script: answerAll,
    async then({ controller, panel }) {
      controller.ask('Since when has Saint-Malo kept a table?');
      await settled();
      click(panel, 'question-view button');
    },
  },
  stopped: {
    browser: { intent: CHAT },
    script: (job) => (job.type === 'chat' ? ANSWER.slice(0, 3) : []),
    async then({ controller }) {
      controller.ask('Since when has Saint-Malo kept a table?');
      await settled();
      controller.stop();
    },
  },
  hostile: {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'text', text: '<img src=x onerror=alert(1)>\n- <b>bold</b> [link](javascript:alert(1))' }, DONE),
  },
  length: {
    browser: { intent: SUMMARIZE },
    script: script(...KEY_POINTS, { type: 'done', reason: 'length', stats: STATS }),
  },
  'nearly-full': {
    browser: { intent: SUMMARIZE },
    script: script(...TLDR, { type: 'done', reason: 'complete', stats: { ...STATS, promptTokens: 3900 } }),
  },
  'changed-page': {
    browser: { intent: SUMMARIZE },
    script: answerAll,
    then: ({ browser }) => browser.goTo({ id: 7, url: 'https://almanac.example/winds' }),
  },
  'other-site': { browser: { intent: SUMMARIZE }, script: answerAll, then: ({ browser }) => browser.goTo(NO_GRANT) },
  'empty-page': {
    browser: { tab: NO_GRANT, intent: intent('explain', { ok: false, failure: { code: 'empty-page', detail: 'no text nodes' } }) },
  },
  part: {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'step', kind: 'part', number: 2, of: 5 }, { type: 'reading', done: 384, total: 912 }),
  },
  merging: {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'step', kind: 'merging', number: 1, of: 1 }),
  },
  'part-stopped': {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'step', kind: 'part', number: 2, of: 5 }, { ...DONE, reason: 'cancelled' } as Event),
  },
  passages: {
    browser: { intent: CHAT },
    script: script(CONTEXT, ...ANSWER, DONE),
    async then({ controller, panel }) {
      controller.ask('Since when has Saint-Malo kept a table?');
      await settled();
      click(panel, 'seen-passages summary');
      click(panel, 'seen-passages li:last-child button');
    },
  },
  software: { engine: SOFTWARE, browser: { intent: SUMMARIZE }, script: answerAll },
  'first-run': { engine: { state: 'failed', code: 'model-missing', message: 'the answer was 404' } },
  'model-gone': {
    engine: { state: 'failed', code: 'model-missing', message: 'A requested file could not be found.' },
    browser: { intent: CHAT, chosenModel: 'disk-3f2a' },
  },
  'no-webgpu': {
    engine: { state: 'failed', code: 'no-webgpu', message: 'navigator.gpu is undefined' },
    browser: { intent: CHAT },
  },
  recovering: {
    engine: { state: 'failed', code: 'gpu-lost', message: 'device lost: reset' },
    browser: { intent: SUMMARIZE },
    script: script(),
    then: ({ engine }) => engine.setState({ state: 'loading', bytes: 41_300_000, totalBytes: MODEL.weightBytes }),
  },
  repetition: { browser: { intent: SUMMARIZE }, script: script(...TLDR, { type: 'done', reason: 'repetition', stats: STATS }) },
  'tried-again': { browser: { intent: SUMMARIZE }, script: script(...TLDR, { type: 'withdrawn', doubt: 'unsupported', instead: 'another' }) },
  'key-passages': {
    browser: { intent: SUMMARIZE },
    script: script(...TLDR, { type: 'withdrawn', doubt: 'unsupported', instead: 'key-passages' }, ...KEY_POINTS.slice(0, 4), DONE),
    then: ({ panel }) => click(panel, 'withdrawn-note summary'),
  },
  'nearest-passages': {
    browser: { intent: CHAT },
    script: script(...UNSUPPORTED_ANSWER, { type: 'withdrawn', doubt: 'unsupported', instead: 'nearest-passages' }, ...NEAREST, DONE),
    async then({ controller, panel }) {
      controller.ask('Since when has Saint-Malo kept a table?');
      await settled();
      click(panel, 'withdrawn-note summary');
    },
  },
  'part-seen': {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'context', usedUnits: 13_200, totalUnits: 61_000, ranges: [{ start: 0, end: 13_200 }] }, ...TLDR, DONE),
  },
  ...Object.fromEntries(
    (['adapter-too-small', 'adapter-wrong', 'out-of-memory', 'model-corrupt', 'model-unsupported'] as const).map(
      (code): [string, State] => [code, { engine: { state: 'failed', code, message: 'the particulars' }, browser: { intent: CHAT } }],
    ),
  ),
  ...Object.fromEntries(
    (['empty-selection', 'not-code', 'field-protected', 'pdf-locked', 'page-forbidden', 'file-forbidden', 'grant-needed'] as const).map(
      (code): [string, State] => [
        code,
        { browser: { tab: NO_GRANT, intent: intent('explain', { ok: false, failure: { code, detail: 'the particulars' } }) } },
      ],
    ),
  ),
  'gpu-lost': {
    browser: { intent: SUMMARIZE },
    script: script(...KEY_POINTS.slice(0, 5), { type: 'failed', code: 'gpu-lost', message: 'device lost: reset' }),
    then: ({ engine }) => engine.setState({ state: 'failed', code: 'gpu-lost', message: 'device lost: reset' }),
  },
  'context-full': {
    browser: { intent: SUMMARIZE },
    script: script({ type: 'failed', code: 'context-full', message: '5210 tokens, room for 4096' }),
  },
};

async function show(name: string, state: State): Promise<void> {
  Object.assign(chrome, { storage: { local: storageDouble({}) } });
  defineElements();
  const panel = new Panel();
  document.body.append(panel);
  const engine = new EngineDouble(state.engine ?? READY, state.script ?? script());
  const tab = { id: 7, url: URL_OF_PAGE };
  const browser = new BrowserDouble({ tab, read: { ok: true, value: PAGE }, ...state.browser });
  const controller = new PanelController(engine, browser, new StoreDouble(), panel);
  panel.begin(controller);
  await controller.begin();
  await settled();
  await state.then?.({ panel, controller, engine, browser });
  await settled();
  Object.assign(globalThis, { shown: name, engine, browser });
}

Object.assign(globalThis, { states: Object.keys(STATES) });
const name = new URLSearchParams(location.search).get('state');
if (name !== null) void show(name, STATES[name]!);
