// Measures all editors and writes the matrix in docs/editors.md.
//
//   node tests/editors/publish.mjs

import { readFile, writeFile } from 'node:fs/promises';
import { ENGINES } from './engines.mjs';
import { PUBLISHED, published, row } from './matrix.mjs';
import { Session } from './session.mjs';

const session = new Session();
try {
  await session.open();
  const rows = new Map();
  for (const engine of ENGINES) {
    rows.set(engine.name, row(engine, await session.measure(engine)));
    console.log(rows.get(engine.name));
  }
  await writeFile(PUBLISHED, published(await readFile(PUBLISHED, 'utf8'), rows, session.browserVersion));
} finally {
  await session.close();
}
