// The slow step from words to a root key (formats, section 2). Runs inside a worker: 64 MiB and up to
// seconds.
import { argon2id } from "hash-wasm";
import type { Bytes } from "./bytes.ts";

export interface RootRequest {
  words: string;
  salt: Uint8Array;
}

/** Argon2id with 64 MiB, three passes, one lane: 32 bytes. */
export async function rootKey({ words, salt }: RootRequest): Promise<Bytes> {
  const root = await argon2id({
    password: words,
    salt,
    memorySize: 64 * 1024,
    iterations: 3,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(root);
}
