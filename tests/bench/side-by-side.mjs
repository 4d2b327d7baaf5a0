// Sotto and wllama in the same browser, on the same model, one after the other. Prints one JSON object.
//
//   cargo xtask build --bench --without-model
//   node tests/bench/side-by-side.mjs MODEL.gguf [--runs N] [--adapter swiftshader|default] …

import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXTENSION_ORIGIN, launch, ROOT } from '../e2e/browser.mjs';
import { serve } from './serve.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const WLLAMA = join(ROOT, 'node_modules/@wllama/wllama/esm');
/** NVIDIA's Vulkan driver has the feature, and Chromium offers it only so. */
const F16 = ['--enable-dawn-features=vulkan_enable_f16_on_nvidia'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dist: { type: 'string', default: join(ROOT, 'dist/bench') },
    adapter: { type: 'string', default: 'default' },
    f16: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    'prompt-tokens': { type: 'string', default: '501' },
    generate: { type: 'string', default: '128' },
    depth: { type: 'string', default: '0' },
    again: { type: 'string', default: '0' },
  },
});
if (positionals.length !== 1 || !['default', 'swiftshader'].includes(options.adapter)) {
  throw new Error(
    'usage: node tests/bench/side-by-side.mjs MODEL.gguf [--dist FOLDER] [--adapter swiftshader|default] [--f16] ' +
      '[--runs N] [--prompt-tokens N] [--generate N] [--depth N] [--again N]',
  );
}
const model = resolve(positionals[0]);
const name = basename(model);
const common = { runs: Number(options.runs), promptTokens: Number(options['prompt-tokens']), generatedTokens: Number(options.generate) };

/** Puts the model into the extension's folder, where alone its pages may read it: without a copy, where that can be. */
async function place() {
  const folder = join(resolve(options.dist), 'models');
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  await rm(file, { force: true });
  await link(model, file).catch(() => copyFile(model, file));
  return file;
}

/** What `window.bench(…)` of the page at `url` gives. */
async function bench(sotto, url, options) {
  const page = await sotto.open(url);
  await page.waitForFunction(() => 'bench' in window);
  return JSON.parse(await page.evaluate((options) => window.bench(options), options));
}

/** Sotto's figures by wllama's; over 1, Sotto is the quicker one. */
function ratios(sotto, wllama) {
  const { median, coldFirstTokenSeconds } = sotto.figures;
  return {
    prefill: median.prefillTokensPerSecond / wllama.median.prefillTokensPerSecond,
    decode: median.decodeTokensPerSecond / wllama.median.decodeTokensPerSecond,
    firstToken: wllama.median.firstTokenSeconds / median.firstTokenSeconds,
    coldFirstToken: wllama.coldFirstTokenSeconds / coldFirstTokenSeconds,
  };
}

const placed = await place();
const site = await serve({ '': HERE, wllama: WLLAMA, models: dirname(model) });
const browser = await launch({ dist: resolve(options.dist), hardware: options.adapter === 'default', flags: options.f16 ? F16 : [] });
try {
  const query = `?model=models/${encodeURIComponent(name)}`;
  const wanted = { ...common, depthTokens: Number(options.depth), againTokens: Number(options.again) };
  const sotto = await bench(browser, `${EXTENSION_ORIGIN}/bench/index.html${query}`, wanted);
  const wllama = await bench(browser, `${site.origin}/wllama.html${query}`, common);
  console.log(JSON.stringify({ model: name, sotto, wllama, ratios: ratios(sotto, wllama) }, null, 2));
  if (!wllama.webgpu) console.error('wllama ran on the processor: these ratios compare nothing');
} finally {
  await browser.close();
  site.close();
  await rm(placed);
}
