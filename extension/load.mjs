// For tests: a module of the extension, bundled and imported into node.

import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** Imports `specifier` relative to `from` (the test's `import.meta.url`). What it needs of the browser, the test puts up first. */
export async function load(specifier, from) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(specifier, from))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}
