// A rewrite in the page: the text that is meant, the card beside it, and the way of the result into the field.

import { EngineClient } from '../shared/engine-client';
import { type AnchorRect, failure, type Result, type RewriteHere, success } from '../shared/messages';
import { openCard } from './card';
import type { Card } from './card-types';
import { drawnText } from './drawn';
import { extractSelection } from './extract';
import { deepActiveElement, type Field, focusedField } from './field';

let open: Card | null = null;

/** Opens the card for what the message and the page tell to rewrite, in the place of one that is open. */
export function rewriteHere({ tone, saved, canSave, token, selectionText }: RewriteHere): Result<null> {
  const field = selectionText === null ? writableOrSelected() : success(readOnly(selectionText));
  if (!field.ok) return field;
  open?.close();
  const client = new EngineClient('field', token);
  const { text, rect, apply } = field.value;
  const card = openCard({
    anchorRect: rect,
    originalText: text,
    tone,
    saved,
    save: canSave ? (name, instruction) => client.saveRewrite(name, instruction) : null,
    client,
    editable: apply !== null,
    onApply: apply ?? (async () => ({ kind: 'failed' })),
    onClose() {
      client.close();
      if (open === card) open = null;
    },
  });
  open = card;
  return success(null);
}

/** Text that can be rewritten but perhaps not put back. */
type Rewritable = Omit<Field, 'apply'> & { apply: Field['apply'] | null };

function writableOrSelected(): Result<Rewritable> {
  const field = focusedField();
  if (field.ok || field.failure.code === 'field-protected') return field;
  const drawn = drawnOrNone();
  if (drawn) return success(drawn);
  const selected = extractSelection();
  if (selected.ok) return success(readOnly(selected.value.source.text));
  return field.failure.code === 'empty-selection' ? field : failure('empty-selection', 'no field, and no selection');
}

/** What is selected in an editor that draws its text itself: nothing in the page tells whether it took another text. */
function drawnOrNone(): Rewritable | null {
  const element = deepActiveElement();
  const text = element ? drawnText(element) : '';
  if (!element || !text.trim()) return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  return { text, rect: { x, y, width, height }, apply: null };
}

function readOnly(text: string): Rewritable {
  return { text, rect: selectionRect(), apply: null };
}

/** Where the selection stands; the middle of the top of the window where there is none. */
function selectionRect(): AnchorRect {
  const selection = getSelection();
  const box = selection && selection.rangeCount > 0 ? selection.getRangeAt(0).getBoundingClientRect() : null;
  if (!box || (box.width === 0 && box.height === 0)) return { x: innerWidth / 2, y: 0, width: 0, height: 0 };
  return { x: box.x, y: box.y, width: box.width, height: box.height };
}
