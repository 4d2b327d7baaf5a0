// Between the content script, which knows the page, and the card, which knows the screen.

import type { DiffPart, Tone } from '../generated/protocol';
import type { EngineClient } from '../shared/engine-client';
import type { AnchorRect } from '../shared/messages';
import type { SavedRewrite } from '../shared/settings';

/**
 * How putting a rewrite into a field ended. `failed`: the field is gone, or holds something else now, or did not take the text; it
 * is as it was, and the card offers Copy. `harmed`: it is not, and could not be put back; `before` is all that it held.
 */
export type Applied = { kind: 'applied' } | { kind: 'failed' } | { kind: 'harmed'; before: string };

/** What the card needs to know and may do. */
export interface CardOptions {
  /** The field or the selection in the viewport; the card stands beside it. */
  anchorRect: AnchorRect;
  /** What is to be rewritten, as it was read. */
  originalText: string;
  /** How to rewrite it first; the card may offer the other tones. With `own` it asks what to do. */
  tone: Tone;
  /** The user's own ways to rewrite, offered after the tones. */
  saved: readonly SavedRewrite[];
  /** Adds one to these, and gives it; null where that was not done. Itself null where nothing may be kept. */
  save: ((name: string, instruction: string) => Promise<SavedRewrite | null>) | null;
  /** Allows rewrites, and nothing else. The content script closes it after `onClose`. */
  client: EngineClient;
  /** Whether `onApply` can replace the text; else the card offers Copy alone. */
  editable: boolean;
  /** Makes the changes of `parts`, a diff of the original, as one step of undo. */
  onApply(parts: readonly DiffPart[]): Promise<Applied>;
  /** The card has removed itself. Called once. */
  onClose(): void;
}

/** A card that is open. */
export interface Card {
  /** Removes it, as Esc does. */
  close(): void;
}

/** Shows the card, starts the rewrite unless it has to ask for the instruction. Exported as `openCard` by content/card/. */
export type OpenCard = (options: CardOptions) => Card;
