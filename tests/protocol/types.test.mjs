// The samples that the Rust side reads and writes are values of the generated TypeScript types.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const types = join(root, 'extension/generated/protocol');

function samples(name) {
  return JSON.parse(readFileSync(join(here, `${name}.json`), 'utf8'));
}

/** What tsc says to `values`, each taken for a `type`: nothing where all fit. */
function check(type, values) {
  const folder = mkdtempSync(join(here, '.check-'));
  try {
    const lines = values.map((value, i) => `export const sample${i}: ${type} = ${JSON.stringify(value)};`);
    const file = join(folder, 'samples.ts');
    writeFileSync(file, [`import type { ${type} } from '${types}';`, ...lines, ''].join('\n'));
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--ignoreConfig', '--types', '', '--module', 'esnext', '--moduleResolution', 'bundler'];
    const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin/tsc'), [...options, file], { encoding: 'utf8' });
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [name, type] of [
  ['commands', 'WorkerCommand'],
  ['messages', 'WorkerMessage'],
]) {
  test(`${name}.json holds values of ${type}`, () => {
    assert.equal(check(type, samples(name)), '');
  });

  test(`${type} allows neither a missing nor an unknown field`, () => {
    // One sample is enough to see it; each costs a run of the compiler.
    const sample = samples(name)[1];
    const { [Object.keys(sample).at(-1)]: _, ...missing } = sample;
    assert.match(check(type, [missing]), /error TS/);
    assert.match(check(type, [{ ...sample, unknown: 1 }]), /error TS/);
  });
}
