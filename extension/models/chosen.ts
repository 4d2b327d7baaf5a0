// Which file the engine is to load.

import type { ModelFile } from '../generated/protocol';
import { PACKAGED_MODEL } from '../shared/engine-port';
import type { Settings } from '../shared/settings';
import { Disk } from './disk';

/**
 * The chosen model's files, whether they are there or not; without a choice the package's. In private windows always the package's:
 * they have a private file system of their own, which is empty.
 */
export async function chosenFile({ model }: Settings): Promise<ModelFile> {
  if (model === null || chrome.extension.inIncognitoContext) return { in: 'package', url: chrome.runtime.getURL(PACKAGED_MODEL) };
  const card = (await new Disk().cards()).find(({ id }) => id === model);
  return { in: 'storage', names: card?.files ?? [`${model}.gguf`] };
}
