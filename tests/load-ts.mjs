// Loads a TypeScript module of the extension into node.

import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** The exports of the module at `path`, given from the repository's root. */
export async function loadTs(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node20',
    loader: { '.css': 'text' },
    logLevel: 'warning',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
