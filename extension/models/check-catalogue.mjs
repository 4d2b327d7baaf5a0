// What is wrong with a catalogue: nothing, or sentences.

const ID = /^[a-z0-9][a-z0-9.-]{0,59}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+$/;
/** An origin, or all hosts below a name, over TLS. */
const HOST = /^https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const SIZES = ['bytes', 'parameters', 'contextTokens'];
const NEEDS = ['weightBytes', 'cacheBytes', 'scratchBytes', 'largestBindingBytes'];

const isText = (value) => typeof value === 'string' && value.trim() !== '';
const isSize = (value) => Number.isSafeInteger(value) && value > 0;

/** @param {unknown} catalogue @param {{ loopback?: boolean }} options `loopback`: for tests, hosts of this machine are let through. */
export function faults(catalogue, { loopback = false } = {}) {
  const { hosts, packaged, models } = catalogue ?? {};
  if (!Array.isArray(hosts) || !Array.isArray(models)) return ['a catalogue has `hosts` and `models`'];
  const isHost = (host) => HOST.test(host) || (loopback && LOOPBACK.test(host));
  const found = hosts.filter((host) => !isHost(host)).map((host) => `${host} is no host that may be asked`);
  found.push(...described('the packaged model', packaged));
  for (const model of models) found.push(...described(model.id, model), ...offered(model, hosts));
  const ids = models.map(({ id }) => id);
  found.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is there twice`));
  return found;
}

function described(who, model) {
  const found = SIZES.filter((field) => !isSize(model?.[field])).map((field) => `${who}: \`${field}\` must be a number above 0`);
  for (const field of ['name', 'quantisation']) if (!isText(model?.[field])) found.push(`${who}: \`${field}\` is missing`);
  const { name, link } = model?.licence ?? {};
  if (!isText(name) || !isText(link) || !link.startsWith('https://')) found.push(`${who}: \`licence\` must have a name and a link`);
  return found;
}

function offered({ id, address, sha256, needs }, hosts) {
  const found = [];
  if (!isText(id) || !ID.test(id)) found.push(`${id}: \`id\` must match ${ID}`);
  if (!isText(sha256) || !SHA256.test(sha256)) found.push(`${id}: \`sha256\` must be 64 digits of lower-case hexadecimal`);
  if (!isText(address) || !URL.canParse(address) || !hosts.includes(new URL(address).origin)) {
    found.push(`${id}: \`address\` must be at one of the hosts`);
  }
  for (const field of NEEDS) if (!isSize(needs?.[field])) found.push(`${id}: \`needs.${field}\` must be a number above 0`);
  return found;
}
