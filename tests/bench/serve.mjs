// Static files on loopback, cross-origin isolated: without that a page has no threads.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Serves each of `folders`, an object from the first part of a path to the folder behind it; `''` has the rest. */
export async function serve(folders) {
  const server = createServer(async ({ url }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://x').pathname)).slice(1);
    const first = path.split('/', 1)[0];
    const file = first in folders ? join(folders[first], path.slice(first.length)) : join(folders[''], path);
    try {
      const { size } = await stat(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': size, ...ISOLATION });
      await pipeline(createReadStream(file), response);
    } catch {
      // A page that has left takes no more; one that waits hears that there is nothing.
      if (!response.headersSent) response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
