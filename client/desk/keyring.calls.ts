// What the page and the keyring worker say to each other.
import type { WrappedKey } from "../lib/wrapped.ts";
import type { MadeKey, PublicKey, Wrapping } from "./vault.ts";

export type Request =
  | { act: "make"; wrappings: readonly Wrapping[] }
  | { act: "rewrap"; blob: WrappedKey; wrap: Uint8Array; next: Wrapping }
  | { act: "unlock"; blob: WrappedKey; wrap: Uint8Array; slot: string }
  | { act: "wake"; slot: string; carried: string }
  | { act: "open"; sealed: Uint8Array }
  | { act: "seal"; data: Uint8Array; recipients: readonly string[] }
  | { act: "sign"; data: Uint8Array };

/** What each act answers with. */
export interface Results {
  make: MadeKey;
  rewrap: WrappedKey;
  unlock: PublicKey & { carried: string };
  wake: PublicKey;
  open: Uint8Array;
  seal: Uint8Array;
  sign: Uint8Array;
}

export interface Call {
  id: number;
  request: Request;
}

export type Answer = { id: number; value: unknown } | { id: number; error: string };
