// The platform under the three jobs, with a double in the engine's place: ports, grants, replay, what is read of a page.

import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildWithDouble, E2E, EXTENSION_ORIGIN, launch, ROOT, serve, strings, until } from './browser.mjs';
import { NO_PREFERENCES, Panel } from './panel.mjs';

const words = await strings();
let dist;
let site;
let sotto;
let panel;
let page;

before(async () => {
  dist = await buildWithDouble();
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist });
  page = await sotto.open(`${site.origin}/hidden.html`);
  await sotto.clickToolbar(page);
  panel = await sotto.panel();
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (dist) await rm(dist, { recursive: true });
});

/** Sends a message as the panel does. */
async function ask(message) {
  const answer = await panel.evaluate((message) => chrome.runtime.sendMessage(message), [message]);
  assert.ok('reply' in answer, JSON.stringify(answer));
  return answer.reply;
}

async function activeTab() {
  return panel.evaluate(async () => (await chrome.tabs.query({ active: true, currentWindow: true }))[0].id);
}

async function readPage() {
  return ask({ to: 'background', type: 'read-page', tabId: await activeTab() });
}

/** Makes a port in the panel that collects what comes: `port(name)` there. */
async function definePorts() {
  await panel.evaluate(() => {
    globalThis.open = () => {
      const port = chrome.runtime.connect({ name: 'panel' });
      const got = [];
      port.onMessage.addListener((message) => got.push({ ...message, at: performance.now() }));
      const wait = async (test) => {
        while (!got.some(test)) await new Promise((done) => setTimeout(done, 2));
        return got.find(test);
      };
      return { port, got, wait };
    };
  });
}

const SUMMARY = {
  type: 'summarize',
  source: { kind: 'page', title: '', text: 'A text.', language: null, code: null },
  summaryType: 'key-points',
  length: 'short',
  preferences: NO_PREFERENCES,
};

test('the worker of the offscreen document has a WebGPU adapter, and asks for subgroups with every device', async () => {
  await definePorts();
  const state = await panel.evaluate(async () => {
    const { wait } = open();
    return wait(({ type, state }) => type === 'state' && (state === 'ready' || state === 'failed'));
  });
  assert.equal(state.state, 'ready', state.message);
  assert.ok(state.adapter.variants.includes('subgroups'), String(state.adapter.variants));
});

test('a cancelled request ends within 100 ms, and nothing comes after the end', async () => {
  const { ms, late, reason } = await panel.evaluate(async (job) => {
    const { port, got, wait } = open();
    port.postMessage({ type: 'start', id: 'cancel-me', job });
    await wait(({ event }) => event?.type === 'text');
    const asked = performance.now();
    port.postMessage({ type: 'cancel', id: 'cancel-me' });
    const end = await wait(({ event }) => event?.type === 'done');
    await new Promise((done) => setTimeout(done, 200));
    return { ms: end.at - asked, late: got.filter(({ seq }) => seq > end.seq).length, reason: end.event.reason };
  }, [SUMMARY]);
  assert.equal(reason, 'cancelled');
  assert.ok(ms < 100, `${ms} ms`);
  assert.equal(late, 0);
});

test('a request goes on without its port, and the events come again in order to the next one', async () => {
  const { seqs, text, end } = await panel.evaluate(async (job) => {
    const first = open();
    first.port.postMessage({ type: 'start', id: 'come-back', job });
    await first.wait(({ event }) => event?.type === 'text');
    first.port.disconnect();
    await new Promise((done) => setTimeout(done, 300));
    const second = open();
    second.port.postMessage({ type: 'resume', id: 'come-back', after: -1 });
    const end = await second.wait(({ event }) => event?.type === 'done');
    const events = second.got.filter(({ type }) => type === 'event');
    const text = events.map(({ event }) => (event.type === 'text' ? event.text : '')).join('');
    return { seqs: events.map(({ seq }) => seq), text, end };
  }, [SUMMARY]);
  assert.equal(text, `Summary of 7 units: ${'word '.repeat(200)}`);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  assert.equal(new Set(seqs).size, seqs.length);
  assert.equal(end.event.reason, 'complete');
});

test('a request that nobody knows is told to be gone', async () => {
  const end = await panel.evaluate(async () => {
    const { port, wait } = open();
    port.postMessage({ type: 'resume', id: 'never-was', after: 3 });
    return wait(({ event }) => event?.type === 'failed');
  });
  assert.equal(end.event.code, 'gpu-lost');
  assert.equal(end.seq, 4);
});

test('a content script gets no port without a token, and with one may rewrite, once, and nothing else', async () => {
  assert.equal((await readPage()).ok, true);
  const { session, contextId } = await sotto.contentWorld(page);
  const inContent = async (fn, ...args) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: `(${fn})(...${JSON.stringify(args)})`,
      contextId,
      awaitPromise: true,
      returnByValue: true,
    });
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
    return result.value;
  };
  /** Connects, posts `command` if there is one, and tells what comes within 600 ms. */
  const connect = (name, command) =>
    inContent(
      async (name, command) => {
        const port = chrome.runtime.connect({ name });
        let open = true;
        const events = [];
        port.onDisconnect.addListener(() => {
          open = false;
          void chrome.runtime.lastError;
        });
        port.onMessage.addListener((message) => message.type === 'event' && events.push(message.event));
        if (command) port.postMessage(command);
        await new Promise((done) => setTimeout(done, 600));
        port.disconnect();
        return { open, types: events.map(({ type }) => type), code: events.find(({ code }) => code)?.code };
      },
      name,
      command,
    );
  const grant = async (token, tabId, frameId = 0) => {
    const worker = await sotto.worker();
    await worker.evaluate((message) => chrome.runtime.sendMessage(message), { to: 'offscreen', type: 'grant', token, tabId, frameId });
  };
  const tabId = await activeTab();
  const rewrite = (id) => ({ type: 'start', id, job: { type: 'rewrite', text: 'he wants', tone: 'as-is', instruction: null, attempt: 0 } });

  assert.equal((await connect('panel')).open, false, 'a panel port');
  assert.equal((await connect('field:')).open, false, 'no token');
  assert.equal((await connect('field:guessed')).open, false, 'a guessed token');
  await grant('other-tab', tabId + 1);
  assert.equal((await connect('field:other-tab')).open, false, "another tab's token");
  await grant('other-frame', tabId, 7);
  assert.equal((await connect('field:other-frame')).open, false, "another frame's token");

  await grant('good', tabId);
  const allowed = await connect('field:good', rewrite('field-1'));
  assert.equal(allowed.open, true);
  assert.equal(allowed.types.at(-1), 'done');
  assert.equal((await connect('field:good')).open, false, 'a token used again');

  await grant('greedy', tabId);
  assert.equal((await connect('field:greedy', { type: 'start', id: 'field-2', job: SUMMARY })).code, 'bad-request');
  await grant('spy', tabId);
  const spied = await connect('field:spy', { type: 'resume', id: 'come-back', after: -1 });
  assert.deepEqual(spied.types, [], "a panel's request");

  const forged = await inContent(async () => {
    try {
      return (await chrome.runtime.sendMessage({ to: 'offscreen', type: 'grant', token: 'mine', tabId: 1, frameId: 0 })) ?? null;
    } catch {
      return null;
    }
  });
  assert.equal(forged, null, 'a content script grants itself nothing');
});

test('messages without form are dropped, and the engine lives on', async () => {
  const end = await panel.evaluate(async (job) => {
    const { port, wait } = open();
    for (const message of [null, 7, 'x', [], {}, { type: 'start' }, { type: 'start', id: 5, job: {} }, { type: 'nonsense' }]) {
      port.postMessage(message);
    }
    port.postMessage({ type: 'start', id: 'after-nonsense', job });
    return wait(({ event }) => event?.type === 'text');
  }, [SUMMARY]);
  assert.equal(end.id, 'after-nonsense');
});

test('what nobody can see is not read, and all that can be seen is', async () => {
  const read = await readPage();
  assert.ok(read.ok, JSON.stringify(read));
  const { text, title, language, kind } = read.value.source;
  assert.deepEqual({ title, language, kind }, { title: 'What can be seen', language: 'de', kind: 'page' });
  const html = await readFile(join(E2E, 'pages/hidden.html'), 'utf8');
  const marks = (word) => [...new Set(html.match(new RegExp(`${word}-[a-z-]+`, 'g')))];
  assert.deepEqual(marks('HIDDEN').filter((mark) => text.includes(mark)), []);
  assert.deepEqual(marks('SEEN').filter((mark) => !text.includes(mark)), []);
  assert.ok(text.includes('SEEN-collapsed white space andjoined'), text);
  assert.ok(text.includes('SEEN-pre  two\nlines'), text);
});

test('an offset leads back to its place, also after the page has drawn itself anew', async () => {
  const read = await readPage();
  const { source, ...place } = read.value;
  const passage = 'SEEN-collapsed white space andjoined';
  const start = source.text.indexOf(passage);
  const show = (start, end) =>
    ask({ to: 'background', type: 'show-passage', tabId: place.tabId, frameId: place.frameId, textId: place.textId, start, end });
  const painted = () => page.evaluate(() => [...(CSS.highlights.get('sotto-passage') ?? [])].map(String));

  assert.deepEqual(await show(start, start + passage.length), { ok: true, value: { found: true } });
  assert.deepEqual((await painted()).map((text) => text.replace(/\s+/g, ' ')), [passage]);
  await page.evaluate(() => {
    const body = document.body;
    body.replaceChildren(...body.cloneNode(true).childNodes);
  });
  assert.deepEqual(await show(start, start + passage.length), { ok: true, value: { found: true } });
  assert.equal((await painted()).length, 1);
  assert.deepEqual(await show(0, 0), { ok: true, value: { found: true } });
  assert.equal((await painted()).length, 0);
  await page.evaluate(() => document.body.replaceChildren('Something else.'));
  assert.deepEqual(await show(start, start + passage.length), { ok: true, value: { found: false } });
});

test('a passage that runs into a frame and into a shadow root is painted on either side', async () => {
  await sotto.open(`${site.origin}/nested.html`);
  const read = await readPage();
  assert.ok(read.ok, JSON.stringify(read));
  const { tabId, frameId, textId, source } = read.value;
  const [start, end] = [source.text.indexOf('Above the frame'), source.text.indexOf('in the shadow root') + 'in the shadow root'.length];
  assert.ok(0 <= start && start < end, source.text);
  const shown = await ask({ to: 'background', type: 'show-passage', tabId, frameId, textId, start, end });
  assert.deepEqual(shown, { ok: true, value: { found: true } });
  const painted = await page.evaluate(() =>
    [window, frames[0]].map((view) => [...(view.CSS.highlights.get('sotto-passage') ?? [])].map(String)),
  );
  assert.deepEqual(painted, [['Above the frame.', 'Here in the shadow root'], ['Inside the frame.']]);
});

test('a page without text, a page of the browser and a page without a grant are told apart', async () => {
  await sotto.open(`${site.origin}/empty.html`);
  assert.equal((await readPage()).failure?.code, 'empty-page');
  await sotto.open('chrome://version/');
  assert.equal((await readPage()).failure?.code, 'page-forbidden');
  const elsewhere = await serve(join(E2E, 'pages'));
  try {
    await sotto.open(`${elsewhere.origin}/hidden.html`);
    assert.equal((await readPage()).failure?.code, 'grant-needed');
  } finally {
    elsewhere.close();
  }
});

test('an engine that crashes ends its requests, and starts again with the next one', async () => {
  const { lost, again } = await panel.evaluate(async (job) => {
    const { port, wait } = open();
    port.postMessage({ type: 'start', id: 'crash', job: { type: 'rewrite', text: 'CRASH', tone: 'as-is' } });
    const lost = await wait(({ id, event }) => id === 'crash' && event.type === 'failed');
    port.postMessage({ type: 'start', id: 'again', job });
    const again = await wait(({ id, event }) => id === 'again' && event.type === 'text');
    return { lost: lost.event.code, again: again.event.type };
  }, [SUMMARY]);
  assert.deepEqual({ lost, again }, { lost: 'gpu-lost', again: 'text' });
});

test('a stream does not need the service worker', async () => {
  await panel.evaluate((job) => {
    globalThis.stream = open();
    stream.port.postMessage({ type: 'start', id: 'without-worker', job });
    return stream.wait(({ id, event }) => id === 'without-worker' && event.type === 'text');
  }, [SUMMARY]);
  const worker = (await sotto.targets()).find(({ type, url }) => type === 'service_worker' && url.startsWith(EXTENSION_ORIGIN));
  await sotto.browser.send('Target.closeTarget', { targetId: worker.targetId });
  const isDead = async () => !(await sotto.targets()).some(({ targetId }) => targetId === worker.targetId);
  await until('the service worker to die', isDead);
  const { before, after, end } = await panel.evaluate(async () => {
    const count = () => stream.got.filter(({ event }) => event?.type === 'text').length;
    const before = count();
    const end = await stream.wait(({ id, event }) => id === 'without-worker' && event.type === 'done');
    return { before, after: count(), end: end.event.reason };
  });
  assert.ok(before < after, 'the service worker died while the text came');
  assert.equal(end, 'complete');
});

test('when the offscreen document dies, the panel says so, and the next question starts it again', async () => {
  await sotto.open(`${site.origin}/hidden.html`);
  const shown = new Panel(panel);
  const said = (text) => until(`the panel to say “${text}”`, async () => (await shown.text()).includes(text));
  await shown.ask(`Why? ${'And why? '.repeat(60)}`);
  await said('Answer to Why?');
  await panel.evaluate(() => chrome.offscreen.closeDocument());
  await said(words.errorGpuLost);
  await shown.ask('Are you there again?');
  await said('Answer to Are you there again?');
});

test('no code that is put into a page can reach the network', async () => {
  const code = (await Promise.all(['content.js', 'pdf.js'].map((file) => readFile(join(dist, file), 'utf8')))).join('\n');
  // A method of that name is defined, not called, where a body follows.
  const ways = [/(?<![.\w]|get )fetch\((?![^()]*\)\s*\{)/, /(?:globalThis|window|self)\.fetch/, /XMLHttpRequest/, /WebSocket/, /EventSource/, /sendBeacon/, /RTCPeerConnection/, /importScripts/];
  assert.deepEqual(ways.flatMap((way) => code.match(way)?.[0] ?? []), []);
});

test('the manifest asks for the least', async () => {
  const manifest = JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8'));
  assert.deepEqual([...manifest.permissions].sort(), [
    'activeTab', 'contextMenus', 'offscreen', 'scripting', 'sidePanel', 'storage', 'unlimitedStorage',
  ]);
  for (const key of ['host_permissions', 'optional_permissions', 'optional_host_permissions', 'content_scripts', 'web_accessible_resources', 'externally_connectable']) {
    assert.equal(manifest[key], undefined, key);
  }
  const csp = manifest.content_security_policy.extension_pages;
  assert.match(csp, /script-src 'self' 'wasm-unsafe-eval';/);
  // The hosts of the catalogue of models, and no other.
  const { hosts } = JSON.parse(await readFile(join(ROOT, 'extension/models/catalogue.json'), 'utf8'));
  assert.ok(csp.includes(`connect-src ${["'self'", ...hosts].join(' ')};`), csp);
  assert.doesNotMatch(csp.replace(/connect-src[^;]*;/, ''), /https?:|\*|'unsafe/);
});
