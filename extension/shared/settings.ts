// What the user has chosen, in `chrome.storage.local`. The options page writes it; the service worker adds what a card saves.

import type { AnswerLanguage, Preferences } from '../generated/protocol';
import { MODEL_ID } from '../models/card';
import { newId } from './id';

/** A way to rewrite that the user has put into words. */
export interface SavedRewrite {
  id: string;
  name: string;
  instruction: string;
}

export interface Settings {
  /** Minutes without a request after which the model is unloaded; 0: never. */
  idleMinutes: number;
  savedRewrites: SavedRewrite[];
  /** The language of summaries and answers; null: the page's, or the question's. */
  language: AnswerLanguage | null;
  /** What the model is told with every summary and answer; empty: nothing. */
  instructions: string;
  /** The id of the model in use; null: the one of the package. */
  model: string | null;
}

export const DEFAULTS: Settings = { idleMinutes: 5, savedRewrites: [], language: null, instructions: '', model: null };

const LANGUAGES: Record<AnswerLanguage, true> = {
  ar: true, cs: true, da: true, de: true, el: true, en: true, es: true, fi: true, fr: true, he: true, hi: true, hu: true, id: true,
  it: true, ja: true, ko: true, nb: true, nl: true, pl: true, pt: true, ro: true, ru: true, sv: true, tr: true, uk: true, vi: true,
  'zh-Hans': true, 'zh-Hant': true,
};

/** Every language that answers can be asked for in: all of them, or this does not compile. */
export const ANSWER_LANGUAGES = Object.keys(LANGUAGES) as AnswerLanguage[];

/** Most units of a name and of an instruction (a standing one too), and most saved rewrites: a card shows them all. */
export const NAME_UNITS = 40;
export const INSTRUCTION_UNITS = 500;
export const MOST_REWRITES = 20;

/** The settings, with defaults for what was never chosen or cannot be what was chosen. */
export async function loadSettings(): Promise<Settings> {
  const stored = await chrome.storage.local.get(Object.keys(DEFAULTS));
  return {
    idleMinutes: minutes(stored['idleMinutes']),
    savedRewrites: rewrites(stored['savedRewrites']),
    language: ANSWER_LANGUAGES.find((known) => known === stored['language']) ?? DEFAULTS.language,
    instructions: instructions(stored['instructions']),
    model: model(stored['model']),
  };
}

/** What goes with every summary and question. */
export function preferencesOf({ language, instructions }: Settings): Preferences {
  return { language, instructions: instructions || null };
}

/** Keeps what was chosen; the rest stays as it is. */
export function saveSettings(changed: Partial<Settings>): Promise<void> {
  return chrome.storage.local.set(changed);
}

/** Adds a way to rewrite, and gives it; null where it cannot be one, or there are enough. */
export async function addRewrite(name: string, instruction: string): Promise<SavedRewrite | null> {
  const added = { id: newId(), name: name.trim(), instruction: instruction.trim() };
  const fits = isWithin(added.name, NAME_UNITS) && isWithin(added.instruction, INSTRUCTION_UNITS);
  const { savedRewrites } = await loadSettings();
  if (!fits || savedRewrites.length >= MOST_REWRITES) return null;
  await saveSettings({ savedRewrites: [...savedRewrites, added] });
  return added;
}

function isWithin(text: string, most: number): boolean {
  return text.length > 0 && text.length <= most;
}

function minutes(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 1e5 ? value : DEFAULTS.idleMinutes;
}

function instructions(value: unknown): string {
  return typeof value === 'string' && value.length <= INSTRUCTION_UNITS ? value : DEFAULTS.instructions;
}

function model(value: unknown): string | null {
  return typeof value === 'string' && MODEL_ID.test(value) ? value : DEFAULTS.model;
}

function rewrites(value: unknown): SavedRewrite[] {
  return Array.isArray(value) ? value.filter(isRewrite).slice(0, MOST_REWRITES) : DEFAULTS.savedRewrites;
}

function isRewrite(value: unknown): value is SavedRewrite {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, instruction } = value as Record<string, unknown>;
  return typeof id === 'string' && typeof name === 'string' && typeof instruction === 'string';
}
