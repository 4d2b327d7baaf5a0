// Answers as text for the clipboard.

import type { PageText } from '../shared/messages';
import { toBlocks } from './blocks';
import { copyCode, isCommented } from './code';
import type { Entry } from './thread';

export type CopyFormat = 'markdown' | 'plain';

/** Characters that Markdown would read as something else. */
const MARKDOWN = /[\\`*_[\]<>#|~]/g;

/** What an entry answers, for the clipboard. */
export function copyAnswer(entry: Entry, text: string, page: PageText | null, format: CopyFormat): string {
  return isCommented(entry) ? copyCode(text, page?.source ?? null, format) : copyText(text, page, format);
}

/** `text` for the clipboard. As Markdown, lists are lists and the page is named and linked below. */
export function copyText(text: string, page: PageText | null, format: CopyFormat): string {
  const markdown = format === 'markdown';
  const lines: string[] = [];
  let previous: string | null = null;
  for (const block of toBlocks(text, [])) {
    const raw = block.runs.map((run) => run.text).join('');
    const content = markdown ? raw.replace(MARKDOWN, '\\$&') : raw;
    const isItem = block.kind !== 'paragraph';
    if (previous !== null && (!isItem || previous !== block.kind)) lines.push('');
    const marker = block.kind === 'bullet' ? (markdown ? '- ' : '• ') : block.kind === 'numbered' ? `${block.number}. ` : '';
    lines.push(marker + content);
    previous = block.kind;
  }
  if (markdown && page) lines.push('', source(page));
  return lines.join('\n') + '\n';
}

function source(page: PageText): string {
  const title = (page.source.title || page.url).replace(MARKDOWN, '\\$&');
  return /^https?:/.test(page.url) ? `[${title}](<${page.url.replace(/[<>\n]/g, encodeURIComponent)}>)` : title;
}
