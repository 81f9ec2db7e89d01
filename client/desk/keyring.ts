// The handler's unlocked key, carried from desk page to desk page and closed with the tab.
import type { Signer } from "../lib/statement.ts";

export class LockedError extends Error {}

export const keyring = {
  /** "open" while this page may use the key. */
  state(): "locked" | "open" {
    return "locked";
  },
  /** When the key closes if nobody touches the page. */
  until(): Date {
    return new Date(0);
  },
  /** Opens an age file that was sealed to me. Throws LockedError while locked. */
  open(sealed: Uint8Array): Promise<Uint8Array> {
    return Promise.reject(new LockedError(String(sealed.length)));
  },
  /** Seals to any recipients, off the page's own thread. */
  seal(data: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
    return Promise.reject(new LockedError(String(data.length + recipients.length)));
  },
  /** Signs as me; signing happens in the keyring's worker. Throws LockedError while locked. */
  signer(): Signer {
    throw new LockedError();
  },
  /** Key id of the open key, or "" while locked. */
  get key(): string {
    return "";
  },
  /** Closes the key here and in every other tab. */
  lock(): void {},
  /** Resolves once the key is open: at once, or when the person has unlocked it. */
  whenOpen(): Promise<void> {
    return new Promise(() => undefined);
  },
  /** Calls back on every change between open and locked, and when the deadline moves. */
  onChange(callback: () => void): void {
    callback();
  },
};
