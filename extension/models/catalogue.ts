// The models that can be downloaded, as data. check-catalogue.mjs says what an entry must be; the build refuses another.

import type { ModelNeeds } from '../generated/protocol';
import data from './catalogue.json';

export interface Licence {
  name: string;
  /** Where it can be read. */
  link: string;
}

/** What is said of a model before it is there. */
export interface Described {
  name: string;
  /** Of the file. */
  bytes: number;
  licence: Licence;
  /** Values in all weights. */
  parameters: number;
  quantisation: string;
  contextTokens: number;
}

/** A model that can be downloaded. */
export interface Offer extends Described {
  /** Names it, and its file on the disk. */
  id: string;
  address: string;
  /** In lower-case hexadecimal: what does not have it is deleted. */
  sha256: string;
  needs: ModelNeeds;
}

export interface Catalogue {
  /** The origins that addresses and their redirections may have: `connect-src` of the manifest. */
  hosts: string[];
  /** The model in the package, where there is one. */
  packaged: Described;
  models: Offer[];
}

export const CATALOGUE: Catalogue = data;
