// A whole conversation as a Markdown file.

import { t } from '../shared/i18n';
import { copyCode, isCommented } from './code';
import { copyText } from './copy';
import { type Entry, entryText, shownAnswer, type Thread } from './thread';

/** The longest name of a file, without its ending, in characters. */
const NAME_LENGTH = 60;

/** The conversation: the page's title, then each question or summary as a heading with its answer below. */
export function exportThread(thread: Thread): string {
  const page = thread.texts.at(-1) ?? null;
  const parts = [`# ${oneLine(page?.source.title ?? '') || t('threadLabel')}`];
  if (/^https?:/.test(page?.url ?? '')) parts.push(`<${page!.url.replace(/[<>\s]/g, encodeURIComponent)}>`);
  for (const entry of thread.entries) {
    const answer = shownAnswer(entry);
    if (!answer?.text) continue;
    parts.push(`## ${heading(thread, entry)}`, markdown(thread, entry, answer.text).trimEnd());
  }
  return `${parts.join('\n\n')}\n`;
}

function markdown(thread: Thread, entry: Entry, text: string): string {
  const source = entryText(thread, entry)?.source ?? null;
  // The page is named once, above.
  return isCommented(entry) ? copyCode(text, source, 'markdown') : copyText(text, null, 'markdown');
}

/** A file's name after the page's title: nothing in it that any system refuses. */
export function exportName(thread: Thread): string {
  const title = thread.texts.at(-1)?.source.title ?? '';
  const name = title.replace(/[\p{C}/\\:*?"<>|]+/gu, ' ').replace(/\s+/g, ' ').replace(/^[. ]+/, '').slice(0, NAME_LENGTH);
  return `${name.replace(/[. ]+$/, '') || 'Sotto'}.md`;
}

function heading(thread: Thread, entry: Entry): string {
  if (entry.kind === 'chat') return oneLine(entry.question);
  if (entry.kind === 'code') return t(entry.task === 'comment' ? 'codeCommented' : 'codeExplained');
  return t(entryText(thread, entry)?.source.kind === 'selection' ? 'summaryOfSelection' : 'summaryOfPage');
}

/** Text on one line in which Markdown reads nothing but text. */
function oneLine(text: string): string {
  return copyText(text.replace(/\s+/g, ' ').trim(), null, 'markdown').trim();
}
