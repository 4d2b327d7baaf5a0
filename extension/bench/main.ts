// The bench page: a worker of its own, as the offscreen document starts it, loads a model and is measured.
//
//   chrome-extension://ID/bench/index.html[?model=models/NAME.gguf][&context=4096][&store=opfs]
//
// In the package only with `cargo xtask build --bench`.

import type { BenchOptions, BenchReport, CacheFormat, EngineState, ModelFile, WorkerCommand, WorkerMessage } from '../generated/protocol';

declare global {
  interface Window {
    /** Measures, and gives the report as JSON; what `options` leave out is as in `DEFAULTS`. */
    bench(options?: Partial<BenchOptions>): Promise<string>;
  }
}

const DEFAULTS: BenchOptions = { promptTokens: 512, generatedTokens: 128, runs: 5, depthTokens: 0, againTokens: 0 };

const query = new URLSearchParams(location.search);
/** Inside the extension's folder. */
const model = query.get('model') ?? 'model/default.gguf';
/** The worker reads the file from the package, or from a copy in the private file system. */
const store = query.get('store') ?? 'package';
/** What the offscreen document reserves, unless the address says otherwise. */
const contextTokens = Number(query.get('context') ?? 4096);
const cache = (query.get('cache') ?? 'f32') as CacheFormat;

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const show = (id: string, text: string): void => void (element(id).textContent = text);

function describe(state: EngineState): string {
  switch (state.state) {
    case 'loading':
      return `loading: ${Math.round(state.bytes / 1e6)} of ${Math.round(state.totalBytes / 1e6)} MB`;
    case 'ready':
      return 'measuring';
    case 'failed':
      return `failed: ${state.message}`;
    default:
      return state.state;
  }
}

/** The model's file for the worker; the copying is over when this resolves, and no part of any figure. */
async function modelFile(): Promise<ModelFile> {
  const url = chrome.runtime.getURL(model);
  if (store !== 'opfs') return { in: 'package', url };
  show('state', 'copying the model');
  const name = model.replaceAll('/', '-');
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('models', { create: true });
  const file = await folder.getFileHandle(name, { create: true });
  const { body } = await fetch(url);
  if (!body) throw new Error(`${model} is empty`);
  await body.pipeTo(await file.createWritable());
  return { in: 'storage', names: [name] };
}

let file: Promise<ModelFile> | undefined;

/** Starts a worker, measures in it, and ends it: every measurement begins cold. */
function measure(file: ModelFile, options: BenchOptions): Promise<BenchReport> {
  const worker = new Worker(chrome.runtime.getURL('worker.js'), { type: 'module', name: 'engine' });
  const post = (command: WorkerCommand): void => worker.postMessage(command);
  const report = new Promise<BenchReport>((resolve, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'the engine could not be started')));
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      switch (data.type) {
        case 'state':
          show('state', describe(data));
          break;
        case 'bench': {
          const { type: _, ...report } = data;
          resolve(report);
          break;
        }
        case 'benchFailed':
          reject(new Error(data.message));
          break;
      }
    });
  });
  post({ type: 'start', model: file, contextTokens, cache, keepPrefixes: false });
  post({ type: 'bench', ...options });
  return report.finally(() => worker.terminate());
}

/** How the page's own frames fare meanwhile: their number, and the longest time between two, in milliseconds. */
function watchFrames(): () => { count: number; longest: number } {
  const frames = { count: 0, longest: 0 };
  let last: number | undefined;
  let handle = requestAnimationFrame(function frame(now) {
    if (last !== undefined) {
      frames.count += 1;
      frames.longest = Math.max(frames.longest, now - last);
    }
    last = now;
    handle = requestAnimationFrame(frame);
  });
  return () => {
    cancelAnimationFrame(handle);
    return frames;
  };
}

window.bench = async (options = {}) => {
  const stop = watchFrames();
  const report = await measure(await (file ??= modelFile()), { ...DEFAULTS, ...options });
  const json = JSON.stringify({ ...report, frames: stop() }, null, 2);
  show('report', json);
  show('state', 'done');
  return json;
};

show('model', model);
element('measure').addEventListener('click', () => {
  window.bench().catch((error: Error) => show('state', `failed: ${error.message}`));
});
