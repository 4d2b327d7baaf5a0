// The one offscreen document, which owns the engine.

import { chosenFile } from '../models/chosen';
import { send } from '../shared/messages';
import { loadSettings } from '../shared/settings';

/** The document knows only `chrome.runtime`, and so must be told. */
const PAGE = `offscreen/index.html${chrome.extension.inIncognitoContext ? '?private' : ''}`;

let creating: Promise<void> | null = null;

/** Makes sure that the document is there and listens. Callers at the same time share one attempt. */
export function ensureOffscreen(): Promise<void> {
  creating ??= create().finally(() => {
    creating = null;
  });
  return creating;
}

async function create(): Promise<void> {
  if (await exists()) return;
  await chrome.offscreen.createDocument({
    url: PAGE,
    reasons: ['WORKERS'],
    justification: 'Runs the language model on the GPU in a worker that outlives the service worker.',
  });
  await tellSettings();
}

async function exists(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: ['OFFSCREEN_DOCUMENT'],
    documentUrls: [chrome.runtime.getURL(PAGE)],
  });
  // In split mode the other profile's document is listed as well.
  return contexts.some(({ incognito }) => incognito === chrome.extension.inIncognitoContext);
}

let telling: Promise<void> = Promise.resolve();

/**
 * Tells the document, which cannot read the settings itself, what of them concerns the engine. One after the other, so that it hears
 * the newest last.
 */
function tellSettings(): Promise<void> {
  const tell = async () => {
    const settings = await loadSettings();
    const { idleMinutes } = settings;
    await send({ to: 'offscreen', type: 'settings', idleMinutes, model: await chosenFile(settings) });
  };
  return (telling = telling.then(tell, tell));
}

/** Passes a change of the settings on to the document, where there is one. */
export async function followSettings(): Promise<void> {
  if (await exists()) await tellSettings();
}
