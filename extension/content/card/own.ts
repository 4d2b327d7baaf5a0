// The user's own instruction in the card: the box for it, and the name under which it can be kept.

import { h } from '../../shared/dom';
import { formatNumber, t } from '../../shared/i18n';
import { INSTRUCTION_UNITS, MOST_REWRITES, NAME_UNITS } from '../../shared/settings';

/** Keeps an instruction under a name; whether that was done. */
export type Save = (name: string, instruction: string) => Promise<boolean>;

export class OwnInstruction {
  readonly #run: (instruction: string) => void;
  readonly #save: Save | null;
  readonly #box = h('textarea', {
    attributes: { rows: 2, maxlength: INSTRUCTION_UNITS, 'aria-label': t('optionsRewriteInstruction'), placeholder: t('optionsRewriteExample') },
  });
  readonly #name = h('input', { attributes: { id: 'own-name', maxlength: NAME_UNITS, autocomplete: 'off' } });
  readonly #start = h('button', { attributes: { type: 'button', 'data-action': 'own-run', title: 'Enter' }, on: { click: () => this.#submit() } }, t('menuRewrite'));
  readonly #begin = h(
    'button',
    { attributes: { type: 'button', 'data-action': 'own-name', 'aria-expanded': 'false', 'aria-controls': 'own-naming' }, on: { click: () => this.#askName() } },
    t('cardOwnSave'),
  );
  readonly #keep = h(
    'button',
    { attributes: { type: 'button', 'data-action': 'own-save', title: 'Enter' }, on: { click: () => void this.#submitName() } },
    t('optionsRewriteSave'),
  );
  readonly #naming = h(
    'div',
    { class: 'row', attributes: { id: 'own-naming', hidden: true } },
    h('label', { attributes: { for: 'own-name' } }, t('optionsRewriteName')),
    this.#name,
    this.#keep,
  );
  readonly #said = h('p', { attributes: { role: 'status' } });
  #saving = false;
  /** Not a form: the browser keeps those of a page in a sandboxed frame from being sent, even to themselves. */
  readonly element = h(
    'div',
    { class: 'own', attributes: { role: 'group', 'aria-label': t('toneOwn'), hidden: true } },
    this.#box,
    h('div', { class: 'row' }, this.#start, this.#begin),
    this.#naming,
    this.#said,
  );

  /** `run` starts a rewrite; without `save` nothing can be kept. */
  constructor(run: (instruction: string) => void, save: Save | null) {
    this.#run = run;
    this.#save = save;
    this.#begin.hidden = save === null;
    this.update();
  }

  show(): void {
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
    this.#naming.hidden = true;
    this.#begin.setAttribute('aria-expanded', 'false');
    this.#said.textContent = '';
  }

  focus(): void {
    this.#box.focus({ preventScroll: true });
  }

  /** Whether what is typed goes here. */
  get hasFocus(): boolean {
    return this.#box.matches(':focus') || this.#name.matches(':focus');
  }

  /** Takes a key that was pressed here; whether it meant something. */
  keyDown(event: KeyboardEvent): boolean {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return false;
    if (this.#box.matches(':focus')) this.#submit();
    else if (!event.repeat) void this.#submitName();
    return true;
  }

  get #instruction(): string {
    return this.#box.value.trim();
  }

  /** Something was typed here: the card tells, for the events of typing do not come so far. */
  update(): void {
    this.#start.disabled = this.#instruction === '';
    this.#begin.disabled = this.#instruction === '';
    this.#keep.disabled = this.#instruction === '' || this.#name.value.trim() === '';
  }

  #submit(): void {
    if (this.#instruction !== '') this.#run(this.#instruction);
  }

  #askName(): void {
    this.#naming.hidden = false;
    this.#begin.setAttribute('aria-expanded', 'true');
    this.#name.focus();
  }

  async #submitName(): Promise<void> {
    if (this.#saving || this.#keep.disabled || !this.#save) return;
    this.#saving = true;
    const saved = await this.#save(this.#name.value.trim(), this.#instruction);
    this.#saving = false;
    this.#said.textContent = saved ? '' : t('cardNotSaved', formatNumber(MOST_REWRITES));
    this.#said.scrollIntoView({ block: 'nearest' });
    if (!saved) return;
    this.#name.value = '';
    this.update();
  }
}
