// One browser with the extension and the double of its engine, and the editors' pages in one tab after the other.

import { rm } from 'node:fs/promises';
import { buildWithDouble, launch } from '../e2e/browser.mjs';
import { ENGINES } from './engines.mjs';
import { measure } from './measure.mjs';
import { servePages } from './pages.mjs';

export class Session {
  #dist;
  #site;
  #sotto;
  #page;

  /** Opens all of it. What was opened is closed by `close`, also after a failure in here. */
  async open() {
    this.#site = await servePages([...new Set(ENGINES.map(({ folder }) => folder))]);
    this.#dist = await buildWithDouble();
    this.#sotto = await launch({ dist: this.#dist });
    this.#page = await this.#sotto.open(`${this.#site.origin}/${ENGINES[0].folder}/?case=${ENGINES[0].cases[0]}`);
    await this.#sotto.clickToolbar(this.#page);
  }

  async close() {
    await this.#sotto?.close();
    await this.#site?.close();
    if (this.#dist) await rm(this.#dist, { recursive: true });
  }

  get browserVersion() {
    return this.#sotto.context.browser().version();
  }

  /** What `measure` gives, by the name of the case. */
  async measure(engine) {
    const measured = {};
    for (const name of engine.cases) measured[name] = await measure(this.#sotto, this.#page, this.#site.origin, engine, name);
    return measured;
  }
}
