// The browser's own debugging protocol, for what Playwright does not reach: the side panel, the offscreen document, the
// content script's world with its closed shadow roots, and the click on the toolbar button.

/** Commands and events of one target. Sessions are nested in the browser's, which is the only one that sees all targets. */
export class Session {
  #browser;
  #id;
  #next = 1;
  #waiting = new Map();
  #listeners = new Map();

  constructor(browser, id) {
    this.#browser = browser;
    this.#id = id;
    browser.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId === id) this.#receive(JSON.parse(message));
    });
  }

  static async attach(browser, targetId) {
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: false });
    return new Session(browser, sessionId);
  }

  send(method, params = {}) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      const message = JSON.stringify({ id, method, params });
      this.#browser.send('Target.sendMessageToTarget', { sessionId: this.#id, message }).catch(reject);
    });
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  /** Evaluates `fn(...args)` there, in the page's world or that of `contextId`. Arguments and result are JSON. */
  async evaluate(fn, args = [], contextId) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression: `(${fn})(...${JSON.stringify(args)})`,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
      ...(contextId === undefined ? {} : { contextId }),
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async screenshot(path) {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, Buffer.from(data, 'base64'));
    return path;
  }

  #receive({ id, method, params, result, error }) {
    if (id === undefined) {
      for (const listener of this.#listeners.get(method) ?? []) listener(params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting?.resolve(result);
  }
}
