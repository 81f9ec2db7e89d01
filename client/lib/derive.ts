// Keys from seven words (formats, section 2). The slow part runs in a worker, so the page never freezes.
import { identityFromSeed, recipientOf } from "./age.ts";
import type { RootRequest } from "./argon.ts";
import { concat, hash, hkdf, keyId, sha256, utf8 } from "./bytes.ts";
import { signerFromSeed } from "./statement.ts";
import type { Signer } from "./statement.ts";
import { ask } from "./worker.ts";

/**
 * Everything a reporter's words open. `mailbox` is the hash the server knows, `key` the reporter's key id.
 */
export interface ReceiptKeys {
  mailboxId: Uint8Array;
  mailbox: string;
  identity: string;
  seal: string;
  signer: Signer;
  seed: Uint8Array; // of the signer, for a worker that signs
  key: string;
  log: Uint8Array;
}

export interface UnlockKeys {
  wrap: Uint8Array;
  signer: Signer;
}

type Progress = (done: number) => void;

/** The reporter's keys. Nothing leaves the device. `signal` ends the work at once. */
export async function receiptKeys(
  words: readonly string[],
  installation: string,
  onProgress?: Progress,
  signal?: AbortSignal,
): Promise<ReceiptKeys> {
  return receiptKeysFromRoot(await root(words, receiptSalt(installation), onProgress, signal));
}

/** A handler's unlock keys: one wraps her keys, one signs her in. */
export async function unlockKeys(
  words: readonly string[],
  installation: string,
  username: string,
  onProgress?: Progress,
): Promise<UnlockKeys> {
  return unlockKeysFromRoot(await root(words, unlockSalt(installation, username), onProgress));
}

export async function receiptKeysFromRoot(rootKey: Uint8Array): Promise<ReceiptKeys> {
  const part = (label: string): Uint8Array => hkdf(rootKey, `upstander/receipt/v1/${label}`);
  const mailboxId = part("mailbox");
  const identity = identityFromSeed(part("seal"));
  const seal = await recipientOf(identity);
  const seed = part("sign");
  const signer = signerFromSeed(seed);
  const mailbox = hash(concat(utf8("upstander/mailbox/v1\n"), mailboxId));
  const key = keyId(signer.sign, seal);
  return { mailboxId, mailbox, identity, seal, signer, seed, key, log: part("log") };
}

export function unlockKeysFromRoot(rootKey: Uint8Array): UnlockKeys {
  const part = (label: string): Uint8Array => hkdf(rootKey, `upstander/unlock/v1/${label}`);
  return { wrap: part("wrap"), signer: signerFromSeed(part("sign-in")) };
}

export function receiptSalt(installation: string): Uint8Array {
  return sha256(utf8(`upstander/receipt-salt/v1\n${installation}`)).slice(0, 16);
}

export function unlockSalt(installation: string, username: string): Uint8Array {
  return sha256(utf8(`upstander/unlock-salt/v1\n${installation}\n${username}`)).slice(0, 16);
}

function root(
  words: readonly string[],
  salt: Uint8Array,
  onProgress?: Progress,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return ask<RootRequest, Uint8Array>("derive.worker", { words: words.join(" "), salt }, onProgress, signal);
}
