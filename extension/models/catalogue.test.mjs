import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { faults } from './check-catalogue.mjs';

const shipped = JSON.parse(await readFile(new URL('catalogue.json', import.meta.url), 'utf8'));
const OFFER = {
  id: 'tiny-q4-0',
  name: 'Tiny',
  address: 'https://models.example.org/tiny.gguf',
  bytes: 1000,
  sha256: 'a'.repeat(64),
  licence: { name: 'MIT', link: 'https://models.example.org/licence' },
  parameters: 1000,
  quantisation: 'Q4_0',
  contextTokens: 2048,
  needs: { weightBytes: 900, cacheBytes: 100, scratchBytes: 100, largestBindingBytes: 500 },
};

function catalogue(offer = {}, hosts = ['https://models.example.org']) {
  return { ...shipped, hosts, models: [{ ...OFFER, ...offer }] };
}

test('what is shipped has no fault, and every host of it is asked for by an address or a redirection over TLS', () => {
  assert.deepEqual(faults(shipped), []);
  assert.deepEqual(faults(catalogue()), []);
});

test('a wrong or missing digest is refused', () => {
  for (const sha256 of [undefined, '', 'a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(63)}g`]) {
    assert.match(faults(catalogue({ sha256 })).join(), /sha256/, String(sha256));
  }
});

test('so is every other field that is missing or absurd', () => {
  for (const [field, value] of Object.entries({ id: '../x', name: '', bytes: 0, licence: { name: 'MIT' }, parameters: 1.5, quantisation: undefined, contextTokens: '2048' })) {
    assert.match(faults(catalogue({ [field]: value })).join(), new RegExp(field), field);
  }
  assert.match(faults(catalogue({ needs: { ...OFFER.needs, scratchBytes: undefined } })).join(), /scratchBytes/);
  assert.match(faults({ ...catalogue(), models: [OFFER, OFFER] }).join(), /twice/);
  assert.notDeepEqual(faults({}), []);
  assert.notDeepEqual(faults(null), []);
});

test('addresses are at a host of the catalogue, and hosts are reached over TLS; this machine is for tests', () => {
  assert.match(faults(catalogue({ address: 'https://elsewhere.example.org/tiny.gguf' })).join(), /address/);
  const local = catalogue({ address: 'http://127.0.0.1:8000/tiny.gguf' }, ['http://127.0.0.1:8000']);
  assert.match(faults(local).join(), /no host/);
  assert.deepEqual(faults(local, { loopback: true }), []);
  for (const host of ['http://models.example.org', '*', 'https://*', 'https://example', "https://a.org; script-src 'unsafe-eval'"]) {
    assert.match(faults({ ...shipped, hosts: [host] }, { loopback: true }).join(), /no host/, host);
  }
});
