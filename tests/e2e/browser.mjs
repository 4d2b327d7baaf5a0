// Real Chromium with the built extension, and fixture pages on loopback.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { Session } from './cdp.mjs';

export const E2E = dirname(fileURLToPath(import.meta.url));
export const ROOT = resolve(E2E, '../..');
/** From the key in manifest.json. */
export const EXTENSION_ID = 'amhchjkkinemahaiadlkecimabgcfhak';
export const EXTENSION_ORIGIN = `chrome-extension://${EXTENSION_ID}`;

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9/';
/** A software adapter, so that the tests run everywhere and alike. */
const SOFTWARE_ADAPTER = ['--use-webgpu-adapter=swiftshader'];
/** What Chromium on Linux needs to offer the machine's own GPU. */
const HARDWARE_ADAPTER = ['--enable-features=Vulkan', '--ignore-gpu-blocklist'];
/** What the browser would do of its own accord is turned off, so that every request in its log is somebody's. */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-component-extensions-with-background-pages',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--no-pings',
  '--disable-features=NetworkTimeServiceQuerying,AutofillServerCommunication,OptimizationHints,MediaRouter,Translate,' +
    'DialMediaRouteProvider,CertificateTransparencyComponentUpdater',
  `--gaia-url=${NOWHERE}`,
  `--apps-gallery-update-url=${NOWHERE}`,
  `--component-updater=url-source=${NOWHERE}`,
  '--lang=en-GB',
  '--window-size=1280,900',
];

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.png': 'image/png', '.svg': 'image/svg+xml', '.json': 'application/json', '.pdf': 'application/pdf' };

/** Builds the extension with the double of the engine in the engine's place, and gives the folder. */
export async function buildWithDouble() {
  const out = await mkdtemp(join(tmpdir(), 'sotto-double-'));
  const args = [join(ROOT, 'extension/build.mjs'), '--out', out, '--engine', join(E2E, 'engine-double.mjs')];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return out;
}

/** Serves the files of a folder on loopback. */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/**
 * The browser's own spell checker fetches the dictionaries of the preferred languages as soon as a field has the focus, switched
 * off or not. For Esperanto there is none: what a test sees of the network is then the extension's.
 */
const PREFERENCES = {
  browser: { enable_spellchecking: false },
  spellcheck: { dictionaries: [], dictionary: '' },
  intl: { accept_languages: 'eo', selected_languages: 'eo' },
};

async function newProfile(preferences = PREFERENCES) {
  const profile = await mkdtemp(join(tmpdir(), 'sotto-'));
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  return profile;
}

/**
 * Makes a profile in which a person has installed the extension in `dist` and allowed it in private windows, and gives its
 * folder. To the browser it is the same extension at every start, while one from the command line is new each time.
 */
export function profileWith(dist) {
  // 4: the kind that "Load unpacked" installs.
  const settings = { [EXTENSION_ID]: { location: 4, path: dist, incognito: true } };
  return newProfile({ ...PREFERENCES, extensions: { ui: { developer_mode: true }, settings } });
}

/**
 * Starts Chromium with the extension in `dist`, in a profile that goes with the browser, or in `profile`, which has it
 * installed and stays.
 *
 * @param {{ dist: string, profile?: string, headed?: boolean, netlog?: string, flags?: string[], hardware?: boolean }} options
 */
export async function launch({ dist, profile, headed = false, netlog, flags = [], hardware = false }) {
  if (!existsSync(join(dist, 'manifest.json'))) throw new Error(`no extension in ${dist}: run \`cargo xtask build\``);
  if (!existsSync(CHROMIUM)) throw new Error(`no Chromium at ${CHROMIUM}: set CHROMIUM`);
  const folder = profile ?? (await newProfile());
  const args = [
    ...FLAGS,
    ...(hardware ? HARDWARE_ADAPTER : SOFTWARE_ADAPTER),
    ...(headed ? [] : ['--headless=new']),
    ...(netlog ? [`--log-net-log=${netlog}`, '--net-log-capture-mode=Everything'] : []),
    ...(profile ? [] : [`--disable-extensions-except=${dist}`, `--load-extension=${dist}`]),
    ...flags,
  ];
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    headless: false,
    args,
    ignoreDefaultArgs: ['--disable-extensions'],
    viewport: null,
  });
  const browser = await context.browser().newBrowserCDPSession();
  const sotto = new Sotto(context, browser, profile ? null : folder);
  const worker = await sotto.worker();
  await until('the service worker to listen', () => worker.evaluate(() => chrome.commands?.onCommand.hasListeners()));
  return sotto;
}

/** The browser with the extension, as the tests use it. */
export class Sotto {
  #passing;

  /** `passing`: the folder of a profile that goes with the browser, or null. */
  constructor(context, browser, passing) {
    this.context = context;
    this.browser = browser;
    this.#passing = passing;
  }

  async close() {
    await this.context.close();
    if (this.#passing) await rm(this.#passing, { recursive: true, force: true });
  }

  async worker() {
    return this.context.serviceWorkers()[0] ?? this.context.waitForEvent('serviceworker');
  }

  /** Opens a page in the tab that has the focus. */
  async open(url) {
    const page = this.context.pages()[0] ?? (await this.context.newPage());
    await page.goto(url);
    await page.bringToFront();
    return page;
  }

  async targets(filter) {
    const { targetInfos } = await this.browser.send('Target.getTargets', filter ? { filter } : {});
    return targetInfos;
  }

  /**
   * Clicks the toolbar button for the tab of `page`: opens the panel and grants `activeTab`, as a person's click does.
   */
  async clickToolbar(page) {
    const session = await this.context.newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.detach();
    await this.#clickToolbarAt(targetInfo.url);
  }

  /** Opens a page in a private window, and the panel there. */
  async openPrivately(url) {
    const worker = await this.worker();
    await worker.evaluate((url) => chrome.windows.create({ incognito: true, url }), url);
    // The click's grant would end with the navigation.
    await this.attach(url);
    await this.#clickToolbarAt(url);
  }

  async #clickToolbarAt(address) {
    const tabs = await this.targets([{ type: 'tab' }]);
    const tab = tabs.find(({ url }) => url === address);
    if (!tab) throw new Error(`no tab shows ${address}`);
    await this.browser.send('Extensions.triggerAction', { id: EXTENSION_ID, targetId: tab.targetId });
  }

  /** Chooses an entry of the context menu, by its id, on the active tab: the same event as the browser's own. */
  async chooseMenu(menuItemId, info = {}) {
    const worker = await this.worker();
    await worker.evaluate(
      async ([menuItemId, info]) => {
        const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        chrome.contextMenus.onClicked.dispatch({ menuItemId, frameId: 0, editable: false, ...info }, tab);
      },
      [menuItemId, info],
    );
  }

  /** Waits for a target whose address starts so, and attaches to it. */
  async attach(url) {
    const target = await until(`a target at ${url}`, async () => (await this.targets()).find((info) => info.url.startsWith(url)));
    const session = await Session.attach(this.browser, target.targetId);
    await session.send('Runtime.enable');
    await until(`${url} to load`, () => session.evaluate(() => document.readyState === 'complete'));
    return session;
  }

  /** The real side panel. */
  panel() {
    return this.attach(`${EXTENSION_ORIGIN}/sidepanel/`);
  }

  offscreen() {
    return this.attach(`${EXTENSION_ORIGIN}/offscreen/`);
  }

  /** The content script's world in the top frame of `page`. */
  async contentWorld(page) {
    const session = await this.context.newCDPSession(page);
    const worlds = [];
    session.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context));
    await session.send('Runtime.enable');
    const world = await until('the content script', () =>
      worlds.find(({ origin }) => origin === EXTENSION_ORIGIN),
    );
    return { session, contextId: world.id };
  }

  /** The inside of the field card: its closed shadow root as a remote object, read and clicked by CDP. */
  async card(page) {
    const session = await this.context.newCDPSession(page);
    await session.send('DOM.enable');
    const backendNodeId = await until('the card', async () => {
      const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
      return findCard(root);
    });
    const { object } = await session.send('DOM.resolveNode', { backendNodeId });
    return new RemoteRoot(session, object.objectId);
  }

  async hasCard(page) {
    const session = await this.context.newCDPSession(page);
    const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
    await session.detach();
    return findCard(root) !== null;
  }
}

/** The English strings of the extension, by name. */
export async function strings() {
  const file = join(ROOT, 'extension/_locales/en/messages.json');
  const messages = JSON.parse(await readFile(file, 'utf8'));
  return Object.fromEntries(Object.entries(messages).map(([key, { message }]) => [key, message]));
}

/** The closed shadow root of the card in a tree of nodes as CDP gives it. */
function findCard(node) {
  for (const root of node.shadowRoots ?? []) {
    if (node.localName === 'sotto-card') return root.backendNodeId;
    const found = findCard(root);
    if (found) return found;
  }
  for (const child of [...(node.children ?? []), ...(node.contentDocument ? [node.contentDocument] : [])]) {
    const found = findCard(child);
    if (found) return found;
  }
  return null;
}

/** A closed shadow root. */
export class RemoteRoot {
  #session;
  #objectId;

  constructor(session, objectId) {
    this.#session = session;
    this.#objectId = objectId;
  }

  /** Calls `fn(root, ...args)`; arguments and result are JSON. */
  async evaluate(fn, ...args) {
    const { result, exceptionDetails } = await this.#session.send('Runtime.callFunctionOn', {
      objectId: this.#objectId,
      functionDeclaration: `function (...args) { return (${fn})(this, ...args); }`,
      arguments: args.map((value) => ({ value })),
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}

/** Waits until `probe` gives something; fails with what was awaited after `ms` milliseconds. */
export async function until(what, probe, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
