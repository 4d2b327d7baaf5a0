// The editors' pages, bundled as a site would bundle them, and served on loopback.

import { build } from 'esbuild';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../e2e/browser.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Serves `/NAME/` for the page of each folder `NAME`. */
export async function servePages(names) {
  const out = await mkdtemp(join(tmpdir(), 'sotto-editors-'));
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/page`, join(HERE, name, 'page.mjs')])),
    bundle: true,
    format: 'esm',
    target: 'chrome124',
    outdir: out,
    loader: { '.ttf': 'empty' },
    // Draft.js asks for node's name of the global scope.
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    logLevel: 'error',
  });
  for (const name of names) await writeFile(join(out, name, 'index.html'), html(name));
  const site = await serve(out);
  return {
    origin: site.origin,
    async close() {
      site.close();
      await rm(out, { recursive: true });
    },
  };
}

function html(name) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<body><script type="module" src="page.js"></script></body>
</html>
`;
}
