// The rewrite card.

import type { Card } from '../card-types';
import { type Options, RewriteCard } from './card';

/** Shows the card and starts the rewrite. */
export function openCard(options: Options): Card {
  return new RewriteCard(options);
}
