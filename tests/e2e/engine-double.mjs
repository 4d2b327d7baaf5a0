// A double of the engine for tests of the platform alone (menus, ports, panel, fields): it says what it was asked, slowly.
// Never shipped: the harness bundles it in the engine's place with `extension/build.mjs --engine`.

const STEP_MS = 15;

export default async function init() {}

export class Engine {
  #post;
  #running = new Map();

  constructor(post) {
    this.#post = post;
  }

  handle(command) {
    switch (command.type) {
      case 'start':
        this.#start();
        break;
      case 'request':
        this.#run(command);
        break;
      case 'cancel':
        this.#running.get(command.id)?.('cancelled');
        break;
      case 'unload':
        this.#post({ type: 'state', state: 'unloaded' });
        break;
      case 'selfTest':
        this.#post({ type: 'selfTest', adapter: ADAPTER, checks: [] });
        break;
    }
  }

  async #start() {
    this.#post({ type: 'state', state: 'loading', bytes: 0, totalBytes: 100 });
    // The adapter is the real one: the platform has to offer it, or there is nothing to test.
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) {
      this.#post({ type: 'state', state: 'failed', code: 'no-webgpu', message: 'no adapter' });
      return;
    }
    const device = await adapter.requestDevice();
    const variants = [...device.features].sort();
    this.#post({ type: 'state', state: 'compiling', done: 0, total: 1 });
    this.#post({ type: 'state', state: 'ready', model: MODEL, adapter: { ...ADAPTER, variants } });
  }

  #run({ id, job }) {
    if (job.type === 'rewrite' && job.text.includes('CRASH')) throw new Error('the double was asked to crash');
    const words = answer(job).split(/(?<= )/);
    let seq = 0;
    let at = 0;
    const event = (event) => this.#post({ type: 'event', id, seq: seq++, event });
    const end = (reason) => {
      clearInterval(timer);
      this.#running.delete(id);
      const stats = { promptTokens: 9, reusedTokens: 0, generatedTokens: at, firstTokenSeconds: 0.02, decodeSeconds: at * 0.015 };
      event({ type: 'done', reason, stats });
    };
    event({ type: 'queued', ahead: this.#running.size });
    event({ type: 'reading', done: 0, total: 9 });
    event({ type: 'reading', done: 9, total: 9 });
    if (isUnknown(job)) {
      event({ type: 'failed', code: 'language-unknown', message: 'the double knows no such language' });
      return;
    }
    const timer = setInterval(() => {
      if (at < words.length) {
        event({ type: 'text', text: words[at++] });
        return;
      }
      const text = words.join('');
      if (job.type === 'rewrite') event({ type: 'diff', ...diff(job) });
      else if (job.type === 'explain') event(job.kind === 'comment' ? { type: 'diff', ...commented(job) } : aboutSecondLine(job, text));
      else event({ type: 'sentence', start: 0, end: text.length, passage: lastParagraph(job.source), flags: [] });
      end('complete');
    }, STEP_MS);
    this.#running.set(id, end);
  }
}

const MODEL = { name: 'double', architecture: 'none', contextTokens: 4096, weightBytes: 100, heapBytes: 100 };
const ADAPTER = { name: 'double', software: true, variants: [] };

function answer(job) {
  switch (job.type) {
    case 'summarize':
      return `Summary of ${job.source.text.length} units${wanted(job)}: ${'word '.repeat(200)}`;
    case 'chat':
      return `Answer to ${job.turns.at(-1).text}${wanted(job)}`;
    case 'explain':
      return job.kind === 'explain' ? 'It does this on its second line.' : COMMENT + job.source.text;
    case 'rewrite':
      return diff(job)
        .parts.filter(({ kind }) => kind !== 'delete')
        .map(({ text }) => text)
        .join('');
  }
}

const COMMENT = '// A comment.\n';

/** JSON has no comments. */
function isUnknown(job) {
  return job.type === 'explain' && job.kind === 'comment' && job.source.code?.language === 'json';
}

function commented({ source }) {
  const parts = [{ kind: 'insert', text: COMMENT }, { kind: 'equal', text: source.text }];
  return { parts, flags: [], added: [], notes: [], corrections: [] };
}

function aboutSecondLine({ source }, text) {
  const line = source.text.split('\n')[1] ?? '';
  const start = source.text.indexOf('\n') + 1 + line.length - line.trimStart().length;
  return { type: 'sentence', start: 0, end: text.length, passage: { start, end: start + line.trim().length, score: 1 }, flags: [] };
}

/** What the settings ask for of every answer: the double says it, and does not follow. */
function wanted({ preferences: { language, instructions } }) {
  return language || instructions ? ` (${language}, ${instructions})` : '';
}

/** What the double changes: wishes are put politely. */
const WISHES = { wants: { text: 'would like' }, 'really ': { text: '' } };
/** What it finds when it proofreads. */
const MISTAKES = {
  teh: { text: 'the', reason: 'spelling' },
  dont: { text: "don't", reason: 'punctuation' },
  go: { text: 'goes', reason: 'grammar' },
  42: { text: '24', reason: 'wording', flag: 'number' },
};

/** Word by word, as the engine's is: what stays is told apart from what goes. One's own instruction it says, and does not follow. */
function diff({ text: before, tone, instruction }) {
  if (tone === 'own') return { ...NO_DIFF, parts: [{ kind: 'insert', text: `${instruction}: ` }, { kind: 'equal', text: before }] };
  const changes = tone === 'proofread' ? MISTAKES : WISHES;
  const parts = [];
  const corrections = [];
  let start = 0;
  for (const text of before.split(new RegExp(`\\b(${Object.keys(changes).join('|')})`))) {
    const change = changes[text];
    if (!change) parts.push({ kind: 'equal', text });
    else parts.push({ kind: 'delete', text }, { kind: 'insert', text: change.text });
    if (change?.reason) corrections.push({ start, end: start + text.length, flag: null, suggested: !change.flag, ...change });
    start += text.length;
  }
  return { ...NO_DIFF, parts: parts.filter(({ text }) => text !== ''), corrections };
}

const NO_DIFF = { flags: [], added: [], notes: [], corrections: [] };

function lastParagraph(source) {
  if (!source) return null;
  const start = source.text.lastIndexOf('\n\n') + 2;
  return { start, end: source.text.length, score: 1 };
}
