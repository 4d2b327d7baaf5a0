// Proofread text: its corrections one by one, each accepted or not, and why it was made.

import type { Correction, Reason } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { type PlainKey, t } from '../../shared/i18n';

const REASONS: Record<Reason, PlainKey> = {
  spelling: 'reasonSpelling',
  grammar: 'reasonGrammar',
  punctuation: 'reasonPunctuation',
  capitalisation: 'reasonCapitalisation',
  spacing: 'reasonSpacing',
  'word-choice': 'reasonWordChoice',
  wording: 'reasonWording',
};

export class Corrections {
  /** Why the correction that has the focus was made, and how to go on. */
  readonly line = h('p', { class: 'correction-line', attributes: { hidden: true } });
  readonly #onChange: (accepted: Set<number>) => void;
  #buttons: HTMLButtonElement[] = [];
  #corrections: readonly Correction[] = [];
  #at = 0;

  /** `onChange` hears which corrections are accepted, by their place in the list. */
  constructor(onChange: (accepted: Set<number>) => void) {
    this.#onChange = onChange;
  }

  hide(): void {
    this.#buttons = [];
    this.line.hidden = true;
  }

  /** Shows `original` in `text`, with a button in the place of each correction. */
  show(text: HTMLElement, original: string, corrections: readonly Correction[], accepted: ReadonlySet<number>): void {
    const root = text.getRootNode();
    const hadFocus = root instanceof ShadowRoot && root.activeElement?.classList.contains('correction');
    if (corrections !== this.#corrections) this.#at = 0;
    this.#corrections = corrections;
    let at = 0;
    const nodes: Node[] = [];
    this.#buttons = corrections.map((correction, i) => {
      nodes.push(document.createTextNode(original.slice(at, correction.start)));
      at = correction.end;
      const button = this.#button(original.slice(correction.start, correction.end), correction, i, accepted);
      nodes.push(button);
      return button;
    });
    nodes.push(document.createTextNode(original.slice(at)));
    text.replaceChildren(...nodes);
    this.#tell();
    if (hadFocus) this.#buttons[this.#at]?.focus();
  }

  /** Goes to the next correction, or the one before; whether the key meant that. */
  keyDown(key: string): boolean {
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || this.#buttons.length === 0) return false;
    const isThere = this.#buttons[this.#at]?.matches(':focus') ?? false;
    const count = this.#buttons.length;
    this.#buttons[isThere ? (this.#at + step + count) % count : this.#at]?.focus();
    return true;
  }

  #button(before: string, correction: Correction, i: number, accepted: ReadonlySet<number>): HTMLButtonElement {
    const isAccepted = accepted.has(i);
    const toggle = () => {
      const changed = new Set(accepted);
      if (!changed.delete(i)) changed.add(i);
      this.#at = i;
      this.#onChange(changed);
    };
    const told = [t(REASONS[correction.reason]), ...(correction.flag ? [t('correctionFlagged')] : [])].join('. ');
    const spoken = (key: PlainKey) => h('span', { class: 'unseen' }, ` [${t(key)}] `);
    const button = h(
      'button',
      {
        class: `correction${isAccepted ? '' : ' rejected'}${correction.flag ? ' flagged' : ''}`,
        attributes: { type: 'button', 'aria-pressed': String(isAccepted), title: told, 'data-correction': i },
        on: { click: toggle },
      },
      ...(before ? [h('del', {}, spoken('cardDeleted'), before)] : []),
      ...(correction.text ? [h('ins', {}, spoken('cardInserted'), correction.text)] : []),
    );
    button.addEventListener('focus', () => {
      this.#at = i;
      this.#tell();
    });
    return button;
  }

  #tell(): void {
    const correction = this.#corrections[this.#at];
    this.line.hidden = correction === undefined;
    if (!correction) return;
    const reason = t(REASONS[correction.reason]);
    const place = t('correctionPlace', String(this.#at + 1), String(this.#corrections.length), reason);
    this.line.replaceChildren(place, ...(correction.flag ? [' ', t('correctionFlagged')] : []), ' ', t('correctionKeys'));
  }
}
