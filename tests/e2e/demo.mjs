// The demonstration: the three jobs in a real Chromium on a bundled article, told as they run.
//
//   node tests/e2e/demo.mjs [--headed] [--dist FOLDER] [--screenshots FOLDER]
//
// `--headed` shows the browser and leaves it open. The exit status is 1 where anything did not go as it should.

import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { E2E, launch, ROOT, serve, until } from './browser.mjs';
import { Panel } from './panel.mjs';

/** What stands in place of a text that was withdrawn. */
const INSTEAD = {
  another: 'asked again in other words',
  'key-passages': 'key passages of the page',
  'nearest-passages': 'the sentences of the page that are nearest to the question',
};

const { values: options } = parseArgs({
  options: {
    headed: { type: 'boolean', default: false },
    dist: { type: 'string', default: join(ROOT, 'dist/chrome') },
    screenshots: { type: 'string', default: join(ROOT, 'target/demo') },
  },
});

/** Milliseconds that one job may take on the slowest machine. */
const PATIENCE = 600_000;
const FIELD = '#letter';

const terminal = process.stdout.isTTY;
const colour = (code) => (text) => (terminal || process.env.FORCE_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, red, green, yellow] = ['1', '2', '9;31', '32', '33'].map(colour);

const failures = [];
const speeds = [];
const write = (text) => process.stdout.write(text);
const say = (text = '') => write(`${text}\n`);

/** Notes a fault and goes on: the rest of the demonstration tells more. */
function check(good, fault) {
  if (good) return;
  failures.push(fault);
  say(yellow(`✗ ${fault}`));
}

/** A line that is written over where there is a terminal, and once in ten steps where there is none. */
function progress(label) {
  let shown = -1;
  return {
    show(done, total) {
      const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
      if (terminal) write(`\r${dim(`${label} ${percent}%`)} `);
      else if (Math.floor(percent / 10) > shown) say(`${label} ${percent}%`);
      shown = Math.max(shown, Math.floor(percent / 10));
    },
    clear() {
      if (terminal && shown >= 0) write('\r\x1b[K');
      shown = -1;
    },
  };
}

/** Whether Chromium finds a GPU here; the extension's own choice of adapter is told by the engine. */
async function hasGpu(origin) {
  const sotto = await launch({ dist: options.dist, hardware: true });
  try {
    const page = await sotto.open(origin);
    return await page.evaluate(async () => {
      // The GPU process may still be starting.
      for (let attempt = 0; attempt < 10; attempt++) {
        const adapter = await navigator.gpu?.requestAdapter();
        if (adapter) {
          const { vendor, architecture, description } = adapter.info;
          const software = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${vendor} ${architecture} ${description}`);
          return !adapter.info.isFallbackAdapter && !software;
        }
        await new Promise((done) => setTimeout(done, 500));
      }
      return false;
    });
  } catch {
    return false;
  } finally {
    await sotto.close();
  }
}

/** Waits for the engine and shows how far it is. */
async function awaitEngine(panel) {
  await panel.evaluate(() => {
    globalThis.states = [];
    chrome.runtime.connect({ name: 'panel' }).onMessage.addListener((message) => {
      if (message.type === 'state') states.push(message);
    });
  });
  const [loading, compiling] = [progress('Loading the model'), progress('Compiling kernels')];
  return until(
    'the engine',
    async () => {
      for (const state of await panel.evaluate(() => states.splice(0))) {
        if (state.state === 'loading') loading.show(state.bytes, state.totalBytes);
        if (state.state === 'compiling') {
          loading.clear();
          compiling.show(state.done, state.total);
        }
        if (state.state === 'ready' || state.state === 'failed') {
          loading.clear();
          compiling.clear();
          return state;
        }
      }
      return null;
    },
    PATIENCE,
  );
}

/** Runs a job in the panel, writing its text as it comes and, under each sentence, the passage that it rests on. */
async function tell(panel, name, act) {
  const reading = progress('Reading');
  let source;
  let column = 0;
  const answer = await panel.follow(
    act,
    async (event) => {
      if (event.type === 'reading') reading.show(event.done, event.total);
      if (event.type === 'text') {
        reading.clear();
        const text = column === 0 ? event.text.replace(/^\s+/, '') : event.text;
        write(text);
        if (text !== '') column = text.endsWith('\n') ? 0 : 1;
      }
      if (event.type === 'withdrawn') {
        say(`${column === 0 ? '' : '\n'}${yellow(`withdrawn (${event.doubt}); in its place: ${INSTEAD[event.instead]}`)}`);
        column = 0;
      }
      if (event.type === 'sentence') {
        source ??= (await panel.source()).text;
        const { passage } = event;
        const words = passage ? `↳ “${source.slice(passage.start, passage.end)}”` : '↳ no passage found';
        say(`${column === 0 ? '' : '\n'}${dim(`    ${words}`)}`);
        column = 0;
      }
    },
    PATIENCE,
  );
  if (column !== 0) say();
  const { end } = answer;
  check(end.type === 'done', `${name}: ${end.code}: ${end.message}`);
  check(answer.text.trim() !== '', `${name}: no text came`);
  if (end.type === 'done') {
    const { promptTokens, reusedTokens, generatedTokens, firstTokenSeconds, decodeSeconds } = end.stats;
    const speed = decodeSeconds > 0 ? (generatedTokens - 1) / decodeSeconds : 0;
    const read = `${promptTokens} tokens of prompt, ${reusedTokens} of them resident from before`;
    speeds.push({ name, speed, firstTokenSeconds, read, generatedTokens, reason: end.reason });
  }
  return { ...answer, source };
}

/** Clicks the sentence that answers the question, and sees where it leads in the page. */
async function followLink(page, panel, { text, sentences, source }, { answerContains }) {
  check(text.includes(answerContains), `the answer does not contain “${answerContains}”`);
  const linked = sentences.filter(({ passage }) => passage);
  const chosen = linked.find(({ start, end }) => text.slice(start, end).includes(answerContains)) ?? linked[0];
  check(chosen, 'no sentence of the answer has a passage');
  if (!chosen) return;
  const quote = await panel.chooseSentence(chosen.start);
  check(quote === source.slice(chosen.passage.start, chosen.passage.end), 'the panel quotes another passage');
  const inLastParagraph = () => {
    const last = [...document.querySelectorAll('article p')].at(-1);
    const ranges = [...(CSS.highlights.get('sotto-passage') ?? [])];
    return ranges.length > 0 && ranges.every((range) => last.contains(range.commonAncestorContainer));
  };
  const landed = await until('the paint', () => page.evaluate(inLastParagraph), 3000).catch(() => false);
  check(landed, "the answer's link does not lead to the last paragraph");
  if (landed) say(green('✓ the link leads to the last paragraph of the page'));
  // The page scrolls there smoothly; the picture is taken when it has arrived.
  await page.waitForTimeout(1000);
}

/** Rewrites the field by the menu, writing the text as it comes, then the words that differ. */
async function rewrite(sotto, page) {
  await page.locator(FIELD).focus();
  await sotto.chooseMenu('toneProofread', { editable: true });
  const card = await sotto.card(page);
  const read = (root) => {
    const text = root.querySelector('.text').cloneNode(true);
    for (const spoken of text.querySelectorAll('.unseen, .rejected ins')) spoken.remove();
    for (const kept of text.querySelectorAll('.rejected')) kept.replaceWith(kept.textContent);
    for (const correction of text.querySelectorAll('.correction')) correction.replaceWith(...correction.childNodes);
    return {
      done: root.querySelector('[data-action=again]').hidden === false,
      parts: [...text.childNodes].map((node) => ({ kind: node.localName ?? 'equal', text: node.textContent })),
      text: text.textContent,
      note: root.querySelector('.note').hidden ? '' : root.querySelector('.note').innerText,
    };
  };
  let shown = '';
  const end = await until(
    'the rewrite',
    async () => {
      const now = await card.evaluate(read);
      if (now.done) return now;
      if (now.text.startsWith(shown)) write(now.text.slice(shown.length));
      shown = now.text;
      return null;
    },
    PATIENCE,
  );
  say('\n');
  const paint = { ins: (text) => green(terminal ? text : `{+${text}+}`), del: (text) => red(terminal ? text : `[-${text}-]`) };
  say(end.parts.map(({ kind, text }) => (paint[kind] ?? ((same) => same))(text)).join(''));
  if (end.note) say(dim(end.note));
  check(end.parts.some(({ kind }) => kind === 'ins' || kind === 'del'), 'the rewrite changed nothing');
}

async function main() {
  const question = JSON.parse(await readFile(join(E2E, 'article/demo.json'), 'utf8'));
  await mkdir(options.screenshots, { recursive: true });
  const shot = (name) => join(options.screenshots, name);
  const site = await serve(join(E2E, 'article'));
  const hardware = await hasGpu(site.origin);
  const sotto = await launch({ dist: options.dist, headed: options.headed, hardware });
  try {
    const page = await sotto.open(`${site.origin}/`);
    await sotto.clickToolbar(page);
    const panel = new Panel(await sotto.panel());
    const engine = await awaitEngine(panel);
    if (engine.state === 'failed') throw new Error(`the engine failed: ${engine.code}: ${engine.message}`);
    const { model, adapter } = engine;
    say(`${bold(model.name)} (${model.architecture}, ${(model.weightBytes / 1e6).toFixed(0)} MB on the GPU, ${(model.heapBytes / 1e6).toFixed(0)} MB of heap) on ${adapter.name}`);
    if (adapter.software) say(yellow('No GPU was found: a software adapter does the work, many times slower.'));

    say(`\n${bold(`Summary of “${await page.title()}”: key points`)}`);
    await tell(panel, 'summary', () => sotto.chooseMenu('menuSummarizePage'));

    say(`\n${bold(`Question: ${question.question}`)}`);
    const answer = await tell(panel, 'answer', () => panel.ask(question.question));
    await followLink(page, panel, answer, question);
    await panel.screenshot(shot('panel.png'));
    await page.screenshot({ path: shot('page.png') });

    say(`\n${bold('Rewrite of the field: proofread')}`);
    await rewrite(sotto, page);
    await page.screenshot({ path: shot('card.png') });

    say();
    for (const { name, speed, firstTokenSeconds, read, generatedTokens, reason } of speeds) {
      const pace = `${speed.toFixed(1)} tokens/s, ${firstTokenSeconds.toFixed(1)} s to the first token`;
      say(`${bold(name.padEnd(8))} ${pace} (${read}; ${generatedTokens} written, ${reason})`);
    }
    say(`Screenshots: ${['panel.png', 'page.png', 'card.png'].map((name) => relative(ROOT, shot(name))).join(', ')}`);
    if (options.headed) {
      say('The browser stays open; close its window to end.');
      await sotto.context.waitForEvent('close', { timeout: 0 });
    }
  } finally {
    await sotto.close();
    site.close();
  }
}

try {
  await main();
} catch (error) {
  failures.push(error.message);
  say(yellow(`✗ ${error.stack}`));
}
if (failures.length > 0) {
  say(`${failures.length} of what was demonstrated failed.`);
  process.exitCode = 1;
}
