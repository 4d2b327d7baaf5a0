// The strings of _locales, and numbers as the user's language writes them.

import type { MessageArguments } from '../generated/messages';
import type { ErrorCode } from '../generated/protocol';

/** The name of a string. */
export type MessageKey = keyof MessageArguments;

/** The names of strings that take no arguments. */
export type PlainKey = { [K in MessageKey]: MessageArguments[K] extends [] ? K : never }[MessageKey];

/** The string `key` in the browser's language, or in English where there is no translation. */
export function t<K extends MessageKey>(key: K, ...values: MessageArguments[K]): string {
  return chrome.i18n.getMessage(key, values);
}

const ERRORS: Record<ErrorCode, PlainKey> = {
  'no-webgpu': 'errorNoWebgpu',
  'adapter-too-small': 'errorAdapterTooSmall',
  'adapter-wrong': 'errorAdapterWrong',
  'gpu-lost': 'errorGpuLost',
  'out-of-memory': 'errorOutOfMemory',
  'model-missing': 'errorModelMissing',
  'model-corrupt': 'errorModelCorrupt',
  'model-unsupported': 'errorModelUnsupported',
  'not-a-model': 'errorNotAModel',
  'parts-missing': 'errorPartsMissing',
  'model-present': 'errorModelPresent',
  'download-cut': 'errorDownloadCut',
  'download-missing': 'errorDownloadMissing',
  'download-wrong': 'errorDownloadWrong',
  'disk-full': 'errorDiskFull',
  'context-full': 'errorContextFull',
  'empty-selection': 'errorEmptySelection',
  'not-code': 'errorNotCode',
  'empty-page': 'errorEmptyPage',
  'field-gone': 'errorFieldGone',
  'field-protected': 'errorFieldProtected',
  'language-unknown': 'errorLanguageUnknown',
  'no-comments': 'errorNoComments',
  'pdf-locked': 'errorPdfLocked',
  'pdf-without-text': 'errorPdfWithoutText',
  'pdf-unreadable': 'errorPdfUnreadable',
  'page-forbidden': 'errorPageForbidden',
  'file-forbidden': 'errorFileForbidden',
  'grant-needed': 'errorGrantNeeded',
  'bad-request': 'errorBadRequest',
};

/** Every cause that there is a sentence for: all of them, or this does not compile. */
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** What went wrong and what to do about it, in one sentence or two. */
export function errorSentence(code: ErrorCode): string {
  return t(ERRORS[code]);
}

function locale(): string {
  return chrome.i18n.getUILanguage();
}

/** `value` with at most `digits` digits after the point. */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** `part / whole` in whole per cent; 0 where there is no whole. */
export function formatPercent(part: number, whole: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent' }).format(whole > 0 ? part / whole : 0);
}

/** A span of time, such as 5 minutes. */
export function formatMinutes(minutes: number): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes);
}

/** A span of seconds in its largest unit, such as 20 seconds or 3 minutes. */
export function formatSpan(seconds: number): string {
  const [unit, value] = seconds < 60 ? ['second', seconds] : seconds < 3600 ? ['minute', seconds / 60] : ['hour', seconds / 3600];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(Math.ceil(value));
}

/** A large number in short, such as 135M. */
export function formatShort(value: number): string {
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** A size to the byte. */
export function formatExactBytes(bytes: number): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(bytes);
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size in decimal units, such as 98.4 MB. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTE_UNITS.length - 1);
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: BYTE_UNITS[power]!,
    // English shortens megabytes, and leaves one byte of many.
    unitDisplay: power > 0 ? 'short' : 'long',
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1000 ** power);
}
