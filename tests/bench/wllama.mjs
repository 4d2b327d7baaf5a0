// wllama (llama.cpp as WebAssembly, with its WebGPU backend) measured as Sotto is: `window.bench(options)` gives JSON.
//
// Served with cross-origin isolation, beside `wllama/` (the package's folder `esm`) and the model:
//
//   wllama.html?model=models/NAME.gguf

import { Wllama } from './wllama/index.js';

/** `threads` null leaves their number to wllama. */
const DEFAULTS = { promptTokens: 501, generatedTokens: 128, runs: 5, contextTokens: 2048, threads: null };
/** llama.cpp says this while it loads a model, and only where weights go to the GPU through WebGPU. */
const ON_WEBGPU = 'WebGPU model buffer';

const seconds = () => performance.now() / 1000;

/**
 * wllama takes text alone, and has no tokenizer for pages. This word is one token in every usual vocabulary; the speed does not
 * depend on which tokens are read, and the report says how many were.
 */
const WORD = ' the';

/** One completion; all that is asked for is written, and nothing of an earlier prompt is used again. */
async function run(wllama, prompt, generatedTokens) {
  const start = seconds();
  let first = null;
  let timings;
  await wllama.createCompletion({
    prompt,
    max_tokens: generatedTokens,
    temperature: 0,
    cache_prompt: false,
    ignore_eos: true,
    timings_per_token: true,
    stream: true,
    onData: (chunk) => {
      first ??= seconds();
      timings = chunk.timings ?? timings;
    },
  });
  return {
    promptTokens: timings.prompt_n,
    generatedTokens: timings.predicted_n,
    firstTokenSeconds: first - start,
    prefillTokensPerSecond: timings.prompt_per_second,
    decodeTokensPerSecond: timings.predicted_per_second,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function adapter() {
  const found = await navigator.gpu?.requestAdapter();
  if (!found) return null;
  const { vendor, architecture, description } = found.info;
  return { name: description || `${vendor} ${architecture}`, shaderF16: found.features.has('shader-f16') };
}

async function measure(options) {
  const model = new URLSearchParams(location.search).get('model');
  if (!model) throw new Error('the address names no model: wllama.html?model=models/NAME.gguf');
  const log = [];
  const note = (...words) => log.push(words.join(' '));
  const wllama = new Wllama(
    { default: new URL('./wllama/wasm/wllama.wasm', location.href).href },
    { logger: { debug: note, log: note, warn: note, error: note } },
  );
  const beforeFetch = seconds();
  const response = await fetch(model);
  if (!response.ok) throw new Error(`${model}: ${response.status}`);
  const blob = await response.blob();

  const start = seconds();
  const { promptTokens, generatedTokens, runs: count, contextTokens, threads } = options;
  const load = { n_gpu_layers: 99, n_ctx: contextTokens, n_batch: 512 };
  await wllama.loadModel([blob], threads === null ? load : { ...load, n_threads: threads });
  const loadSeconds = seconds() - start;

  const prompt = WORD.repeat(promptTokens);
  const cold = await run(wllama, prompt, generatedTokens);
  const runs = [];
  while (runs.length < count) runs.push(await run(wllama, prompt, generatedTokens));
  const report = {
    engine: 'wllama 3.8.1',
    webgpu: log.some((line) => line.includes(ON_WEBGPU)),
    adapter: await adapter(),
    threads: wllama.getNumThreads(),
    contextTokens: wllama.getLoadedContextInfo().n_ctx,
    fetchSeconds: start - beforeFetch,
    loadSeconds,
    coldFirstTokenSeconds: cold.firstTokenSeconds,
    runs,
    median: Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))])),
    buffers: log.filter((line) => line.includes('model buffer size')),
  };
  await wllama.exit();
  return report;
}

window.bench = async (options = {}) => {
  const json = JSON.stringify(await measure({ ...DEFAULTS, ...options }), null, 2);
  document.getElementById('report').textContent = json;
  return json;
};
