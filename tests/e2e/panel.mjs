// The real side panel, as a person and as a listener uses it.

import { until } from './browser.mjs';

/** What the settings ask for of an answer, before anybody has set anything. */
export const NO_PREFERENCES = { language: null, instructions: null };

export class Panel {
  /** `session`: the panel's target, from `Sotto.panel()`. */
  constructor(session) {
    this.session = session;
  }

  /**
   * The first message of `types` that the engine's document sends to a port of the panel's own kind, after `command` is sent
   * there. The document greets every port with its state; where no greeting comes, it is not there yet, and is asked again.
   */
  engineMessage(types, command = null) {
    return this.evaluate(
      (types, command) =>
        new Promise((resolve) => {
          const connect = () => {
            const port = chrome.runtime.connect({ name: 'panel' });
            const again = setTimeout(() => {
              port.disconnect();
              connect();
            }, 1000);
            let greeted = false;
            port.onMessage.addListener((message) => {
              clearTimeout(again);
              if (!greeted && command) port.postMessage(command);
              greeted = true;
              if (!types.includes(message.state ?? message.type)) return;
              port.disconnect();
              resolve(message);
            });
          };
          connect();
        }),
      types,
      command,
    );
  }

  evaluate(fn, ...args) {
    return this.session.evaluate(fn, args);
  }

  text() {
    return this.evaluate(() => document.body.innerText);
  }

  screenshot(path) {
    return this.session.screenshot(path);
  }

  /** Types a question and sends it with Enter. */
  async ask(question) {
    await this.evaluate(() => document.querySelector('question-composer textarea').focus());
    await this.session.send('Input.insertText', { text: question });
    const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
    await this.session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
    await this.session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }

  /** Presses Stop. */
  stop() {
    return this.evaluate(() => document.querySelector('question-composer button').click());
  }

  /**
   * Does `act`, waits for the request that the panel starts because of it, and hears its events as they come, on a port
   * beside the panel's own. `onEvent` gets each event; the last one (`done` or `failed`) is given back with all.
   */
  async follow(act, onEvent = () => {}, ms = 300_000) {
    const known = await this.#requestIds();
    await act();
    const id = await until('the panel to start a request', async () =>
      (await this.#requestIds()).find((id) => !known.includes(id)),
    );
    await this.evaluate((id) => {
      globalThis.heard = [];
      const port = chrome.runtime.connect({ name: 'panel' });
      port.onMessage.addListener((message) => message.type === 'event' && message.id === id && heard.push(message.event));
      port.postMessage({ type: 'resume', id, after: -1 });
    }, id);
    const events = [];
    const end = await until(
      'the end of the request',
      async () => {
        for (const event of await this.evaluate(() => heard.splice(0))) {
          events.push(event);
          await onEvent(event);
        }
        return events.find(({ type }) => type === 'done' || type === 'failed');
      },
      ms,
    );
    // What was withdrawn does not stand in the panel any more.
    const standing = events.slice(events.findLastIndex(({ type }) => type === 'withdrawn') + 1);
    const text = standing.map((event) => (event.type === 'text' ? event.text : '')).join('');
    return { id, end, events, text, sentences: standing.filter(({ type }) => type === 'sentence') };
  }

  /** Clicks the sentence of the last answer that starts at `start`, and waits until the panel tells where it comes from. */
  async chooseSentence(start) {
    await this.evaluate((start) => {
      const answer = [...document.querySelectorAll('answer-view')].at(-1);
      answer.querySelector(`.sentence[data-start="${start}"]`).click();
    }, start);
    return until('the passage', () => this.evaluate(() => document.querySelector('.peek q')?.textContent));
  }

  /** The text that the panel's last page or selection was read as. */
  async source() {
    const threads = await this.#threads();
    return threads.flatMap(({ texts }) => texts ?? []).at(-1)?.source;
  }

  async #requestIds() {
    return [...JSON.stringify(await this.#threads()).matchAll(/"requestId":"([^"]+)"/g)].map(([, id]) => id);
  }

  /** What the panel keeps in the session's memory; what changed last comes last. */
  #threads() {
    return this.evaluate(async () =>
      Object.values(await chrome.storage.session.get())
        .filter((value) => value?.entries)
        .sort((a, b) => a.changed - b.changed),
    );
  }
}
