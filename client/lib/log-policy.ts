// What an installation signs about its logs (which there are, their keys, whose signatures count), and what a witness
// signs when it was asked to watch for a promise.
import { FormatError } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { parseVkey } from "./notes.ts";
import type { NoteKey } from "./notes.ts";
import { parsePolicy } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { asCount, asDay, asHash, asList, asObject, asText, exactly } from "./shape.ts";
import { verifyStatement } from "./statement.ts";

/** One generation of an installation's log. `closed` is its last size, or -1 while it grows. */
export interface LogGeneration {
  origin: string;
  keys: readonly NoteKey[];
  closed: number;
  url: string;
}

export interface LogPolicy {
  beat: number; // seconds from one checkpoint to the next
  installation: string;
  logs: readonly LogGeneration[]; // oldest first
  policy: Policy;
  sign: string;
  text: string;
}

const MOST = 64; // generations

/** The log-policy statement, as signed by the installation with this key (b64). */
export function readLogPolicy(statement: string, sign: string): LogPolicy {
  const body = exactly(verifyStatement(statement, "log-policy", sign), [
    ...["beat", "installation", "logs", "policy", "sign"],
  ]);
  if (body["sign"] !== sign) throw new FormatError("The log is said to be another's.");
  const installation = asText(body["installation"]);
  const policy = parsePolicy(asText(body["policy"]));
  const listed = asList(body["logs"]);
  if (listed.length < 1 || listed.length > MOST) throw new FormatError("An installation has at least one log.");
  const logs = listed.map((one, index) => generation(asObject(one), `upstander/${installation}/${index + 1}`));
  if (logs.some(({ closed }, index) => closed < 0 !== (index === logs.length - 1)))
    throw new FormatError("Exactly the newest log is not closed.");
  const accepted = new Set(policy.logs.map(({ vkey }) => vkey));
  if (logs.some(({ keys }) => keys.some(({ vkey }) => !accepted.has(vkey))))
    throw new FormatError("The policy does not accept a key of the installation's log.");
  return { beat: asCount(body["beat"], 1), installation, logs, policy, sign, text: statement };
}

function generation(one: JsonObject, wanted: string): LogGeneration {
  exactly(one, ["closed", "keys", "origin", "url"]);
  const [origin, url] = [asText(one["origin"]), asText(one["url"])];
  if (origin !== wanted) throw new FormatError("A log has the origin of another.");
  const keys = asList(one["keys"]).map((key) => parseVkey(asText(key)));
  if (keys.length === 0 || keys.some(({ name }) => name !== origin))
    throw new FormatError("The keys of a log do not have its name.");
  if (!/^\/(?!\/)([^\\?#]*\/)?$/.test(url)) throw new FormatError("The address of a log is not a path.");
  return { origin, keys, closed: one["closed"] === null ? -1 : asCount(one["closed"]), url };
}

/** A witness will look, after the day `by`, whether the leaf with this hash is in the log of the installation `log`. */
export interface Watching {
  by: string;
  leaf: string;
  log: string;
  witness: string;
}

/** What this witness signed that it will look for. */
export function readWatching(statement: string, witness: NoteKey): Watching {
  const body = exactly(verifyStatement(statement, "watching", witness.key), ["by", "leaf", "log", "witness"]);
  if (body["witness"] !== witness.name) throw new FormatError("The witness signed under another name.");
  const [by, leaf, log] = [asDay(body["by"]), asHash(body["leaf"]), asText(body["log"])];
  return { by, leaf, log, witness: witness.name };
}
