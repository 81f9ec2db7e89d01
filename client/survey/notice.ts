// The notice of a wave, and what of somebody's answers about herself is kept: never more than its plan allows.
import { fingerprint, FormatError, unb64 } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import type { Json } from "../lib/canonical.ts";
import { asDay, asObject, asText } from "../lib/shape.ts";
import { peekStatement, verifyStatement } from "../lib/statement.ts";

export const NOT_STATED = "not_stated";
export const FIELDS = [
  "stratum",
  "sex",
  "ethnicity5",
  "age_band",
  "disability",
  "sexual_orientation",
] as const;
export type Field = (typeof FIELDS)[number];
export type About = Readonly<Partial<Record<Field, string>>>;

/** Nothing more to ask, or a question with what each group is kept as and what comes after it. */
export interface Tree {
  readonly ask?: Field;
  readonly as?: Readonly<Record<string, string>>;
  readonly to?: Readonly<Record<string, Tree>>;
}

export interface Notice {
  readonly wave: string;
  readonly issuer: string;
  readonly letters: string;
  readonly address: string;
  readonly key: Bytes;
  readonly opens: string;
  readonly closes: string;
  readonly areas: Readonly<Record<string, string>>;
  readonly tree: Tree;
}

/**
 * A notice, if the issuing body that this page knows signed it: `known` is that body's key. `letters` are that key's,
 * in groups of four, for people to compare with the letter that the body sent them.
 */
export function readNotice(text: string, known: string): Notice {
  const issuer = asObject(peekStatement(text, "survey-wave")["issuer"]);
  if (asText(issuer["sign"]) !== known) throw new FormatError("Another body signed this notice.");
  const body = verifyStatement(text, "survey-wave", known);
  const areas = asObject(body["areas"]);
  const address = asText(body["address"]);
  if (!/^https?:\/\//.test(address)) throw new FormatError("Expected an address.");
  return {
    wave: asText(body["wave"]),
    issuer: asText(issuer["name"]),
    letters: (fingerprint(known).match(/.{1,4}/g) ?? []).join(" "),
    address,
    key: unb64(asText(body["key"]), 32),
    opens: asDay(body["opens"]),
    closes: asDay(body["closes"]),
    areas: Object.fromEntries(Object.entries(areas).map(([id, name]) => [id, asText(name)])),
    tree: asTree(body["tree"]),
  };
}

/** The notice, by the key in the page's head; nothing for one that another body signed, or nobody. */
export function knownNotice(text: string): Notice | undefined {
  const known = document.querySelector<HTMLMetaElement>('meta[name="upstander-issuer"]')?.content ?? "";
  try {
    return readNotice(text, known);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return undefined;
  }
}

function asTree(value: Json | undefined, depth = 0): Tree {
  const tree = asObject(value);
  if (Object.keys(tree).length === 0) return {};
  const ask = FIELDS.find((field) => field === tree["ask"]);
  if (ask === undefined || depth >= FIELDS.length) throw new FormatError("The collection plan is damaged.");
  const as = Object.fromEntries(Object.entries(asObject(tree["as"])).map(([code, kept]) => [code, asText(kept)]));
  const to = Object.fromEntries(
    Object.entries(asObject(tree["to"])).map(([kept, below]) => [kept, asTree(below, depth + 1)]),
  );
  if (![NOT_STATED, ...Object.values(as)].every((kept) => Object.hasOwn(to, kept)))
    throw new FormatError("The collection plan leads nowhere.");
  return { ask, as, to };
}

/** The questions that are asked of somebody who has answered these: those answered, and the next one. */
export function asked(tree: Tree, about: About): Field[] {
  const found: Field[] = [];
  for (let node = tree; node.ask !== undefined; node = below(node, about)) {
    found.push(node.ask);
    if (about[node.ask] === undefined) break;
  }
  return found;
}

/** What is kept, and sent. */
export function place(tree: Tree, about: About): Record<Field, string> {
  const kept = Object.fromEntries(FIELDS.map((field) => [field, NOT_STATED])) as Record<Field, string>;
  for (let node = tree; node.ask !== undefined; node = below(node, about)) kept[node.ask] = group(node, about);
  return kept;
}

function group(node: Tree, about: About): string {
  const said = about[node.ask!] ?? NOT_STATED;
  return Object.hasOwn(node.as!, said) ? node.as![said]! : NOT_STATED;
}

function below(node: Tree, about: About): Tree {
  return node.to![group(node, about)]!;
}
