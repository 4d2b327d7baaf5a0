// A server of models on loopback that can be told to behave badly.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ROOT } from './browser.mjs';

/** A real model of 144 kB, called `name` in its own metadata. */
export async function tinyModel(name) {
  const bytes = await readFile(join(ROOT, 'tests/golden/tiny/smol.gguf'));
  const key = Buffer.from('general.name');
  const at = bytes.indexOf(key) + key.length + 4;
  const length = Number(bytes.readBigUInt64LE(at));
  bytes.fill(' ', at + 8, at + 8 + length);
  bytes.write(name.slice(0, length), at + 8);
  return bytes;
}

/** A key of a GGUF file with its value, of the type U32 (4) or STRING (8). */
function pair(key, value) {
  const number = (size, value) => {
    const bytes = Buffer.alloc(size);
    bytes.writeUIntLE(value, 0, Math.min(size, 6));
    return bytes;
  };
  const text = (words) => Buffer.concat([number(8, words.length), Buffer.from(words)]);
  return Buffer.concat([text(key), number(4, typeof value === 'string' ? 8 : 4), typeof value === 'string' ? text(value) : number(4, value)]);
}

/** The model in two files, as a split one: the first has all the tensors, and the second none. */
export function splitModel(bytes) {
  const [COUNTS, PAIRS, ALIGNMENT] = [16, 24, 32];
  const part = (number, tensors, rest) => {
    const pairs = [pair('split.no', number), pair('split.count', 2), pair('split.tensors.count', Number(bytes.readBigUInt64LE(8)))];
    const filled = Buffer.concat(pairs).length + pair('filler', '').length;
    // The data stays where it is by the file's alignment.
    pairs.push(pair('filler', ' '.repeat((ALIGNMENT - (filled % ALIGNMENT)) % ALIGNMENT)));
    const head = Buffer.from(bytes.subarray(0, PAIRS));
    head.writeBigUInt64LE(BigInt(tensors), 8);
    head.writeBigUInt64LE(BigInt(pairs.length) + (rest.length > 0 ? bytes.readBigUInt64LE(COUNTS) : 0n), COUNTS);
    return Buffer.concat([head, ...pairs, rest]);
  };
  const tensors = Number(bytes.readBigUInt64LE(8));
  const back = part(1, 0, Buffer.alloc(0));
  return [part(0, tensors, bytes.subarray(PAIRS)), Buffer.concat([back, Buffer.alloc((ALIGNMENT - (back.length % ALIGNMENT)) % ALIGNMENT)])];
}

export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Serves `files` by their names. `misbehave(name, how)` says what goes wrong with the next requests for a file, one after the other:
 * `{ cut: N }` breaks off after N bytes, `{ hold: N }` waits there until `release()`, `{ status }` answers so.
 */
export async function serveModels(files) {
  const asked = [];
  const wrongs = new Map();
  const held = new Set();
  /** Files whose ranges are not understood. */
  const rangeless = new Set();
  const server = createServer((request, response) => {
    const name = request.url.slice(1);
    // What needs permission is refused: a catalogue's server need not know of Sotto.
    if (request.method !== 'GET') return void response.writeHead(405).end();
    asked.push({ name, range: request.headers.range ?? null });
    const bytes = files.get(name);
    const wrong = wrongs.get(name)?.shift() ?? {};
    if (!bytes || wrong.status) return void response.writeHead(wrong.status ?? 404, { 'access-control-allow-origin': '*' }).end();
    const from = rangeless.has(name) ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? 'bytes=0-')[1]);
    response.writeHead(from > 0 ? 206 : 200, { 'access-control-allow-origin': '*', 'content-length': bytes.length - from });
    const stop = wrong.cut ?? wrong.hold ?? bytes.length;
    response.write(bytes.subarray(from, Math.max(stop, from)), () => {
      if (wrong.cut !== undefined) return setTimeout(() => response.destroy(), 50);
      if (wrong.hold === undefined) return response.end();
      held.add(() => response.end(bytes.subarray(stop)));
    });
    // Headers of an empty answer go out too.
    response.flushHeaders();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    asked,
    rangeless,
    misbehave: (name, ...how) => wrongs.set(name, how),
    release() {
      for (const go of held) go();
      held.clear();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
