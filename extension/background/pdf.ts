// Reading a PDF that the browser's viewer shows. The viewer lets nobody look into it, so that the bytes are read again from the
// tab's own address, which most often are in the browser's cache. This is the one request that Sotto makes.

import type { PdfText } from '../pdf/main';
import { failure, type PageText, type Result, success } from '../shared/messages';

/** Whether the tab shows a PDF. Rejects where the tab may not be read. */
export async function showsPdf(tabId: number): Promise<boolean> {
  const [top] = await chrome.scripting.executeScript({
    target: { tabId },
    func: () => document.contentType === 'application/pdf',
  });
  return top?.result === true;
}

/** Reads the PDF in the tab. Rejects where the tab may not be read. */
export async function readPdf(tabId: number): Promise<Result<PageText>> {
  await chrome.scripting.executeScript({ target: { tabId }, files: ['pdf.js'] });
  const [top] = await chrome.scripting.executeScript({ target: { tabId }, func: readHere });
  const read = top?.result as Awaited<ReturnType<typeof readHere>> | undefined;
  if (!read) return failure('pdf-unreadable', 'the tab has moved on');
  if (!read.ok) return read;
  const { url, pdf } = read.value;
  const { text, title, language, pageStarts } = pdf;
  const source = { kind: 'page', title: title || nameIn(url), text, language, code: null } as const;
  return success({ tabId, frameId: 0, textId: '', url, source, pageStarts });
}

/** Runs in the tab: it may use nothing from outside of itself. */
async function readHere(): Promise<Result<{ url: string; pdf: PdfText }>> {
  const url = location.href;
  const unread = (code: 'file-forbidden' | 'pdf-unreadable', detail: string) => ({ ok: false as const, failure: { code, detail } });
  // The browser lets no script read a file, not even the one that it stands in.
  if (location.protocol === 'file:') return unread('file-forbidden', url);
  try {
    const response = await fetch(url, { cache: 'force-cache', redirect: 'error' });
    if (!response.ok) return unread('pdf-unreadable', `${response.status} ${url}`);
    const pdf = await globalThis.sottoReadPdf!(await response.arrayBuffer());
    return pdf.ok ? { ok: true, value: { url, pdf: pdf.value } } : pdf;
  } catch (error) {
    return unread('pdf-unreadable', String(error));
  }
}

/** The name of the file in an address. */
function nameIn(url: string): string {
  const name = new URL(url).pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
