// Kinds of field. Offsets count UTF-16 units of what `read` gives.

import { type Change, enclosing } from './change';
import { editableSurface } from './editable';
import { type } from './input-path';
import type { Looks } from './looks';

export interface Surface {
  element: HTMLElement;
  read(): string;
  /** What is shown, in a form to compare; null where the field knows no formats. */
  looks(): Looks | null;
  /** The selected units; null where nothing is selected. */
  selected(): { start: number; end: number } | null;
  /** Whether all that is selected (all there is, where nothing is) can be read: editors keep parts that nobody sees to themselves. */
  isWhole(): boolean;
  /** `text` as this kind of field can hold it. */
  adapt(text: string): string;
  /** Whether the browser lets the person type here now. */
  writable(): boolean;
  /** The insertion that makes `changes`, of which there is at least one. Null where it would take more along than text. */
  insertion(changes: readonly Change[]): Insertion | null;
}

/** One insertion: what it replaces, and what does it. */
export interface Insertion {
  /** Selects what is replaced, for the editor to act upon. */
  select(): void;
  /** Whether that is still selected: editors have a say in it. */
  isSelected(): boolean;
  /** One step through the editor's own input path: its events fire, and its undo knows it as one. */
  insert(): void;
}

/** The kind of field that `element` is, or is in; null where it is none. */
export function surfaceOf(element: Element): Surface | null {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return inputSurface(element);
  return element instanceof HTMLElement && element.isContentEditable ? editableSurface(element) : null;
}

function inputSurface(element: HTMLInputElement | HTMLTextAreaElement): Surface {
  return {
    element,
    read: () => element.value,
    looks: () => null,
    selected() {
      const { selectionStart: start, selectionEnd: end } = element;
      return start !== null && end !== null && start < end ? { start, end } : null;
    },
    isWhole: () => true,
    adapt(text) {
      const unix = text.replace(/\r\n?/g, '\n');
      return element instanceof HTMLInputElement ? unix.replace(/\n+/g, ' ') : unix;
    },
    writable: () => !element.readOnly && !element.matches(':disabled'),
    insertion(changes) {
      const { start, end, text } = enclosing(element.value, changes);
      return {
        select: () => element.setSelectionRange(start, end),
        isSelected: () => element.selectionStart === start && element.selectionEnd === end,
        insert: () => type(text),
      };
    },
  };
}
