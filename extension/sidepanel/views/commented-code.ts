// Code with comments in the panel: as it comes, and when it is complete, with what was added marked.

import type { DiffPart } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { t } from '../../shared/i18n';
import type { Answer } from '../answer';

/** Shows the code of `answer` in `target`. What is there already is left alone, with the selection in it. */
export function showCode(target: HTMLElement, { requestId, text, diff }: Answer): void {
  const shown = `${requestId} ${text.length} ${diff !== null}`;
  if (target.dataset['code'] === shown) return;
  target.dataset['code'] = shown;
  const nodes = diff ? diff.parts.map(partNode) : [text];
  target.replaceChildren(...(text === '' ? [] : [h('pre', { class: 'commented' }, ...nodes)]));
}

/** What was inserted is named as such for those who do not see its colour. */
function partNode({ kind, text }: DiffPart): Node {
  if (kind === 'equal') return document.createTextNode(text);
  const [tag, label] = kind === 'insert' ? (['ins', 'cardInserted'] as const) : (['del', 'cardDeleted'] as const);
  return h(tag, {}, h('span', { class: 'unseen' }, ` [${t(label)}] `), text);
}
