// Text of editors that draw it themselves and take input through an EditContext: the page holds no element with that text.

/** The text that the editor of `element` would put on the clipboard: what is selected there. Empty where it is no such editor. */
export function drawnText(element: Element): string {
  if (!('editContext' in element) || !element.editContext) return '';
  const carried = new DataTransfer();
  element.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true, composed: true, clipboardData: carried }));
  return carried.getData('text/plain');
}
