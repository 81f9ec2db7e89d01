// Statements: the one form in which anything is signed (formats, section 1).
import { ed25519 } from "@noble/curves/ed25519.js";
import { b64, FormatError, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";

// Versions that are written and read, where it is not the first (formats/kinds.py). Version 1 of `epoch` named no
// holders, version 1 of `pledge-slip` was not signed; neither left a demonstration: decisions 0012, 0022.
const VERSIONS: Readonly<Record<string, number>> = { epoch: 2, "lead-sheet": 2, "pledge-slip": 2 };

function header(kind: string): string {
  return `upstander/${kind}/v${VERSIONS[kind] ?? 1}`;
}

/** Who can sign: `sign` is the public key as b64. In the desk the private half stays in a worker. */
export interface Signer {
  readonly sign: string;
  sign_bytes(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export function signerFromSeed(seed: Uint8Array): Signer {
  const secret = new Uint8Array(seed);
  return { sign: b64(ed25519.getPublicKey(secret)), sign_bytes: (data) => ed25519.sign(data, secret) };
}

/** Signs `body` as a statement of this kind and returns its text. */
export async function signStatement(kind: string, body: JsonObject, signer: Signer): Promise<string> {
  const signed = `${header(kind)}\n${text(encode(body))}\n`;
  return `${signed}${b64(await signer.sign_bytes(utf8(signed)))}\n`;
}

/**
 * The body of a statement whose form is right. The signature is NOT checked: use it to learn who claims to
 * sign.
 */
export function peekStatement(statement: string, kind: string): JsonObject {
  return parse(statement, kind).body;
}

/** The body of a statement signed with this key, or an error. */
export function verifyStatement(statement: string, kind: string, sign: string): JsonObject {
  const { signed, signature, body } = parse(statement, kind);
  if (!isSigned(signature, signed, sign)) throw new FormatError("The signature is wrong.");
  return body;
}

/** Whether this key (b64) signed these bytes: Ed25519, one form for each signature. Throws for a key that is none. */
export function isSigned(signature: Uint8Array, signed: Uint8Array, sign: string): boolean {
  const key = unb64(sign, 32);
  try {
    return ed25519.verify(signature, signed, key, { zip215: false });
  } catch {
    return false;
  }
}

function parse(statement: string, kind: string): { signed: Bytes; signature: Bytes; body: JsonObject } {
  const lines = statement.split("\n");
  if (lines.length !== 4 || lines[3] !== "") throw new FormatError("A statement has three lines.");
  const [head, json, signature] = lines as [string, string, string, string];
  if (head !== header(kind)) throw new FormatError(`Expected a statement of kind ${kind}.`);
  const body = decode(utf8(json));
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new FormatError("A statement holds an object.");
  }
  return { signed: utf8(`${head}\n${json}\n`), signature: unb64(signature, 64), body: body as JsonObject };
}
