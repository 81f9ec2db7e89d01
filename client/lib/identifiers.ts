// What a person is known by, written one way, so that two reporters who write it differently match. The rules are
// published (docs/reference/identifiers.md) and the same in src/upstander/keepers/identifiers.py.
import words from "../../src/upstander/keepers/identifiers.json";
import { FormatError, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

/** What is wrong with what was typed; a page has a text for each in every language it is read in. */
export type Unfit = "nothing" | "long" | "email" | "phone" | "handle-name" | "initial" | "number" | "latin";

/** What was typed cannot be an identifier of this kind. `field` is the one to look at. */
export class IdentifierError extends FormatError {
  override name = "IdentifierError";
  readonly field: string;
  readonly why: Unfit;
  constructor(field: string, why: Unfit) {
    super(`This cannot be compared: ${why}.`);
    this.field = field;
    this.why = why;
  }
}

type Fields = Readonly<Record<string, string>>;
type Table = Readonly<Record<string, string>>;

/** Every kind with its fields in order. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  warrant: ["number", "force"],
  collar: ["number", "force", "surname"],
  email: ["address"],
  phone: ["number"],
  handle: ["name", "network"],
  name: ["first", "surname", "force", "station"],
};

const LONGEST = 64; // characters of one written part
const BLANK = /[\x00-\x20\x7f\x85\u1680\u2028\u2029]/g; // what NFKC leaves of white space and controls
const HYPHENS = /['’‘`‐‒–—-]/g;
const HOST = "^(?:https?:)?(?://)?(?:www\\.|m\\.)?";
const EMAIL = /^[a-z0-9.!#$%&'*/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const HANDLE = /^[a-z0-9._-]*[a-z0-9][a-z0-9._-]*$/;
const NUMBER = /^([a-z]*)([0-9]+)([a-z]*)$/;

const WRITE: Readonly<Record<string, (fields: Fields) => string[]>> = {
  warrant: ({ number, force }) => [serviceNumber(number!), forceName(force!)],
  collar: ({ number, force, surname: name }) => [
    serviceNumber(number!),
    forceName(force!),
    surname(name!).slice(0, 1),
  ],
  email: ({ address }) => [email(address!)],
  phone: ({ number }) => [phone(number!)],
  handle: ({ name, network }) => [handle(name!), networkName(network!)],
  name: ({ first, surname: name, force, station }) => [
    firstName(first!),
    surname(name!),
    forceName(force!),
    wordsIn("station", station!)
      .filter((word) => !words.stations.includes(word))
      .join(" "),
  ],
};

/** The one way of writing an identifier: its kind and its parts, a line each, in ASCII. */
export function identifier(kind: string, fields: Fields): string {
  const [names, write] = [own(KINDS, kind), own(WRITE, kind)];
  if (names === undefined || write === undefined)
    throw new FormatError("There is no identifier of this kind.");
  if (Object.keys(fields).length !== names.length || names.some((name) => typeof fields[name] !== "string"))
    throw new FormatError(`Expected exactly these fields: ${names.join(", ")}.`);
  const parts = write(fields);
  names.forEach((name, i) => {
    if (parts[i] === "") throw new IdentifierError(name, "nothing");
    if (parts[i]!.length > LONGEST)
      throw new IdentifierError(name, "long");
  });
  return [kind, ...parts].join("\n");
}

/** What the keepers' function is asked about: an identifier as `identifier` writes it. Version 2 is a warrant number with its force. */
export function oprfInput(written: string): Bytes {
  return utf8(`upstander/identifier/v${/^warrant\n.*\n/.test(written) ? 2 : 1}\n${written}`);
}

function email(typed: string): string {
  const plain = plainOf(typed).replace(BLANK, "");
  const inner = /<([^<>]*)>/.exec(plain)?.[1] ?? plain;
  const whole = inner.replace(/^mailto:/, "").replace(/\.+$/, "");
  const at = whole.indexOf("@");
  const local = (at < 0 ? whole : whole.slice(0, at)).replace(/\+[^]*$/, "");
  const address = at < 0 ? local : local + whole.slice(at);
  if (!EMAIL.test(address))
    throw new IdentifierError("address", "email");
  return address;
}

function phone(typed: string): string {
  const plain = latin("number", typed)
    .replace(/^[^0-9+]*/, "")
    .replaceAll("(0)", "");
  const [first, ...rest] = plain.split(/extension|ext|x|#/);
  const extension = rest.join("").replace(/[^0-9a-z+]/g, "");
  const main = first!
    .replace(/[^0-9a-z+]/g, "")
    .replace(/^00/, "+")
    .replace(/^(?:\+440|0|44(?=[0-9]{9,10}$))/, "+44")
    .replace(/^(?=7[0-9]{9}$)/, "+44");
  if (!/^\+[1-9][0-9]{6,14}$/.test(main) || !/^[0-9]{0,6}$/.test(extension))
    throw new IdentifierError("number", "phone");
  return extension === "" ? main : `${main}x${extension}`;
}

function handle(typed: string): string {
  const plain = latin("name", typed)
    .replace(BLANK, "")
    .replace(/[^\x00-\x7f]/gu, "")
    .replace(/\/+$/, "")
    .replace(new RegExp(`${HOST}[a-z0-9-]+(?:\\.[a-z0-9-]+)+/`), "")
    .replace(/^(?:@|u\/|user\/|in\/|add\/)+/, "")
    .replace(/[/?#][^]*$/, "");
  if (!HANDLE.test(plain))
    throw new IdentifierError("name", "handle-name");
  return plain;
}

function networkName(typed: string): string {
  const networks: Table = words.networks;
  const site = latin("network", typed)
    .replace(BLANK, "")
    .replace(new RegExp(HOST), "")
    .replace(/\/[^]*$/, "");
  const known = own(networks, site);
  if (known !== undefined) return known;
  const where = wordsIn("network", typed).join(" ");
  return own(networks, where) ?? where;
}

function firstName(typed: string): string {
  const [given] = withoutTitles(wordsIn("first", typed, true));
  if (given?.length === 1)
    throw new IdentifierError("first", "initial");
  return given ?? "";
}

function serviceNumber(typed: string): string {
  const ignored = [...words.ranks, ...words.labels];
  const found = NUMBER.exec(without(wordsIn("number", typed), ignored).join(""));
  if (found === null)
    throw new IdentifierError("number", "number");
  const [, before, digits, after] = found as unknown as [string, string, string, string];
  return (digits.replace(/^0+/, "") || "0") + (ignored.includes(before) ? "" : before) + after;
}

function surname(typed: string): string {
  return withoutTitles(wordsIn("surname", typed, true)).join("");
}

function forceName(typed: string): string {
  const where = wordsIn("force", typed)
    .filter((word) => !words.generic.includes(word))
    .join(" ");
  return own(words.forces, where) ?? where;
}

function withoutTitles(found: readonly string[]): readonly string[] {
  return without(found, [...words.ranks, ...words.titles]);
}

/** The words without those at the beginning that are ignored; the last one always stays. */
function without(found: readonly string[], ignored: readonly string[]): readonly string[] {
  const start = found.findIndex((word, i) => i === found.length - 1 || !ignored.includes(word));
  return found.slice(Math.max(0, start));
}

/** Runs of a to z and 0 to 9; `joined` lets hyphens and apostrophes not part them. */
function wordsIn(field: string, typed: string, joined = false): string[] {
  const plain = latin(field, typed);
  return (joined ? plain.replace(HYPHENS, "") : plain).match(/[a-z0-9]+/g) ?? [];
}

/** As `plainOf`, but letters and digits of other scripts are refused. */
function latin(field: string, typed: string): string {
  const plain = plainOf(typed);
  if (/(?![\x00-\x7f])[\p{L}\p{N}]/u.test(plain))
    throw new IdentifierError(field, "latin");
  return plain;
}

/** Lower case, one form of each letter, no accents, nothing that cannot be seen. */
function plainOf(typed: string): string {
  const folded = swap(words.confusables, typed.normalize("NFKC")).toLowerCase().normalize("NFKD");
  return swap(words.letters, folded).replace(/[\p{M}\p{Cf}]/gu, "");
}

function swap(table: Table, text: string): string {
  return [...text].map((one) => own(table, one) ?? one).join("");
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
