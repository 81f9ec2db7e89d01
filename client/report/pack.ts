// The compiled policy pack, as docs/reference/pack.md has it, and how it is fetched and checked.
import { FormatError, hash, text } from "../lib/bytes.ts";
import { call } from "../lib/api.ts";

export interface Option {
  id: string;
  label: string;
  hint: string;
  apart: boolean;
  then: string;
}

export interface Field {
  id: string;
  label: string;
  hint: string;
  kind: "line" | "text" | "one";
  options: readonly Option[];
}

export type Cond =
  | { all: readonly Cond[] }
  | { any: readonly Cond[] }
  | { not: Cond }
  | { answered: readonly [question: string, option: string] }
  | { path: string }
  | { set: string };

export type Kind =
  | "one"
  | "many"
  | "text"
  | "line"
  | "dates"
  | "people"
  | "form"
  | "file"
  | "prints"
  | "info"
  | "point"
  | "exclude"
  | "bodies"
  | "fate"
  | "named"
  | "after"
  | "check";

export interface Question {
  id: string;
  part: string;
  kind: Kind;
  title: string;
  hint: string;
  body: string;
  travels: "report" | "sheet" | "no";
  marks: boolean;
  options: readonly Option[];
  fields: readonly Field[];
  when: Cond | null;
  notes: readonly { when: Cond; text: string }[];
  lines: readonly string[];
  add: string;
  leave: boolean;
}

export type Known = "yes" | "no" | "unknown";

export interface SupportLine {
  id: string;
  name: string;
  for: string;
  phone: string;
  text: string;
  address: string;
  hours: string;
  free: Known;
  bill: Known;
  insider: Known;
  keeps: Known;
  note: string;
  areas: readonly string[];
  checked: string;
}

export interface Step {
  id: string;
  label: string;
  visible: string;
  terminal: boolean;
}

export interface Pack {
  format: "upstander/pack/v1";
  id: string;
  version: string;
  language: string;
  tried_with_users: boolean;
  texts: Readonly<Record<string, string>>;
  parts: readonly { id: string; name: string }[];
  paths: Readonly<Record<string, readonly string[]>>;
  finish: readonly string[];
  path_by: { question: string; map: Readonly<Record<string, string>>; default: string };
  questions: Readonly<Record<string, Question>>;
  support: readonly SupportLine[];
  steps: readonly Step[];
  outcomes: readonly { id: string; label: string; help: string }[];
  clocks: { open_days: number; write_days: number; look_back_days: number };
  kinds: readonly string[];
  /** Language -> what this pack says -> what that is in the language. Packs of before there were any have none. */
  translations?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

// Where words stand. Everything else in a pack is for machines, and an id may read like a word.
const WORDS = new Set(["title", "hint", "body", "label", "name", "help", "text", "for", "hours", "note", "add", "phone"]);

/** The pack with this hash, from our server, as it stands. Another pack under that name throws. */
export async function fetchPack(sha256: string): Promise<string> {
  const response = await call("GET", `/api/v1/packs/${sha256}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (hash(bytes) !== sha256)
    throw new FormatError("The questions do not have the hash that the card names.");
  return text(bytes);
}

/** The pack with its marks filled in. Page texts keep `{expires}`: which day that is depends on the page. */
export function fillPack(pack: Pack, fills: Readonly<Record<string, string>>): Pack {
  const { expires: _, ...always } = fills;
  return { ...mapped(pack, filler(fills)), texts: mapped(pack.texts, filler(always)) };
}

/** Every language this pack is in, its own first. What has no translation stays as the pack says it. */
export function inLanguages(source: string): Pack[] {
  const pack = JSON.parse(source) as Pack;
  const others = Object.entries(pack.translations ?? {}).map(([language, said]) => ({ ...translated(pack, said), language }));
  return [pack, ...others].map((one) => ({ ...one, translations: {} }));
}

function translated(pack: Pack, said: Readonly<Record<string, string>>): Pack {
  const say = (words: string): string => (Object.hasOwn(said, words) ? said[words]! : words);
  return { ...mapped(pack, (words, key) => (WORDS.has(key) ? say(words) : words)), texts: mapped(pack.texts, say) };
}

function filler(fills: Readonly<Record<string, string>>): (words: string) => string {
  return (words) => words.replace(/\{([a-z-]+)\}/g, (all, name: string) => fills[name] ?? all);
}

/** The value with each of its strings changed, by what it says and the key it stands under. */
function mapped<T>(value: T, change: (words: string, key: string) => string): T {
  const each = (key: string, one: unknown): unknown => (typeof one === "string" ? change(one, key) : one);
  return JSON.parse(JSON.stringify(value), each) as T;
}
