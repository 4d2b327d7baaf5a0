// What Chromium's own log of its network stack says about where it went.

import { readFile } from 'node:fs/promises';

const LOCAL_HOST = /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/;
const INTERNAL = new Set(['chrome-extension:', 'chrome:', 'devtools:', 'data:', 'blob:', 'about:', 'chrome-untrusted:']);

/**
 * Reads a log of `--log-net-log` and gives how many events of each kind told of a place (`seen`), and every place that is not
 * this machine (`outside`): addresses of requests, names that were looked up, sockets that were connected or sent to. Requests to
 * exactly the addresses `allowed` are none of these.
 */
export async function places(path, allowed = []) {
  const { constants, events } = JSON.parse(await readFile(path, 'utf8'));
  const names = new Map(Object.entries(constants.logEventTypes).map(([name, number]) => [number, name]));
  const seen = { requests: 0, lookups: 0, sockets: 0 };
  const outside = [];
  const origins = allowed.map((address) => `${new URL(address).origin}/`);
  const note = (kind, name, place, isLocal) => {
    seen[kind]++;
    if (!isLocal) outside.push(`${name} ${place}`);
  };
  /** Where the datagram sockets would send to; one that sends nothing only asks the system for a route. */
  const peers = new Map();
  for (const { type, source, params = {} } of events) {
    const name = names.get(type) ?? '';
    if (/^(URL_REQUEST|HTTP_STREAM_JOB|CORS_REQUEST)/.test(name)) {
      const url = params.url ?? params.original_url;
      // A stream may be told of by its origin alone; the request that it is for, by its address.
      const own = name.startsWith('HTTP_STREAM') ? [...allowed, ...origins] : allowed;
      if (url) note('requests', name, url, own.includes(url) || isLocalUrl(url));
    } else if (/^(HOST_RESOLVER|DNS_TRANSACTION)/.test(name)) {
      const host = params.host ?? params.hostname;
      if (host) note('lookups', name, host, isLocalHost(host));
    } else if (name === 'UDP_CONNECT' && params.address) {
      peers.set(source.id, params.address);
    } else if (name === 'UDP_BYTES_SENT') {
      const peer = params.address ?? peers.get(source.id) ?? 'unknown';
      note('sockets', name, peer, isLocalHost(peer));
    } else if (/^(TCP_CONNECT|TCP_CONNECT_ATTEMPT|SSL_CONNECT|SOCKS)/.test(name)) {
      for (const address of [params.address, ...(params.address_list ?? [])]) {
        if (address) note('sockets', name, address, isLocalHost(address));
      }
    }
  }
  return { seen, outside: [...new Set(outside)] };
}

function isLocalHost(host) {
  const bare = /^[a-z-]+:\/\//.test(host) ? new URL(host).hostname : host.replace(/:\d+$/, '');
  return LOCAL_HOST.test(bare);
}

function isLocalUrl(text) {
  const { protocol, hostname } = new URL(text);
  return INTERNAL.has(protocol) || LOCAL_HOST.test(hostname);
}
