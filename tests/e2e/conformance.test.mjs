// Every kernel against its reference in the browser: the same table as natively, through Chromium's own WGSL compiler, by the
// worker's self-test.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { E2E, launch, ROOT, serve } from './browser.mjs';
import { Panel } from './panel.mjs';

const DIST = process.env.SOTTO_DIST ?? join(ROOT, 'dist/chrome');
/** A software adapter takes a second or so to compile a kernel, and there are dozens: milliseconds. */
const PATIENCE = 900_000;

let site;
let sotto;
let panel;

before(async () => {
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist: DIST });
  await sotto.clickToolbar(await sotto.open(`${site.origin}/short.html`));
  panel = new Panel(await sotto.panel());
});

after(async () => {
  await sotto?.close();
  site?.close();
});

test('every kernel computes in Chromium what its reference does', { timeout: PATIENCE }, async (t) => {
  const { adapter, checks } = await panel.engineMessage(['selfTest'], { type: 'self-test' });
  t.diagnostic(`${checks.length} cases on ${adapter.name}`);
  const failed = checks.filter(({ passed }) => !passed).map(({ name, error }) => `${name}: ${error}`);
  assert.deepEqual(failed.slice(0, 10), []);
  assert.ok(checks.length > 200);
  for (const lanes of ['None', 'Workgroup', 'Subgroup']) {
    assert.ok(checks.some(({ name }) => name.endsWith(`lanes: ${lanes}`)), `no case with lanes: ${lanes}`);
  }
});
