// Judges a list of envelopes that came from a server nobody has to trust (formats, section 4).
import { inspect } from "./age.ts";
import { fingerprint, hash } from "./bytes.ts";
import { openEnvelope, verifyEnvelope } from "./envelope.ts";
import type { EnvelopeBody, EnvelopeKind, Opened } from "./envelope.ts";
import type { Epochs, KnownKeys, Scope } from "./grant.ts";

/** What is wrong with an envelope, or `closed`: sealed to others, as it should be. */
export type Fault = "forged" | "moved" | "replayed" | "reordered" | "gap" | "unknown-last" | "closed";

/** An envelope as the server lists it. Without `sealed` it is one this reader cannot open. */
export interface Listed {
  kind: string;
  epoch: number;
  sha256: string;
  sealed?: Uint8Array | undefined;
}

export interface Identity {
  scope: Scope | "reporter";
  epoch: number; // 0 for the reporter's own
  identity: string;
}

/** What the reader knows by herself: keys she trusts, the checked epochs, the identities she holds. */
export interface Reader {
  case: string;
  known: KnownKeys;
  epochs: Epochs;
  reporter: string; // the reporter's age recipient
  identities: readonly Identity[];
}

/** One envelope in its place. `faults` is empty when all is well; `missing` counts envelopes skipped before it. */
export interface Judged {
  index: number;
  sha256: string;
  faults: Fault[];
  missing: number;
  envelope?: EnvelopeBody;
}
