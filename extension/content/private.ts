// Fields that nobody but their owner must read, and those that not even their owner sees.

/** Kinds of `input` that hold prose; all the others are protected. */
const PROSE_INPUTS = new Set(['text', 'search']);
/** Values of `autocomplete`, and names, of secrets. */
const PRIVATE_AUTOCOMPLETE = /^(one-time-code|current-password|new-password|cc-.*)$/;
const PRIVATE_NAME = /passw|passphrase|\botp\b|one.?time.?(code|pass)|\bcv[cv]2?\b|card.?(num|no\b)|security.?code|\biban\b/i;

/** CSS pixels: no text can be read in less. */
const MIN_SEEN = 4;

/** Whether a field is hidden or for a secret, by its kind, its masking, its `autocomplete` or its name. */
export function isPrivate(element: HTMLElement): boolean {
  const style = getComputedStyle(element);
  const masked = (style.getPropertyValue('-webkit-text-security') || 'none') !== 'none';
  const named = [element.id, element.getAttribute('name'), element.getAttribute('aria-label')];
  const tokens = (element.getAttribute('autocomplete') ?? '').toLowerCase().split(/\s+/);
  return (
    masked ||
    isHidden(element) ||
    (element instanceof HTMLInputElement && !PROSE_INPUTS.has(element.type)) ||
    tokens.some((token) => PRIVATE_AUTOCOMPLETE.test(token)) ||
    named.some((name) => name !== null && PRIVATE_NAME.test(name))
  );
}

/** Whether nobody can see the field: the helper of a script, or a trap for what the browser fills in. */
function isHidden(element: HTMLElement): boolean {
  if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return true;
  let { left, top, right, bottom } = element.getBoundingClientRect();
  for (let at = around(element); at && at !== document.body; at = around(at)) {
    if (getComputedStyle(at).overflow !== 'hidden') continue;
    const box = at.getBoundingClientRect();
    [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
    [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
  }
  const isBeyond = right + scrollX <= 0 || bottom + scrollY <= 0;
  return isBeyond || right - left < MIN_SEEN || bottom - top < MIN_SEEN;
}

/** The element around, through shadow roots too. */
function around(element: Element): Element | null {
  const root = element.getRootNode();
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
