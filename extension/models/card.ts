// A model on the disk, and what is known of it. The card lies beside the file as JSON; without one a file is nobody's.

import type { ModelFacts } from '../generated/protocol';
import type { Licence } from './catalogue';

export interface Card {
  /** Names the card and the files. */
  id: string;
  name: string;
  /** In the order of the parts; one, unless the model is split. */
  files: string[];
  /** Of all files. */
  bytes: number;
  /** Of each file; of a download that is not whole, what it must have. */
  sha256: string[];
  /** Where it came from: an address of the catalogue, or the name that it had on the disk. */
  origin: { from: 'catalogue'; address: string } | { from: 'disk'; fileName: string };
  licence: Licence | null;
  /** None while a download is not whole. */
  facts: ModelFacts | null;
  isWhole: boolean;
}

/** Ids become names of files. */
export const MODEL_ID = /^[a-z0-9][a-z0-9.-]{0,59}$/;

/** A card that was kept; null where the text is none. */
export function parseCard(text: string): Card | null {
  try {
    const card = JSON.parse(text) as Card;
    const isCard = MODEL_ID.test(card.id) && Array.isArray(card.files) && card.files.length > 0 && card.files.every((file) => typeof file === 'string');
    return isCard && typeof card.isWhole === 'boolean' ? card : null;
  } catch {
    return null;
  }
}
