// Whose signatures make a checkpoint count (C2SP tlog-policy): known logs, known witnesses, and how many of them.
import { FormatError } from "./bytes.ts";
import { openNote, parseVkey, textOf } from "./notes.ts";
import type { NoteKey } from "./notes.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";

export interface Witness {
  name: string; // in the policy
  key: NoteKey;
}

/** Counts whether those who signed, by their names in the policy, are enough. */
type Rule = (signed: ReadonlySet<string>) => boolean;

export interface Policy {
  logs: readonly NoteKey[];
  witnesses: readonly Witness[];
  enough: Rule;
}

/** A witness who signed a checkpoint, and when (seconds since 1970). */
export interface Witnessed {
  name: string;
  seconds: number;
}

/** A checkpoint that a known log signed; `enough` tells whether the quorum of witnesses did too. */
export interface Checked {
  checkpoint: Checkpoint;
  witnesses: Witnessed[];
  enough: boolean;
}

const MOST = 64; // logs, witnesses or groups
const LONGEST = 64 * 1024; // characters

export function parsePolicy(policy: string): Policy {
  if (policy.length > LONGEST) throw new FormatError("The policy is too long.");
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(policy)) throw new FormatError("The policy holds a control character.");
  if (policy !== "" && !policy.endsWith("\n"))
    throw new FormatError("The policy is cut short: its last line does not end.");
  const made = new Maker();
  for (const [index, line] of policy.split("\n").entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    if (items.length === 0 || items[0]!.startsWith("#")) continue;
    try {
      made.take(items);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(`Line ${index + 1} of the policy: ${error.message}`);
    }
  }
  return made.policy();
}

/**
 * Checks a checkpoint against a policy. Throws unless a log of the policy signed it under its own name, and when
 * any known key's signature is wrong. Whether the witnesses are enough is in the answer.
 */
export function checkNote(policy: Policy, note: string): Checked {
  const checkpoint = readCheckpoint(textOf(note));
  const own = policy.logs.filter(({ name }) => name === checkpoint.origin);
  const { signatures } = openNote(note, [...own, ...policy.witnesses.map(({ key }) => key)]);
  if (!signatures.some(({ key }) => own.includes(key)))
    throw new FormatError("No log of the policy signed this checkpoint.");
  const witnesses = policy.witnesses.flatMap(({ name, key }) => {
    const found = signatures.find((one) => one.key === key);
    return found === undefined ? [] : [{ name, seconds: found.seconds }];
  });
  return { checkpoint, witnesses, enough: policy.enough(new Set(witnesses.map(({ name }) => name))) };
}

/** As `checkNote`, but throws also when the witnesses are too few. */
export function checkWitnessed(policy: Policy, note: string): Checked {
  const checked = checkNote(policy, note);
  if (!checked.enough) throw new FormatError("Too few witnesses of the policy signed this checkpoint.");
  return checked;
}

class Maker {
  readonly #logs: NoteKey[] = [];
  readonly #witnesses: Witness[] = [];
  readonly #rules = new Map<string, Rule>();
  readonly #members = new Set<string>();
  #quorum: Rule | undefined;

  take([word, ...rest]: readonly string[]): void {
    if (word === "log") this.#log(rest);
    else if (word === "witness") this.#witness(rest);
    else if (word === "group") this.#group(rest);
    else if (word === "quorum") this.#setQuorum(rest);
    else throw new FormatError("It begins with a word that is not known.");
    const groups = this.#rules.size - this.#witnesses.length;
    if (Math.max(this.#logs.length, this.#witnesses.length, groups) > MOST)
      throw new FormatError("There are too many of this kind.");
  }

  policy(): Policy {
    if (this.#quorum === undefined) throw new FormatError("The policy has no quorum.");
    return { logs: this.#logs, witnesses: this.#witnesses, enough: this.#quorum };
  }

  #log(items: readonly string[]): void {
    if (items.length < 1 || items.length > 2) throw new FormatError("A log has a key and perhaps an address.");
    this.#logs.push(fresh(items[0]!, 1, this.#logs));
  }

  #witness(items: readonly string[]): void {
    if (items.length < 2 || items.length > 3)
      throw new FormatError("A witness has a name, a key and perhaps an address.");
    const [name, vkey] = items as [string, string];
    this.#name(name, (signed) => signed.has(name));
    this.#witnesses.push({ name, key: fresh(vkey, 4, this.#witnesses.map(({ key }) => key)) });
  }

  #group(items: readonly string[]): void {
    const [name = "", count = "", ...members] = items;
    const rules = members.map((member) => this.#known(member));
    if (members.some((member) => this.#members.has(member)) || new Set(members).size !== members.length)
      throw new FormatError("A name may stand in one group only, and once.");
    const least = count === "any" ? 1 : count === "all" ? members.length : decimal(count);
    if (members.length === 0 || least < 1 || least > members.length)
      throw new FormatError("The number of a group is from 1 to its members.");
    this.#name(name, (signed) => rules.filter((rule) => rule(signed)).length >= least);
    members.forEach((member) => this.#members.add(member));
  }

  #setQuorum(items: readonly string[]): void {
    if (this.#quorum !== undefined) throw new FormatError("There is one quorum only.");
    if (items.length !== 1) throw new FormatError("A quorum is one name.");
    this.#quorum = items[0] === "none" ? () => true : this.#known(items[0]!);
  }

  #name(name: string, rule: Rule): void {
    if (name === "none" || this.#rules.has(name)) throw new FormatError("This name is taken.");
    this.#rules.set(name, rule);
  }

  #known(name: string): Rule {
    const rule = this.#rules.get(name);
    if (rule === undefined) throw new FormatError("It uses a name that no line before it has.");
    return rule;
  }
}

function fresh(vkey: string, type: number, others: readonly NoteKey[]): NoteKey {
  const key = parseVkey(vkey);
  if (key.type !== type) throw new FormatError("The key is of another kind than is wanted here.");
  if (others.some((other) => other.key === key.key)) throw new FormatError("The same key stands here twice.");
  return key;
}

function decimal(value: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(value)) throw new FormatError("Expected any, all or a number.");
  return Number(value);
}
