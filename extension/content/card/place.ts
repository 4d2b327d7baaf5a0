// Where the card stands.

import type { AnchorRect } from '../../shared/messages';

export interface Size {
  width: number;
  height: number;
}

/** Between the card and the anchor, and between the card and the window's edges, in CSS pixels. */
const GAP = 8;

/**
 * The card's left upper corner in a window of size `view`: below the anchor where there is room, else above, else where
 * there is more; within the window in any case, over the anchor if it must be.
 */
export function place(anchor: AnchorRect, card: Size, view: Size): { left: number; top: number } {
  const above = anchor.y - GAP;
  const below = view.height - (anchor.y + anchor.height) - GAP;
  const isBelow = below >= card.height + GAP || below >= above;
  const top = isBelow ? anchor.y + anchor.height + GAP : anchor.y - GAP - card.height;
  return {
    left: clamp(anchor.x, GAP, view.width - card.width - GAP),
    top: clamp(top, GAP, view.height - card.height - GAP),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
