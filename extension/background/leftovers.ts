// What the engine's worker put aside and could not delete, because the browser was closed.

/** The name is the worker's too (crates/worker/src/browser/stored.rs). */
const PREFIXES = 'prefixes';

/** Deletes pages that were put aside in the last session. */
export async function deleteLeftovers(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  // Most often there is nothing to delete.
  await root.removeEntry(PREFIXES, { recursive: true }).catch(() => undefined);
}
