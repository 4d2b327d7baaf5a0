// The strings of one of the languages in the browser's stead: `?lang=de`; and what is stored.

import de from '../../extension/_locales/de/messages.json';
import en from '../../extension/_locales/en/messages.json';
import es from '../../extension/_locales/es/messages.json';
import fr from '../../extension/_locales/fr/messages.json';
import ja from '../../extension/_locales/ja/messages.json';
import zh from '../../extension/_locales/zh_CN/messages.json';

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}

const languages: Record<string, unknown> = { de, en, es, fr, ja, 'zh-CN': zh };
const language = new URLSearchParams(location.search).get('lang') ?? 'en';
const messages = languages[language] as Record<string, Message>;
document.documentElement.lang = language;

function getMessage(key: string, values: string[] = []): string {
  if (key === '@@ui_locale') return language.replace('-', '_');
  const message = messages[key];
  if (!message) return '';
  return message.message.replace(/\$(\w+)\$/g, (_, name: string) => {
    const content = message.placeholders?.[name.toLowerCase()]?.content ?? '';
    return values[Number(content.slice(1)) - 1] ?? '';
  });
}

Object.assign(globalThis, { chrome: { i18n: { getMessage, getUILanguage: () => language } } });

/** A storage area over `stored`, which tells of changes. */
export function storageDouble(stored: Record<string, unknown>) {
  const listeners: (() => void)[] = [];
  return {
    get: async () => structuredClone(stored),
    async set(items: object) {
      Object.assign(stored, structuredClone(items));
      for (const listener of listeners) listener();
    },
    onChanged: { addListener: (listener: () => void) => listeners.push(listener) },
  };
}
