// The programming language that a page names beside its code. It is a hint: the engine takes it only for one that it knows.

import { isBeside } from './code-lines';

/** How highlighters, generators of pages, and editors name it in an element's classes. */
const CLASSES = [
  /^(?:language|lang|highlight-source|mw-highlight-lang)-(.+)$/i,
  /^highlight-text-(html|xml)\b/i,
  /^highlight-(?!source-|text-)(.+)$/i,
];
/** And in its attributes. */
const ATTRIBUTES = ['data-language', 'data-lang', 'data-canonical-lang', 'data-mode-id'];
/** Names of no language. */
const NONE = /^(text|txt|plain|plaintext|none|no-?highlight|default|auto|code|output|undefined|null)$/i;
/** What a name can look like. */
const NAME = /^[\w+#.-]{1,32}$/;

/** What holds code, from the inside out. Within, a highlighter may name the languages of parts. */
const HOLDERS = 'code, pre, table, textarea, .cm-content, .cm-editor, .monaco-editor, .ace_editor, .CodeMirror';
/** Elements around the code that may name its language. */
const MOST_AROUND = 4;
/** Elements that hold more than one piece of code, and what they hold. */
const MORE = 'p, li, dd, article, section, main, body, html';
const PROSE = 'p, h1, h2, h3, h4, h5, h6';

/** The name of the language that the page gives the code at `element`; null where it gives none. */
export function languageAt(element: Element): string | null {
  let at: Element | null = element.closest(HOLDERS) ?? element;
  for (let around = 0; at && around <= MOST_AROUND; at = parentWithin(at)) {
    const name = nameOn(at);
    if (name !== null) return NONE.test(name) ? null : name;
    if (!at.parentElement?.closest(HOLDERS)) around++;
  }
  return nameOfFile();
}

/** The element around, where that holds nothing but the same code. */
function parentWithin({ parentElement: parent }: Element): Element | null {
  if (!parent || parent.matches(MORE) || parent.querySelector(PROSE)) return null;
  const codes = [...parent.querySelectorAll('pre')].filter((pre) => !isBeside(pre));
  return codes.length > 1 ? null : parent;
}

function nameOn(element: Element): string | null {
  const { classList } = element;
  const names = ATTRIBUTES.map((attribute) => element.getAttribute(attribute));
  names.push(/\bbrush:\s*([^\s;]+)/.exec(classList.value)?.[1] ?? null);
  for (const token of classList) {
    for (const pattern of CLASSES) names.push(pattern.exec(token)?.[1] ?? null);
  }
  // Pandoc has it as a class of its own, behind this one.
  if (classList[0] === 'sourceCode') names.push(classList[1] ?? null);
  return names.find((name) => name && NAME.test(name)) ?? null;
}

/** Of a file of code that the browser shows as it is, what its name ends in. */
function nameOfFile(): string | null {
  if (document.contentType === 'text/html' || document.contentType === 'application/xhtml+xml') return null;
  return /\.(\w{1,8})$/.exec(location.pathname)?.[1] ?? null;
}
