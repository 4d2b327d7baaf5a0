// The one offscreen document, which owns the engine.

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
  const contexts = await chrome.runtime.getContexts({
    contextTypes: ['OFFSCREEN_DOCUMENT'],
    documentUrls: [chrome.runtime.getURL(PAGE)],
  });
  // In split mode the other profile's document is listed as well.
  if (contexts.some(({ incognito }) => incognito === chrome.extension.inIncognitoContext)) return;
  await chrome.offscreen.createDocument({
    url: PAGE,
    reasons: ['WORKERS'],
    justification: 'Runs the language model on the GPU in a worker that outlives the service worker.',
  });
}
