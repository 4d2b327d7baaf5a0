// Rewriting in real editors, each in a page of its own, with a double in the engine's place. About two minutes: it is what
// tells that an editor's model, its undo and its formats survive, which no double of an editor could.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ENGINES } from './engines.mjs';
import { COMMAND, PUBLISHED, publishedRows, row } from './matrix.mjs';
import { Session } from './session.mjs';

const session = new Session();
const rows = publishedRows(await readFile(PUBLISHED, 'utf8'));

before(() => session.open());
after(() => session.close());

for (const engine of ENGINES) {
  test(`${engine.name}: ${engine.promised ? 'all holds' : 'unharmed'}, and the matrix says what is so`, async () => {
    const measured = await session.measure(engine);
    for (const [name, { aspects, unharmed }] of Object.entries(measured)) {
      assert.ok(unharmed, `“${name}” left the editor neither as it was nor as it should be: ${JSON.stringify(aspects)}`);
      if (!engine.promised) continue;
      const broken = Object.keys(aspects).filter((aspect) => aspects[aspect] === false);
      assert.deepEqual(broken, [], `“${name}”`);
    }
    assert.equal(rows.get(engine.name), row(engine, measured), `docs/editors.md says otherwise: run \`${COMMAND}\``);
  });
}

test('the matrix has no line that is not measured', () => {
  assert.deepEqual([...rows.keys()], ENGINES.map(({ name }) => name), `run \`${COMMAND}\``);
});
