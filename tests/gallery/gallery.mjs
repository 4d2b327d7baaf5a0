// Builds the gallery into a folder and opens it in Chromium.
//
//   node tests/gallery/gallery.mjs --write docs/screens [SURFACE/STATE…]
//
// writes a screenshot of every state, or of those named, in light and dark side by side. `--looks FOLDER` in its place writes one
// for every look, also narrow and in forced colours; `--lang de` does so in German.

import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { encodePng } from './png.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const SHEETS = ['shared/colours.css', 'sidepanel/theme.css', 'models/views/models.css', 'sidepanel/panel.css', 'options/options.css'];

/** The catalogue of the extension may be empty: the gallery shows its own. */
const catalogue = {
  name: 'catalogue',
  setup: ({ onResolve }) => onResolve({ filter: /\/catalogue\.json$/ }, () => ({ path: join(here, 'catalogue.json') })),
};

/** Pages of the gallery by surface. */
export const PAGES = { panel: 'index.html', card: 'card.html', options: 'options.html' };

/** The built gallery and a browser. `close` ends both. */
export async function openGallery() {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-'));
  await build({
    bundle: true,
    format: 'iife',
    target: 'chrome124',
    outdir: folder,
    logLevel: 'warning',
    entryPoints: { panel: join(here, 'panel.ts'), card: join(here, 'card.ts'), options: join(here, 'options.ts') },
    loader: { '.css': 'text' },
    plugins: [catalogue],
  });
  for (const page of Object.values(PAGES)) await cp(join(here, page), join(folder, page));
  for (const sheet of SHEETS) await cp(join(here, '../../extension', sheet), join(folder, basename(sheet)));
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

  /** The pixels of PNGs, given in base64, beside one another. */
  async function sideBySide(shots) {
    const page = await browser.newPage();
    const { width, height, data } = await page.evaluate(async (shots) => {
      const images = await Promise.all(shots.map(async (shot) => createImageBitmap(await (await fetch(`data:image/png;base64,${shot}`)).blob())));
      const canvas = new OffscreenCanvas(images.reduce((sum, image) => sum + image.width, 0), Math.max(...images.map(({ height }) => height)));
      const context = canvas.getContext('2d');
      let x = 0;
      for (const image of images) {
        context.drawImage(image, x, 0);
        x += image.width;
      }
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let binary = '';
      for (let at = 0; at < data.length; at += 32768) binary += String.fromCharCode(...data.subarray(at, at + 32768));
      return { width: canvas.width, height: canvas.height, data: btoa(binary) };
    }, shots);
    await page.close();
    return { width, height, data: Buffer.from(data, 'base64') };
  }

  async function close() {
    await browser.close();
    await rm(folder, { recursive: true });
  }

  return { open, states, sideBySide, close };
}

/** Ways to look at every state. */
export const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
};

const USUAL = { panel: { width: 400, height: 760 }, card: { width: 440, height: 480 }, options: { width: 720, height: 800 } };

/** Photographs a state in light and dark, side by side, for the documentation. */
async function photograph(gallery, surface, state, file) {
  const shots = [];
  for (const look of ['light', 'dark']) {
    const page = await gallery.open(surface, state, { reducedMotion: 'reduce', viewport: USUAL[surface], ...LOOKS[look] });
    shots.push((await page.screenshot({ fullPage: surface === 'options', caret: 'hide' })).toString('base64'));
    await page.close();
  }
  await writeFile(file, encodePng(await gallery.sideBySide(shots)));
}

async function main() {
  const { values, positionals: only } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'string' }, looks: { type: 'string' }, lang: { type: 'string', default: 'en' } },
  });
  const folder = resolve(values.write ?? values.looks ?? 'gallery');
  await mkdir(folder, { recursive: true });
  const gallery = await openGallery();
  for (const surface of Object.keys(PAGES)) {
    for (const state of await gallery.states(surface)) {
      if (only.length > 0 && !only.includes(`${surface}/${state}`)) continue;
      if (values.write) {
        await photograph(gallery, surface, state, join(folder, `${surface}-${state}.png`));
        continue;
      }
      for (const [look, context] of Object.entries(LOOKS)) {
        const page = await gallery.open(surface, state, { viewport: USUAL[surface], ...context, lang: values.lang });
        await page.screenshot({ path: join(folder, `${surface}-${state}-${look}.png`), fullPage: surface === 'options' });
        await page.close();
      }
    }
  }
  await gallery.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
