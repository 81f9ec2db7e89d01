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
}

/** The pack with this hash, from our server, with what is known filled in. Another pack under that name throws. */
export async function fetchPack(sha256: string, fills: Readonly<Record<string, string>>): Promise<Pack> {
  const response = await call("GET", `/api/v1/packs/${sha256}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (hash(bytes) !== sha256)
    throw new FormatError("The questions do not have the hash that the card names.");
  return fillPack(text(bytes), fills);
}

/** The pack with its marks filled in. Page texts keep `{expires}`: which day that is depends on the page. */
export function fillPack(source: string, fills: Readonly<Record<string, string>>): Pack {
  const { expires: _, ...always } = fills;
  return { ...parse(source, fills), texts: parse(source, always).texts };
}

function parse(source: string, fills: Readonly<Record<string, string>>): Pack {
  const fillIn = (_key: string, value: unknown): unknown =>
    typeof value === "string"
      ? value.replace(/\{([a-z-]+)\}/g, (all, name: string) => fills[name] ?? all)
      : value;
  return JSON.parse(source, fillIn) as Pack;
}
