// Asks the server for the log's policy and for proofs between checkpoints, and remembers the first checkpoint it saw.
import { getJson, postJson, Problem } from "./api.ts";
import { FormatError } from "./bytes.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { labelAndSalt } from "./leaf.ts";
import type { Installation } from "./promise.ts";
import { nextNumber } from "./record-acts.ts";
import { checkRecord, continuity, withFault } from "./record-check.ts";
import type { Asked, Broken, Finding, Owed, RecordRow } from "./record-check.ts";
import { bundlesFrom, fetchFrom, scan } from "./record-scan.ts";
import { readLogPolicy } from "./log-policy.ts";
import type { LogPolicy } from "./log-policy.ts";

/** `policy` is missing where the server gave none that its key signed. `also`: labels that were looked for besides. */
export interface Look {
  finding: Finding;
  policy: LogPolicy | undefined;
  also?: readonly string[];
}

/** The log of one installation as one visit sees it. */
export class RecordWatch {
  readonly #first = new Map<string, Checkpoint>();
  readonly #owed = new Map<string, Owed[]>();
  readonly #by: Installation;
  /** By id, the newest version of each of her slips that this visit has stored or seen. */
  readonly slips = new Map<string, number>();

  constructor(by: Installation) {
    this.#by = by;
  }

  /** Remembers, for this visit, what was promised about an act of the case with this log secret. */
  owe(log: Uint8Array, { leaf, by }: Owed): void {
    const { label } = labelAndSalt(log, 1);
    this.#owed.set(label, [...(this.#owed.get(label) ?? []), { leaf, by }]);
  }

  forget(): void {
    this.#first.clear();
    this.#owed.clear();
    this.slips.clear();
  }

  /** The log's policy, signed by the installation. Throws a FormatError for any other, a Problem without an answer. */
  async policy(): Promise<LogPolicy> {
    const { policy } = await getJson<{ policy: string }>("/api/v1/log");
    const read = readLogPolicy(policy, this.#by.key);
    if (read.installation !== this.#by.installation) throw new FormatError("This is the log of another installation.");
    return read;
  }

  /** Checks a case against the record, and the record against the first one of this visit. */
  async look(asked: Omit<Asked, "policy" | "promises">): Promise<Look> {
    let policy: LogPolicy | undefined;
    try {
      policy = await this.policy();
      return { policy, finding: await this.#look(asked, policy) };
    } catch (error) {
      // Whatever has not the form it must have is no record; only no answer at all is not known to be wrong.
      if (error instanceof Problem && !isRefusal(error)) throw error;
      return { policy, finding: withFault(NOTHING, "checkpoint") };
    }
  }

  async #look(asked: Omit<Asked, "policy" | "promises">, policy: LogPolicy): Promise<Finding> {
    const promises = this.#owed.get(labelAndSalt(asked.log, 1).label) ?? [];
    const finding = checkRecord({ ...asked, policy, promises });
    const broken: ("" | Broken)[] = [];
    for (const { checkpoint } of finding.checked) broken.push(await this.#goesOn(checkpoint));
    return broken.reduce<Finding>((found, why) => withFault(found, why), finding);
  }

  /** Entries of the log to read for `search`, in bundles of 256. */
  toSearch({ records }: Pick<Asked, "records">, { finding }: Look): number {
    return spans(records, finding).reduce((sum, { from, checkpoint }) => sum + bundlesFrom(from, checkpoint), 0);
  }

  /** Looks through the log, from the first act of the case on, for acts that are not listed, and for labels `also`. */
  async search(asked: Pick<Asked, "acts" | "records" | "log">, look: Look, also: Iterable<string> = []): Promise<Look> {
    const { finding, policy } = look;
    const next = nextNumber(asked.acts);
    const numbers = new Map(AHEAD.map((more) => [labelAndSalt(asked.log, next + more).label, next + more]));
    const wanted = new Set([...numbers.keys(), ...also]);
    const besides: string[] = [];
    let found = finding;
    for (const { from, checkpoint } of spans(asked.records, finding)) {
      const url = policy?.logs.find(({ origin }) => origin === checkpoint.origin)?.url ?? "";
      try {
        for (const label of await scan(fetchFrom(url), from, checkpoint, wanted))
          if (numbers.has(label)) found = withFault(found, "more", numbers.get(label));
          else besides.push(label);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        found = withFault(found, "forged");
      }
    }
    return { finding: found, policy, also: besides };
  }

  /** Whether two checkpoints of the same log go together, the earlier one first; asks the server for the proof. */
  async compare(before: Checkpoint, now: Checkpoint): Promise<"" | Broken> {
    if (before.origin !== now.origin || before.size >= now.size) return continuity({ before, now, path: [] });
    const sizes = { origin: now.origin, from: before.size, to: now.size };
    try {
      const { path } = await postJson<{ path: string[] }>("/api/v1/log/consistency", sizes);
      return continuity({ before, now, path });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return "rewritten"; // a log that goes on from there can always prove it
    }
  }

  async #goesOn(now: Checkpoint): Promise<"" | Broken> {
    const before = this.#first.get(now.origin);
    if (before !== undefined) return this.compare(before, now);
    this.#first.set(now.origin, now);
    return "";
  }
}

const AHEAD = [0, 1, 2, 3]; // numbers after the last that is listed: whoever hides acts has to hide the next one

// From the first act that has a place; acts that are hidden come after it. Before the first beat there is nothing.
function spans(records: readonly RecordRow[], { checked }: Finding): { from: number; checkpoint: Checkpoint }[] {
  if (records.every(({ proofs }) => proofs.length === 0)) return [];
  return checked.map(({ checkpoint }) => {
    const row = records.find(({ origin }) => origin === checkpoint.origin);
    const places = row?.proofs.map(({ index }) => index) ?? [];
    return { from: places.length === 0 ? 0 : Math.min(...places), checkpoint };
  });
}

// An answer that is none, or that refuses what every log can give. Being out of reach, or busy, is neither.
function isRefusal(error: unknown): boolean {
  if (error instanceof Problem) return error.status >= 400 && error.status < 500 && error.status !== 429;
  return error instanceof FormatError;
}

const NOTHING: Finding = {
  state: "mismatch",
  faults: [],
  inside: [],
  waiting: [],
  overdue: [],
  by: "",
  checked: [],
};
