// Text of editors that draw it themselves: the page holds no element with all of it, but they answer to a copy.

/** What the editor of `element` would put on the clipboard: what is selected there. Empty where it would put nothing of its own. */
export function copied(element: Element): string {
  return answerToCopy(element).getData('text/plain');
}

/** As [`copied`], but empty where nothing is selected: editors then copy the line of the caret, and Monaco says so. */
export function copiedSelection(element: Element): string {
  const answer = answerToCopy(element);
  return /"isFromEmptySelection":true/.test(answer.getData('vscode-editor-data')) ? '' : answer.getData('text/plain');
}

/** As [`copied`], where the editor takes input through an EditContext; empty where it is no such editor. */
export function drawnText(element: Element): string {
  return 'editContext' in element && element.editContext ? copied(element) : '';
}

function answerToCopy(element: Element): DataTransfer {
  const carried = new DataTransfer();
  element.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true, composed: true, clipboardData: carried }));
  return carried;
}
