// The card beside a field: how the rewrite differs, and what to do with it.

import type { DiffPart, Flag, NoteKind, Tone } from '../../generated/protocol';
import { h, icon } from '../../shared/dom';
import type { EngineClient, Handle } from '../../shared/engine-client';
import { cutAtFlags } from '../../shared/flags';
import { errorSentence, formatNumber, type PlainKey, t } from '../../shared/i18n';
import type { AnchorRect } from '../../shared/messages';
import type { SavedRewrite } from '../../shared/settings';
import type { Applied, Card, CardOptions } from '../card-types';
import { doubt, isRunning, isUnchanged, newOutcome, type Outcome, rewriteParts, takeEvent, wording } from './outcome';
import { place } from './place';
import { Corrections } from './corrections';
import { OwnInstruction } from './own';
import { STYLES } from './styles';

/** What the card needs of its surroundings; of the engine, only to start a rewrite. */
export type Options = Omit<CardOptions, 'client'> & { client: Pick<EngineClient, 'start'> };

const TONES: [Tone, PlainKey][] = [
  ['as-is', 'toneAsIs'],
  ['more-formal', 'toneMoreFormal'],
  ['more-casual', 'toneMoreCasual'],
  ['shorter', 'toneShorter'],
  ['longer', 'toneLonger'],
  ['simpler', 'toneSimpler'],
  ['list', 'toneList'],
  ['proofread', 'toneProofread'],
];

/** What is said of sentences that did not come through as they should. */
const NOTES: Record<NoteKind, PlainKey> = {
  dropped: 'cardNoteDropped',
  invented: 'cardNoteInvented',
  kept: 'cardNoteKept',
};

/** The key that shows the original while it is held. */
const HOLD_KEY = 'Alt';

/** How long the button says that it has copied, in milliseconds. */
const COPIED_FOR = 1600;

/** Events that end at the card: what happens in it is none of the page's business. */
const PRIVATE_EVENTS = [
  'keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'change', 'copy', 'cut', 'paste', 'click', 'dblclick', 'auxclick',
  'contextmenu', 'mousedown', 'mouseup', 'pointerdown', 'pointerup', 'touchstart', 'touchend', 'wheel', 'focusin', 'focusout',
] as const;

/** Events of typing, which the page must not even hear on their way to the card: they tell what is typed. */
const TYPING_EVENTS = [
  'keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste', 'compositionstart', 'compositionupdate', 'compositionend',
] as const;

export class RewriteCard implements Card {
  readonly #options: Options;
  readonly #host = document.createElement('sotto-card');
  readonly #root: ShadowRoot;
  readonly #card: HTMLElement;
  readonly #text = h('div', { class: 'text' });
  readonly #stateLine = h('div', { class: 'state' });
  readonly #body = h(
    'div',
    { class: 'body', attributes: { tabindex: 0, role: 'group', 'aria-label': t('cardText') } },
    this.#text,
    this.#stateLine,
  );
  readonly #note = h('div', { class: 'note', attributes: { hidden: true } });
  readonly #said = h('p', { class: 'unseen', attributes: { role: 'status' } });
  readonly #replace = button('replace', 'cardReplace', 'primary', () => void this.#apply());
  readonly #insert = button('insert-below', 'cardInsertBelow', '', () => void this.#insertBelow());
  readonly #copy = button('copy', 'cardCopy', '', () => void this.#copyText(this.#wording(), this.#copy, 'cardCopy'));
  readonly #again = button('again', 'cardTryAgain', '', () => this.#start(this.#attempt + 1));
  readonly #stop = button('stop', 'stop', 'primary', () => this.#handle?.cancel());
  readonly #original = button('original', 'cardOriginal', 'quiet original', () => {});
  /** Of proofread text. */
  readonly #corrections = new Corrections((accepted) => {
    this.#outcome.accepted = accepted;
    this.#update();
  });
  /** The user's own instruction, with the tone `own`. */
  readonly #own: OwnInstruction;
  readonly #ownChoice: HTMLElement;
  readonly #foot: HTMLElement;
  /** Ends every listener that is not the card's own. */
  readonly #listening = new AbortController();
  readonly #resized = new ResizeObserver(() => this.#place());
  /** What had the focus before, and gets it back. */
  readonly #before: Element | null;
  /** From the corner of `#before` to that of the anchor, so that the card follows when the page scrolls. */
  readonly #offset: { x: number; y: number } | null;
  #tone: Tone;
  /** With the tone `own`, once it is known. */
  #instruction: string | null = null;
  #attempt = 0;
  #outcome: Outcome = newOutcome();
  #handle: Handle | null = null;
  #confirming = false;
  /** Why the field does not hold the rewrite, once that was tried. */
  #notApplied: Exclude<Applied, { kind: 'applied' }> | null = null;
  #applying = false;
  #holding = false;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#tone = options.tone;
    this.#before = deepActiveElement();
    this.#offset = offsetTo(this.#before, options.anchorRect);
    this.#root = this.#host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    this.#root.adoptedStyleSheets = [sheet];
    const { save } = options;
    this.#own = new OwnInstruction((instruction) => this.#choose('own', instruction), save && ((name, instruction) => this.#keep(save, name, instruction)));
    this.#ownChoice = this.#choice(t('toneOwn'), 'own', () => this.#askInstruction());
    this.#ownChoice.addEventListener('click', (event) => {
      // The arrow keys click too, and may be on their way to another choice.
      if (event.detail === 0) return;
      this.#own.show();
      this.#own.focus();
    });
    this.#foot = this.#buildFoot();
    this.#card = this.#build();
    this.#root.append(this.#card);
    this.#listen();
    this.#show();
    if (this.#tone !== 'own') {
      this.#start();
      return;
    }
    this.#askInstruction();
    this.#own.focus();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (isRunning(this.#outcome)) this.#handle?.cancel();
    this.#listening.abort();
    this.#resized.disconnect();
    const hadFocus = document.activeElement === this.#host || this.#host.contains(document.activeElement);
    this.#host.remove();
    if (hadFocus && this.#before instanceof HTMLElement && this.#before.isConnected) {
      this.#before.focus({ preventScroll: true });
    }
    this.#options.onClose();
  }

  #build(): HTMLElement {
    const close = h(
      'button',
      {
        class: 'quiet only-icon',
        attributes: { type: 'button', 'data-action': 'close', 'aria-label': t('cardClose'), title: `${t('cardClose')} (Esc)` },
        on: { click: () => this.close() },
      },
      icon('close'),
    );
    return h(
      'div',
      { class: 'card', attributes: { role: 'dialog', 'aria-label': t('cardLabel'), tabindex: -1, lang: chrome.i18n.getUILanguage() } },
      h('div', { class: 'head' }, this.#tones(), this.#own.element, close),
      this.#body,
      this.#corrections.line,
      this.#note,
      this.#foot,
      this.#said,
    );
  }

  #buildFoot(): HTMLElement {
    this.#replace.title = 'Ctrl+Enter';
    this.#original.replaceChildren(t('cardHoldOriginal', HOLD_KEY));
    this.#original.setAttribute('aria-pressed', 'false');
    const actions = this.#options.editable ? [this.#replace, this.#insert, this.#copy, this.#again] : [this.#copy, this.#again];
    return h('div', { class: 'foot' }, this.#stop, ...actions, this.#original);
  }

  #tones(): HTMLElement {
    return h(
      'fieldset',
      { class: 'tones' },
      h('legend', { class: 'unseen' }, t('cardTones')),
      ...TONES.map(([tone, key]) => this.#choice(t(key), tone, () => this.#choose(tone, null))),
      ...this.#options.saved.map((rewrite) => this.#savedChoice(rewrite)),
      this.#ownChoice,
    );
  }

  #savedChoice({ name, instruction }: SavedRewrite): HTMLElement {
    return this.#choice(name, 'saved', () => {
      this.#own.hide();
      this.#choose('own', instruction);
    });
  }

  /** A way to rewrite. */
  #choice(name: string, value: Tone | 'saved', change: () => void): HTMLElement {
    const input = h('input', { attributes: { type: 'radio', name: 'tone', value }, on: { change } });
    input.checked = value === this.#tone;
    return h('label', {}, input, name);
  }

  #choose(tone: Tone, instruction: string | null): void {
    if (tone !== 'own') this.#own.hide();
    this.#tone = tone;
    this.#instruction = instruction;
    this.#start();
  }

  /** Shows nothing but the box for the user's own instruction, until that is there. */
  #askInstruction(): void {
    if (isRunning(this.#outcome)) this.#handle?.cancel();
    this.#confirming = false;
    this.#instruction = null;
    this.#outcome = { ...newOutcome(), stage: { kind: 'asking' } };
    this.#own.show();
    this.#update();
  }

  /** Keeps an instruction, which is then one of the ways to rewrite, and the chosen one. */
  async #keep(save: NonNullable<Options['save']>, name: string, instruction: string): Promise<boolean> {
    const saved = await save(name, instruction);
    if (!saved || this.#closed) return saved !== null;
    const choice = this.#savedChoice(saved);
    this.#ownChoice.before(choice);
    const input = choice.querySelector('input')!;
    input.checked = true;
    input.focus();
    this.#own.hide();
    this.#say(t('optionsRewriteSaved'));
    // It may not have been tried yet.
    if (this.#instruction !== saved.instruction) this.#choose('own', saved.instruction);
    return true;
  }

  #listen(): void {
    const { signal } = this.#listening;
    for (const type of PRIVATE_EVENTS) this.#host.addEventListener(type, (event) => event.stopPropagation(), { signal });
    // On the window and before the page, so that its own use of the keys does not come in between.
    window.addEventListener('keydown', (event) => this.#keyDown(event), { signal, capture: true });
    window.addEventListener('keyup', (event) => this.#keyUp(event), { signal, capture: true });
    for (const type of TYPING_EVENTS) window.addEventListener(type, (event) => this.#typing(event), { signal, capture: true });
    window.addEventListener('blur', () => this.#hold(false), { signal });
    window.addEventListener('resize', () => this.#place(), { signal });
    window.addEventListener('scroll', () => this.#place(), { signal, capture: true, passive: true });
    this.#original.addEventListener('pointerdown', () => this.#hold(true), { signal });
    for (const type of ['pointerup', 'pointercancel', 'pointerleave', 'blur'] as const) {
      this.#original.addEventListener(type, () => this.#hold(false), { signal });
    }
    // From the keyboard there is nothing to hold: Space and Enter go to and fro.
    this.#original.addEventListener('click', (event) => event.detail === 0 && this.#hold(!this.#holding), { signal });
  }

  /** Puts the card into the page: above everything, and inside an open modal dialog, outside of which all is inert. */
  #show(): void {
    (modalAround(this.#before) ?? document.documentElement).append(this.#host);
    this.#host.popover = 'manual';
    this.#host.showPopover();
    this.#resized.observe(this.#card);
    this.#place();
    this.#card.focus({ preventScroll: true });
  }

  #place(): void {
    const { width, height } = this.#card.getBoundingClientRect();
    const view = { width: document.documentElement.clientWidth, height: window.innerHeight };
    const { left, top } = place(this.#anchor(), { width, height }, view);
    this.#card.style.left = `${left}px`;
    this.#card.style.top = `${top}px`;
  }

  #anchor(): AnchorRect {
    const { anchorRect } = this.#options;
    if (!this.#offset || !this.#before?.isConnected) return anchorRect;
    const { x, y } = this.#before.getBoundingClientRect();
    return { ...anchorRect, x: x + this.#offset.x, y: y + this.#offset.y };
  }

  #wording(): string {
    return wording(this.#outcome, this.#options.originalText);
  }

  /** Any attempt but the first asks for another wording than the likeliest. */
  #start(attempt = 0): void {
    if (isRunning(this.#outcome)) this.#handle?.cancel();
    this.#confirming = false;
    this.#attempt = attempt;
    const outcome = newOutcome();
    this.#outcome = outcome;
    const { originalText: text } = this.#options;
    const job = { type: 'rewrite', text, tone: this.#tone, instruction: this.#instruction, attempt } as const;
    this.#handle = this.#options.client.start(job, (event) => {
      // Events of an earlier try are not for the eyes any more.
      if (this.#closed || this.#outcome !== outcome) return;
      takeEvent(outcome, event);
      if (event.type === 'done') this.#say(t(event.reason === 'cancelled' ? 'statusStopped' : 'cardDone'));
      if (event.type === 'failed') this.#say(errorSentence(event.code));
      this.#update();
    });
    this.#update();
  }

  #update(): void {
    const outcome = this.#outcome;
    const { stage } = outcome;
    const running = isRunning(outcome);
    const usable = !running && this.#wording() !== '';
    const ended = usable && !isUnchanged(outcome) && !this.#notApplied;
    const changes = (outcome.diff?.corrections.length ?? 0) === 0 || outcome.accepted.size > 0;
    this.#showText();
    this.#stateLine.textContent = stateWords(outcome);
    this.#stateLine.hidden = this.#stateLine.textContent === '';
    this.#stateLine.classList.toggle('busy', running);
    this.#text.classList.toggle('writing', stage.kind === 'writing' && !this.#holding);
    this.#stop.hidden = !running;
    this.#replace.hidden = !ended;
    this.#replace.disabled = !ended || !changes || this.#applying;
    this.#replace.textContent = t(this.#confirming ? 'cardReplaceAnyway' : 'cardReplace');
    // A line of text holds no second one.
    this.#insert.hidden = !ended || this.#before instanceof HTMLInputElement;
    this.#insert.disabled = !ended || !changes || this.#applying;
    this.#copy.hidden = !usable;
    this.#copy.classList.toggle('primary', !this.#options.editable || this.#notApplied !== null);
    this.#again.hidden = running;
    this.#again.classList.toggle('primary', stage.kind === 'failed');
    this.#body.hidden = stage.kind === 'asking' || (stage.kind === 'failed' && outcome.text === '');
    this.#foot.hidden = stage.kind === 'asking';
    this.#original.hidden = outcome.text === '';
    this.#showNote();
  }

  #showText(): void {
    const { originalText } = this.#options;
    const { diff, text, accepted } = this.#outcome;
    this.#corrections.hide();
    if (this.#holding) {
      this.#text.replaceChildren(...flagged(originalText, 0, diff?.flags ?? []));
    } else if (diff && diff.corrections.length > 0) {
      this.#corrections.show(this.#text, originalText, diff.corrections, accepted);
    } else if (!diff) {
      this.#text.replaceChildren(text);
    } else {
      let at = 0;
      const nodes = diff.parts.flatMap((part): Node[] => {
        const start = at;
        if (part.kind !== 'insert') at += part.text.length;
        if (part.kind === 'equal') return [document.createTextNode(part.text)];
        const label = t(part.kind === 'insert' ? 'cardInserted' : 'cardDeleted');
        const content = part.kind === 'insert' ? [part.text] : flagged(part.text, start, diff.flags);
        const spoken = h('span', { class: 'unseen' }, ` [${label}] `);
        return [h(part.kind === 'insert' ? 'ins' : 'del', {}, spoken, ...content)];
      });
      this.#text.replaceChildren(...nodes);
    }
  }

  #showNote(): void {
    const outcome = this.#outcome;
    const { stage, diff } = outcome;
    const lines: Node[] = [];
    let style = '';
    if (stage.kind === 'failed') {
      style = 'danger';
      lines.push(h('p', {}, errorSentence(stage.code)));
    } else if (this.#notApplied) {
      style = 'danger';
      lines.push(h('p', {}, t(notAppliedWords(this.#notApplied))));
      if (this.#notApplied.kind === 'harmed') lines.push(this.#copyOriginal(this.#notApplied.before));
    } else if (diff && (doubt(outcome) === 'flags' || diff.notes.length > 0)) {
      const isDoubtful = doubt(outcome) === 'flags';
      style = isDoubtful ? 'warning' : '';
      const list = (key: PlainKey, spans: readonly { text: string }[]) => {
        if (spans.length > 0) lines.push(h('p', {}, t(key)), h('ul', {}, ...spans.map(({ text }) => h('li', {}, text))));
      };
      if (isDoubtful && diff.corrections.length === 0) {
        list('cardFlags', diff.flags);
        list('cardAdded', diff.added);
      }
      for (const [kind, key] of Object.entries(NOTES)) list(key, diff.notes.filter((note) => note.kind === kind));
    } else if (this.#confirming) {
      style = 'warning';
      lines.push(h('p', {}, t('cardPartialConfirm')));
    } else if (!this.#options.editable && stage.kind === 'done') {
      lines.push(h('p', {}, t('cardCopyOnly')));
    }
    if (this.#confirming && !this.#notApplied) lines.push(h('p', {}, t('cardFlagsConfirm')));
    this.#note.hidden = lines.length === 0;
    this.#note.className = `note ${style}`;
    this.#note.replaceChildren(...lines);
  }

  async #apply(): Promise<void> {
    if (!this.#options.editable || this.#replace.hidden || this.#replace.disabled) return;
    if (doubt(this.#outcome) && !this.#confirming) {
      this.#confirming = true;
      this.#update();
      this.#say(this.#note.textContent ?? '');
      return;
    }
    await this.#put(rewriteParts(this.#outcome, this.#options.originalText));
  }

  async #insertBelow(): Promise<void> {
    await this.#put([
      { kind: 'equal', text: this.#options.originalText },
      { kind: 'insert', text: `\n\n${this.#wording()}` },
    ]);
  }

  async #put(parts: readonly DiffPart[]): Promise<void> {
    this.#applying = true;
    this.#update();
    const applied = await this.#options.onApply(parts).catch((): Applied => ({ kind: 'failed' }));
    this.#applying = false;
    if (this.#closed) return;
    if (applied.kind === 'applied') {
      this.close();
      return;
    }
    this.#notApplied = applied;
    this.#say(t(notAppliedWords(applied)));
    this.#update();
    this.#copy.focus();
  }

  #copyOriginal(before: string): HTMLButtonElement {
    const copy = button('copy-original', 'cardCopyOriginal', '', () => void this.#copyText(before, copy, 'cardCopyOriginal'));
    return copy;
  }

  async #copyText(text: string, pressed: HTMLButtonElement, label: PlainKey): Promise<void> {
    const copied = await copyToClipboard(text, this.#root);
    this.#say(t(copied ? 'copied' : 'copyFailed'));
    pressed.textContent = t(copied ? 'copied' : label);
    setTimeout(() => (pressed.textContent = t(label)), COPIED_FOR);
  }

  #typing(event: Event): void {
    if (!event.isTrusted || !this.#own.hasFocus) return;
    event.stopImmediatePropagation();
    if (event.type === 'input') this.#own.update();
  }

  #keyDown(event: KeyboardEvent): void {
    if (!event.isTrusted || event.isComposing) return;
    if (event.key === 'Escape') {
      swallow(event);
      this.close();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      swallow(event);
      if (!event.repeat) void this.#apply();
    } else if (event.key === HOLD_KEY) {
      swallow(event);
      this.#hold(true);
    } else if (this.#own.hasFocus) {
      if (this.#own.keyDown(event)) swallow(event);
    } else if (this.#corrections.keyDown(event.key)) {
      swallow(event);
    }
  }

  #keyUp(event: KeyboardEvent): void {
    if (event.key !== HOLD_KEY) return;
    swallow(event);
    this.#hold(false);
  }

  #hold(holding: boolean): void {
    if (holding === this.#holding || this.#original.hidden) return;
    this.#holding = holding;
    this.#original.setAttribute('aria-pressed', String(holding));
    this.#update();
  }

  /** Says something once to people who do not see the screen. */
  #say(text: string): void {
    this.#said.textContent = text;
  }
}

function button(action: string, key: PlainKey, style: string, click: () => void): HTMLButtonElement {
  return h('button', { class: style, attributes: { type: 'button', 'data-action': action }, on: { click } }, t(key));
}

function notAppliedWords({ kind }: { kind: 'failed' | 'harmed' }): PlainKey {
  return kind === 'harmed' ? 'cardApplyHarmed' : 'cardApplyFailed';
}

function stateWords(outcome: Outcome): string {
  const { stage } = outcome;
  switch (stage.kind) {
    case 'waiting':
      return stage.ahead > 0 ? t('cardQueued', formatNumber(stage.ahead)) : t('cardWaiting');
    case 'writing':
      return '';
    case 'done':
      if (isUnchanged(outcome)) return t('cardNoChange');
      if (stage.reason === 'cancelled') return t('cardStopped');
      if (stage.reason === 'length') return t('endLength');
      return stage.reason === 'repetition' ? t('endRepetition') : '';
    case 'asking':
    case 'failed':
      return '';
  }
}

/** The nodes of a text, its flagged spans marked. */
function flagged(text: string, start: number, flags: readonly Flag[]): Node[] {
  return cutAtFlags(text, start, flags).map((piece) =>
    piece.flag ? h('span', { class: 'flag' }, piece.text) : document.createTextNode(piece.text),
  );
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** The element with the focus, inside open shadow roots too. */
function deepActiveElement(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === document.body || element === document.documentElement ? null : element;
}

/** The modal dialog that an element is in, through shadow roots too. */
function modalAround(element: Element | null): Element | null {
  for (let at = element; at; ) {
    const modal = at.closest('dialog:modal');
    if (modal) return modal;
    const root = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}

function offsetTo(element: Element | null, anchor: AnchorRect): { x: number; y: number } | null {
  if (!element) return null;
  const { x, y } = element.getBoundingClientRect();
  return { x: anchor.x - x, y: anchor.y - y };
}

/** Copies `text`. The clipboard's own interface is missing on pages without TLS and where the page forbids it. */
async function copyToClipboard(text: string, root: ShadowRoot): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = root.activeElement;
    const box = h('textarea', { class: 'unseen', attributes: { 'aria-hidden': 'true' } });
    box.value = text;
    root.append(box);
    box.select();
    const copied = document.execCommand('copy');
    box.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    return copied;
  }
}
