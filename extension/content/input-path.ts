// Doing what a person does, in the order in which the browser does it: the page hears of it first, and may do it in its
// own way; what it leaves alone, the browser's own editing does, with its events and its undo.

/** Pastes into the selection that `element` holds. Without `html` the text takes the format that stands around it. */
export function paste(element: Element, text: string, html: string | null): void {
  const carried = new DataTransfer();
  carried.setData('text/plain', text);
  if (html !== null) carried.setData('text/html', html);
  const events = { bubbles: true, cancelable: true, composed: true };
  if (!element.dispatchEvent(new ClipboardEvent('paste', { ...events, clipboardData: carried }))) return;
  const before = new InputEvent('beforeinput', { ...events, inputType: 'insertFromPaste', dataTransfer: carried });
  if (!element.dispatchEvent(before)) return;
  if (html === null) type(text);
  else document.execCommand('insertHTML', false, html);
}

/** Puts `text` in the place of the selection. */
export function type(text: string): void {
  if (text === '') document.execCommand('delete');
  else document.execCommand('insertText', false, text);
}

/** Takes the last step back, as its key does. */
export function undo(element: Element): void {
  const events = { bubbles: true, cancelable: true, composed: true };
  const command = navigator.platform.startsWith('Mac') ? { metaKey: true } : { ctrlKey: true };
  const key = { ...events, ...command, key: 'z', code: 'KeyZ', keyCode: 90 };
  if (!element.dispatchEvent(new KeyboardEvent('keydown', key))) return;
  if (!element.dispatchEvent(new InputEvent('beforeinput', { ...events, inputType: 'historyUndo' }))) return;
  document.execCommand('undo');
}
