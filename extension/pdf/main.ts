// The text of a PDF, from its bytes. Runs where the PDF is shown, beside the browser's viewer, in a process that has the
// permissions of a content script and no more: the bytes are a stranger's. Built without any way to the network.

import { getDocument, PasswordException, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
// With this, pdf.js works in the same thread: the viewer has its own, and no script of the package can be a worker here.
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
import { failure, type Result, success } from '../shared/messages';
import { pageText } from './text';

/** What a PDF says. */
export interface PdfText {
  title: string;
  language: string | null;
  text: string;
  /** Where each page begins in the text, in UTF-16 units. */
  pageStarts: number[];
}

declare global {
  /** Reads a PDF; never rejects. */
  var sottoReadPdf: ((bytes: ArrayBuffer) => Promise<Result<PdfText>>) | undefined;
}

/** Longest text handed over, in UTF-16 units; no model's context holds more. */
const MAX_TEXT = 2_000_000;
const BETWEEN_PAGES = '\n\n';

globalThis.sottoReadPdf = async (bytes) => {
  // Fonts are never drawn, and nothing is fetched.
  const loading = getDocument({ data: bytes, disableFontFace: true, useSystemFonts: false, useWorkerFetch: false, verbosity: 0 });
  try {
    return await read(await loading.promise);
  } catch (error) {
    return failure(error instanceof PasswordException ? 'pdf-locked' : 'pdf-unreadable', String(error));
  } finally {
    await loading.destroy();
  }
};

async function read(file: PDFDocumentProxy): Promise<Result<PdfText>> {
  let text = '';
  const pageStarts: number[] = [];
  for (let number = 1; number <= file.numPages; number++) {
    const page = await file.getPage(number);
    const { items } = await page.getTextContent();
    const [left = 0, bottom = 0, right = 0, top = 0] = page.view;
    const own = pageText(
      items.flatMap((item) => ('str' in item ? [item] : [])),
      { left, bottom, right, top },
    );
    if (text !== '' && own !== '') text += BETWEEN_PAGES;
    pageStarts.push(text.length);
    text += own;
    if (text.length > MAX_TEXT) return failure('context-full', `${text.length} characters on ${number} pages`);
    page.cleanup();
  }
  if (text === '') return failure('pdf-without-text', `${file.numPages} pages`);
  const { info } = await file.getMetadata();
  const { Title: title, Language: language } = info as { Title?: unknown; Language?: unknown };
  return success({
    title: typeof title === 'string' ? title : '',
    language: typeof language === 'string' && language !== '' ? language : null,
    text,
    pageStarts,
  });
}
