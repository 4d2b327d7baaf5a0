// Builds the gallery into a folder and opens it in Chromium.
//
//   node tests/gallery/gallery.mjs FOLDER [SURFACE/STATE…]    writes a screenshot of every state to FOLDER

import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const sidepanel = join(here, '../../extension/sidepanel');

/** Pages of the gallery by surface. */
export const PAGES = { panel: 'index.html', card: 'card.html' };

/** The built gallery and a browser. `close` ends both. */
export async function openGallery() {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  await build({
    bundle: true,
    format: 'iife',
    target: 'chrome124',
    outdir: folder,
    logLevel: 'warning',
    entryPoints: { panel: join(here, 'panel.ts'), card: join(here, 'card.ts') },
  });
  for (const page of Object.values(PAGES)) await cp(join(here, page), join(folder, page));
  for (const sheet of ['theme.css', 'panel.css']) await cp(join(sidepanel, sheet), join(folder, sheet));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

  /** A page that shows `state`; without one, the bare page that knows the names of all. */
  async function open(surface, state, { lang = 'en', ...context } = {}) {
    const page = await browser.newPage({ viewport: { width: 400, height: 760 }, ...context });
    page.on('pageerror', (error) => {
      throw error;
    });
    const query = state ? `?${new URLSearchParams({ state, lang })}` : '';
    await page.goto(pathToFileURL(join(folder, PAGES[surface])).href + query);
    if (state) await page.waitForFunction((name) => globalThis.shown === name, state);
    return page;
  }

  async function states(surface) {
    const page = await open(surface, null);
    const names = await page.evaluate(() => globalThis.states);
    await page.close();
    return names;
  }

  async function close() {
    await browser.close();
    await rm(folder, { recursive: true });
  }

  return { open, states, close };
}

/** Ways to look at every state. */
export const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 400, height: 760 } },
  dark: { colorScheme: 'dark', viewport: { width: 400, height: 760 } },
  narrow: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  forced: { colorScheme: 'dark', forcedColors: 'active', viewport: { width: 400, height: 760 } },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target = 'gallery', ...only] = process.argv.slice(2);
  const folder = resolve(target);
  await mkdir(folder, { recursive: true });
  const gallery = await openGallery();
  for (const surface of Object.keys(PAGES)) {
    for (const state of await gallery.states(surface)) {
      if (only.length > 0 && !only.includes(`${surface}/${state}`)) continue;
      for (const [look, context] of Object.entries(LOOKS)) {
        const page = await gallery.open(surface, state, { ...context, lang: process.env.GALLERY_LANG ?? 'en' });
        await page.screenshot({ path: join(folder, `${surface}-${state}-${look}.png`) });
        await page.close();
      }
    }
  }
  await gallery.close();
}
