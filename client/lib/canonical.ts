// Canonical JSON: one text for one value, so that what is signed and hashed is never in doubt (formats,
// section 1).
import { FormatError, isWellFormed, text, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const DEPTH = 64; // no format nests deeper; a limit keeps hostile input from exhausting the stack
const SHORT: Record<string, string> = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

/** Canonical bytes of a value. Floats, unsafe integers, lone surrogates and non-ASCII keys are refused. */
export function encode(value: Json): Bytes {
  return utf8(write(value, 0));
}

/** The value behind canonical bytes; any other spelling of the same value is refused. */
export function decode(bytes: Uint8Array): Json {
  const source = text(bytes);
  let value: Json;
  try {
    value = JSON.parse(source) as Json;
  } catch {
    throw new FormatError("This is not JSON.");
  }
  if (write(value, 0) !== source) throw new FormatError("This JSON is not in canonical form.");
  return value;
}

function write(value: Json, depth: number): string {
  if (depth > DEPTH) throw new FormatError("The value is nested too deeply.");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "string") return writeString(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => write(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw new FormatError("This kind of value has no canonical form.");
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort(byCode)
    .map((key) => `${writeKey(key)}:${write(object[key]!, depth + 1)}`);
  return `{${members.join(",")}}`;
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function writeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0))
    throw new FormatError("Only whole numbers within 2^53 - 1.");
  return String(value);
}

function writeKey(key: string): string {
  if (!/^[\x00-\x7f]*$/.test(key)) throw new FormatError("A key holds a character that is not ASCII.");
  return writeString(key);
}

function writeString(value: string): string {
  if (!isWellFormed(value)) throw new FormatError("The text holds half a character.");
  const escaped = value.replace(
    /["\\\x00-\x1f]/g,
    (one) => SHORT[one] ?? (one < " " ? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}` : `\\${one}`),
  );
  return `"${escaped}"`;
}
