// Decides whether a case is in the record: the server's list of acts, proofs and checkpoint against the log policy,
// the log secret, what this reader was shown, and what she was promised. Pure: from values to values.
import { equal, FormatError, unhex } from "./bytes.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { verifyConsistency, verifyInclusion } from "./merkle.ts";
import { unstd64 } from "./notes.ts";
import { checkNote } from "./policy.ts";
import type { Checked } from "./policy.ts";
import { lastDay } from "./promise.ts";
import { actFaults } from "./record-acts.ts";
import type { ActFault, ActRow, Seen } from "./record-acts.ts";
import type { LogPolicy } from "./log-policy.ts";

/** The published tree of one log, and the places in it of the acts that have one. Hashes in standard base64. */
export interface RecordRow {
  origin: string;
  checkpoint: string;
  proofs: readonly { number: number; index: number; path: readonly string[] }[];
}

/** What was promised, of a promise that was checked before. */
export interface Owed {
  leaf: string;
  by: string;
}

export interface Asked {
  acts: readonly ActRow[];
  /** The log that grows, then those before it that hold some of the acts. */
  records: readonly RecordRow[];
  policy: LogPolicy;
  log: Uint8Array;
  seen: Seen;
  today: string;
  /** Promises this reader holds: of this visit, or from a proof she saved. */
  promises: readonly Owed[];
}

/**
 * `in`: every act is in the record, and enough witnesses saw that record. `unwitnessed`: too few did. `waiting`: some
 * act waits for the next beat. `overdue`: the day of a promise has passed: it is broken. `withheld`: something is kept
 * back. `mismatch`: what the server shows is not what the record says.
 */
export type RecordState = "in" | "waiting" | "unwitnessed" | "overdue" | "withheld" | "mismatch";

/** `more`: the log has an act of this case that the server does not list. `forged`: it is not the log that was signed. */
export type Why = ActFault | "checkpoint" | "proof" | "future" | "promise" | "more" | "forged" | Broken;

/** Two checkpoints of one log do not go together. */
export type Broken = "shrunk" | "rewritten";

export interface Finding {
  state: RecordState;
  /** What is wrong; empty where nothing is. */
  faults: readonly { why: Why; number: number }[];
  /** Acts by their place: in the record, waiting, overdue. */
  inside: readonly number[];
  waiting: readonly number[];
  overdue: readonly number[];
  /** The day by which what waits must be in; empty where nothing does. */
  by: string;
  /** The checkpoints that were served, the newest log's first; empty before there is one. */
  checked: readonly Checked[];
}

const WITHHELD: readonly Why[] = ["gap", "hidden", "unshown", "promise", "more"];

export function checkRecord(asked: Asked): Finding {
  const { acts, records, policy, today } = asked;
  const faults: { why: Why; number: number }[] = actFaults(acts, asked.log, asked.seen);
  const read = records.map((record) => ({ record, head: readRecord(record, policy) }));
  if (read.some(({ head }) => head === "wrong")) faults.push({ why: "checkpoint", number: 0 });
  const trees = read.flatMap(({ record, head }) => (typeof head === "object" ? [{ record, head }] : []));
  const inside: number[] = [];
  const outside: Owed[] = [];
  const [waiting, overdue]: [number[], number[]] = [[], []];
  for (const act of acts) {
    const by = dueDay(act.day, today);
    if (by === "") faults.push({ why: "future", number: act.number });
    const place = proves(act, trees);
    if (place === "in") inside.push(act.number);
    if (place === "wrong") faults.push({ why: "proof", number: act.number });
    if (place !== "none") continue;
    (by !== "" && by < today ? overdue : waiting).push(act.number);
    if (by !== "") outside.push({ leaf: act.leaf, by });
  }
  for (const { leaf } of asked.promises)
    if (acts.every((act) => act.leaf !== leaf)) faults.push({ why: "promise", number: 0 });
  const by = outside.map((one) => one.by).sort()[0] ?? "";
  const found = { faults, inside, waiting, overdue, by, checked: trees.map(({ head }) => head) };
  return { ...found, state: stateOf(found) };
}

function stateOf({ faults, overdue, waiting, checked }: Omit<Finding, "state">): RecordState {
  if (faults.length > 0) return faults.some(({ why }) => WITHHELD.includes(why)) ? "withheld" : "mismatch";
  if (overdue.length > 0) return "overdue";
  if (waiting.length > 0) return "waiting";
  return checked.length > 0 && checked.every(({ enough }) => enough) ? "in" : "unwitnessed";
}

/** A checkpoint that was served before must be the beginning of the one that is served now. */
export interface Continued {
  before: Checkpoint;
  now: Checkpoint;
  /** Standard base64; empty where both have the same size. */
  path: readonly string[];
}

/** What is wrong between two checkpoints of one log; empty where nothing is. */
export function continuity({ before, now, path }: Continued): "" | Broken {
  if (before.origin !== now.origin) return ""; // another generation: the policy says how the one before ended
  if (now.size < before.size) return "shrunk";
  const trees = { old: before.size, oldRoot: before.root, new: now.size, newRoot: now.root };
  try {
    if (before.size === now.size) return equal(before.root, now.root) ? "" : "rewritten";
    verifyConsistency({ ...trees, path: path.map((one) => unstd64(one, 32)) });
    return "";
  } catch (error) {
    return unlessOther(error, "rewritten");
  }
}

/** The finding with a fault that was found beside it. */
export function withFault(finding: Finding, why: "" | Why, number = 0): Finding {
  if (why === "") return finding;
  const more = { ...finding, faults: [...finding.faults, { why, number }] };
  return { ...more, state: stateOf(more) };
}

function readRecord({ checkpoint, origin }: RecordRow, policy: LogPolicy): Checked | "none" | "wrong" {
  if (checkpoint === "") return "none";
  try {
    const checked = checkNote(policy.policy, checkpoint);
    const isOwn = policy.logs.some((log) => log.origin === origin);
    return isOwn && checked.checkpoint.origin === origin ? checked : "wrong";
  } catch (error) {
    return unlessOther(error, "wrong" as const);
  }
}

// Whether this act's leaf is where the server says. A leaf of another case has another hash, so its proof fails here.
function proves(act: ActRow, trees: readonly { record: RecordRow; head: Checked }[]): "in" | "none" | "wrong" {
  const tree = trees.find(({ record }) => record.proofs.some(({ number }) => number === act.number));
  const proof = tree?.record.proofs.find(({ number }) => number === act.number);
  if (tree === undefined || proof === undefined) return "none";
  const { size, root } = tree.head.checkpoint;
  try {
    const path = proof.path.map((one) => unstd64(one, 32));
    verifyInclusion({ index: proof.index, size, leaf: unhex(act.leaf, 32), path, root });
    return "in";
  } catch (error) {
    return unlessOther(error, "wrong" as const);
  }
}

// The last day for an act of this day. Empty for a day that is no day, or still to come (but for time zones): with
// such a one nothing would ever be overdue.
function dueDay(day: string, today: string): string {
  try {
    return Date.parse(day) - Date.parse(today) > 24 * 60 * 60 * 1000 ? "" : lastDay(day);
  } catch (error) {
    return unlessOther(error, "");
  }
}

function unlessOther<T>(error: unknown, answer: T): T {
  if (error instanceof FormatError) return answer;
  throw error;
}
