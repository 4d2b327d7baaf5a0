// One-use tokens from the user's gestures: each opens one port, for one frame, for a short time.

/** Milliseconds from the gesture within which its card must connect. */
const LIFETIME_MS = 30_000;

interface Gesture {
  tabId: number;
  frameId: number;
  /** `Date.now()` after which it is void. */
  expires: number;
}

export class Gestures {
  readonly #open = new Map<string, Gesture>();

  /** The service worker saw a gesture in this frame. */
  grant(token: string, tabId: number, frameId: number): void {
    const now = Date.now();
    for (const [old, { expires }] of this.#open) if (expires < now) this.#open.delete(old);
    this.#open.set(token, { tabId, frameId, expires: now + LIFETIME_MS });
  }

  /** Whether the token is good for this sender. It is spent by asking, whatever the answer. */
  redeem(token: string, sender: chrome.runtime.MessageSender): boolean {
    const gesture = this.#open.get(token);
    this.#open.delete(token);
    return (
      gesture !== undefined &&
      Date.now() <= gesture.expires &&
      sender.id === chrome.runtime.id &&
      sender.tab?.id === gesture.tabId &&
      sender.frameId === gesture.frameId
    );
  }
}
