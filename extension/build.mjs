// Bundles the TypeScript and copies what is served as it is: everything of the extension but the engine and the model.
//
//   node extension/build.mjs --out dist/chrome [--engine FILE] [--bench] [--catalogue FILE]
//
// `cargo xtask build` adds `engine/worker.js`, `engine/worker_bg.wasm` and `model/default.gguf` to the same folder.
// `--engine FILE` bundles FILE as `engine/worker.js` instead: the end-to-end tests put their double of the engine there.
// `--catalogue FILE` puts another catalogue of models in the place of models/catalogue.json, whose hosts may be this machine: for tests.
// `--bench` adds the bench page, which is never shipped; it finds other models in the folder's `models/`.

import { build } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faults } from './models/check-catalogue.mjs';

const source = dirname(fileURLToPath(import.meta.url));
const root = dirname(source);
const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    engine: { type: 'string' },
    bench: { type: 'boolean', default: false },
    catalogue: { type: 'string' },
  },
});
if (!options.out) throw new Error('usage: node extension/build.mjs --out FOLDER [--engine FILE] [--bench] [--catalogue FILE]');
const out = resolve(options.out);

/** Folders of files that need no bundling, and the one kind of file that is taken from folders of sources. */
const WHOLE_FOLDERS = ['_locales', 'icons'];
const PAGE_FOLDERS = ['content', 'offscreen', 'sidepanel', 'options', 'models', 'shared', ...(options.bench ? ['bench'] : [])];
const PAGE_FILES = /\.(html|css|svg|png)$/;

const catalogueFile = resolve(options.catalogue ?? join(source, 'models/catalogue.json'));
const catalogue = JSON.parse(await readFile(catalogueFile, 'utf8'));
const wrong = faults(catalogue, { loopback: options.catalogue !== undefined });
if (wrong.length > 0) throw new Error(`${catalogueFile}:\n${wrong.join('\n')}`);

const otherCatalogue = {
  name: 'catalogue',
  setup: ({ onResolve }) => onResolve({ filter: /\/catalogue\.json$/ }, () => ({ path: catalogueFile })),
};

const common = {
  absWorkingDir: root,
  bundle: true,
  target: 'chrome124',
  charset: 'utf8',
  legalComments: 'eof',
  loader: { '.css': 'text' },
  plugins: [otherCatalogue],
  logLevel: 'warning',
};

/** What is not made here, and stays. */
const KEPT = ['engine', 'model', ...(options.bench ? ['models'] : [])];

/** Takes away what earlier builds left. */
async function clean() {
  await mkdir(out, { recursive: true });
  for (const name of await readdir(out)) {
    if (!KEPT.includes(name)) await rm(join(out, name), { recursive: true });
  }
}

async function copyPageFiles(folder) {
  const from = join(source, folder);
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !PAGE_FILES.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    await cp(file, join(out, folder, relative(from, file)));
  }
}

await clean();
await build({
  ...common,
  format: 'esm',
  entryPoints: {
    background: join(source, 'background/main.ts'),
    'offscreen/main': join(source, 'offscreen/main.ts'),
    worker: join(source, 'offscreen/worker.ts'),
    'models-worker': join(source, 'offscreen/models-worker.ts'),
    'sidepanel/main': join(source, 'sidepanel/main.ts'),
    'options/main': join(source, 'options/main.ts'),
    ...(options.bench ? { 'bench/main': join(source, 'bench/main.ts') } : {}),
  },
  // wasm-bindgen's output is loaded as it is, from where the build puts it.
  external: ['./engine/worker.js'],
  outdir: out,
});
// A content script cannot be a module. It must never reach the network: a library that tries to finds no `fetch`.
await build({
  ...common,
  format: 'iife',
  entryPoints: { content: join(source, 'content/main.ts') },
  define: { fetch: 'undefined', 'globalThis.fetch': 'undefined', XMLHttpRequest: 'undefined' },
  outdir: out,
});
// What reads PDFs is given their bytes, and it too must never reach the network. It is put into a tab as it is, so that it is small.
await build({
  ...common,
  format: 'iife',
  minify: true,
  banner: { js: '/*! With pdf.js, copyright of the Mozilla Foundation, under the Apache License 2.0. */' },
  entryPoints: { pdf: join(source, 'pdf/main.ts') },
  define: { fetch: 'undefined', 'globalThis.fetch': 'undefined', XMLHttpRequest: 'undefined', 'import.meta.url': '""' },
  outdir: out,
});
if (options.engine) {
  await build({ ...common, format: 'esm', entryPoints: [resolve(options.engine)], outfile: join(out, 'engine/worker.js') });
}

// The hosts of the catalogue are the only ones that the extension may ask.
const manifest = await readFile(join(root, 'manifest.json'), 'utf8');
const connect = ["connect-src 'self'", ...catalogue.hosts].join(' ');
await writeFile(join(out, 'manifest.json'), manifest.replace("connect-src 'self'", connect));
for (const folder of WHOLE_FOLDERS) await cp(join(source, folder), join(out, folder), { recursive: true });
for (const folder of PAGE_FOLDERS) await copyPageFiles(folder);
