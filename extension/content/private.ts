// Fields that nobody but their owner must read.

/** Kinds of `input` that hold prose; all the others are protected. */
const PROSE_INPUTS = new Set(['text', 'search']);
/** Values of `autocomplete`, and names, of secrets. */
const PRIVATE_AUTOCOMPLETE = /^(one-time-code|current-password|new-password|cc-.*)$/;
const PRIVATE_NAME = /passw|passphrase|\botp\b|one.?time.?(code|pass)|\bcv[cv]2?\b|card.?(num|no\b)|security.?code|\biban\b/i;

/** Whether a field is for a secret, by its kind, its masking, its `autocomplete` or its name. */
export function isPrivate(element: HTMLElement): boolean {
  const style = getComputedStyle(element);
  const masked = (style.getPropertyValue('-webkit-text-security') || 'none') !== 'none';
  const named = [element.id, element.getAttribute('name'), element.getAttribute('aria-label')];
  const tokens = (element.getAttribute('autocomplete') ?? '').toLowerCase().split(/\s+/);
  return (
    masked ||
    (element instanceof HTMLInputElement && !PROSE_INPUTS.has(element.type)) ||
    tokens.some((token) => PRIVATE_AUTOCOMPLETE.test(token)) ||
    named.some((name) => name !== null && PRIVATE_NAME.test(name))
  );
}
