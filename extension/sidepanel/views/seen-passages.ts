// `<seen-passages>`: which passages of a long page the last question was answered from, and how much was left out.

import type { SourceRange } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { formatNumber, formatPercent, t } from '../../shared/i18n';
import type { PanelActions, PanelState } from '../controller';
import { lastSeen, type Seen } from '../thread';

/** Longest beginning of a passage that is shown, in UTF-16 units. */
const BEGINNING = 90;

export class SeenPassages extends HTMLElement {
  actions!: PanelActions;
  #requestId = '';
  readonly #summary = h('summary');
  readonly #list = h('ol');
  readonly #said = h('p', { class: 'seen-note' });
  readonly #left = h('p', { class: 'seen-note' });
  readonly #details = h('details', {}, this.#summary, this.#list, this.#said, this.#left);

  connectedCallback(): void {
    if (!this.firstChild) this.append(this.#details);
  }

  update({ thread, passage }: PanelState): void {
    const seen = thread && lastSeen(thread);
    this.hidden = !seen;
    if (!seen) {
      this.#requestId = '';
      return;
    }
    if (seen.answer.requestId !== this.#requestId) this.#build(seen);
    const open = passage?.requestId === this.#requestId && passage.sentence === null ? passage : null;
    for (const button of this.#list.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(open !== null && button.dataset['start'] === String(open.start)));
    }
    const gone = open?.place === 'gone' ? 'passageGone' : open?.place === 'unreachable' ? 'passageUnreachable' : null;
    const onPage = open && open.pageNumber !== null ? t('passageOnPage', formatNumber(open.pageNumber)) : '';
    this.#said.textContent = gone ? t(gone) : onPage;
    this.#said.hidden = this.#said.textContent === '';
  }

  #build({ entry, answer, page, used, total, ranges }: Seen): void {
    this.#requestId = answer.requestId;
    this.#details.open = false;
    this.#summary.textContent = t('seenPassages', formatNumber(ranges.length), formatPercent(used, total));
    this.#left.textContent = t('seenLeftOut', formatPercent(total - used, total));
    const item = (range: SourceRange) => {
      const click = () => this.actions.showPassage(entry, null, range);
      const attributes = { type: 'button', title: t('passageShow'), 'data-start': range.start, 'aria-pressed': 'false' };
      return h('li', {}, h('button', { attributes, on: { click } }, beginning(page.source.text.slice(range.start, range.end))));
    };
    this.#list.replaceChildren(...ranges.map(item));
  }
}

/** The first words of a passage, on one line. */
function beginning(text: string): string {
  const line = text.slice(0, 2 * BEGINNING).replace(/\s+/g, ' ').trim();
  return line.length > BEGINNING ? `${line.slice(0, BEGINNING).replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…` : line;
}
