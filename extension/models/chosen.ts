// Which file the engine is to load.

import type { ModelFile } from '../generated/protocol';
import { PACKAGED_MODEL } from '../shared/engine-port';
import type { Settings } from '../shared/settings';

/**
 * The chosen model's file, whether it is there or not; without a choice the package's. In private windows always the package's: they
 * have a private file system of their own, which is empty.
 */
export function chosenFile({ model }: Settings): ModelFile {
  if (model === null || chrome.extension.inIncognitoContext) return { in: 'package', url: chrome.runtime.getURL(PACKAGED_MODEL) };
  return { in: 'storage', name: `${model}.gguf` };
}
