// Asks keepers about names, and sends them what they are to hold. How a request reaches a keeper (through the
// server, which sees nothing in it, or straight) is the caller's; what comes back is believed only as far as it is
// proven.
import { seal } from "./age.ts";
import { b64, concat, FormatError, hash, randomBytes, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { oprfInput } from "./identifiers.ts";
import { blind, combine } from "./oprf.ts";
import type { Answer, Blinded } from "./oprf.ts";
import { checkReceipt } from "./roster.ts";
import type { Keeper, Roster } from "./roster.ts";
import { asCount, asList, asText } from "./shape.ts";
import { ASKED } from "./tags.ts";

/** Posts to one keeper and returns its answer, refusals (with `error`) included. Throws where there is none. */
export type Post = (keeper: Keeper, path: string, body: JsonObject) => Promise<JsonObject>;

/** A pass shown for a question to this keeper, which asks for no work then; null without one. */
export type Show = (keeper: Keeper, elements: readonly Uint8Array[]) => JsonObject | null;

const REQUEST = 2048; // bytes of a request before it is sealed
const REQUEST_HEAD = "upstander/keeper-request/v1\n";

/** A request that nobody on the way can read: sealed to the keeper, and for this path alone. All have one size. */
export async function sealRequest(to: string, path: string, body: JsonObject, recipient: string): Promise<JsonObject> {
  const plain = concat(utf8(REQUEST_HEAD), encode({ body, path, to }), utf8("\n"));
  if (plain.length > REQUEST) throw new FormatError("This is too long for a request.");
  return { sealed: b64(await seal(concat(plain, new Uint8Array(REQUEST - plain.length)), [recipient])) };
}

/** Does the work that a keeper asks for when it is asked much. */
export type Work = (request: { challenge: string; bits: number }) => Promise<string>;

const HARDEST = 24; // bits of work that a keeper may ask for; more is a keeper that wants to hold her up

/** Outputs in the order of the identifiers; keepers that gave a wrong answer, and those that gave none. */
export interface Asked {
  outputs: Bytes[];
  liars: string[];
  away: string[];
}

/**
 * The function's outputs for identifiers as `identifier` writes them, from any `needs` keepers. Each request holds
 * four elements, filled up with random ones, in random order of place. TooFewError where too few keepers answer.
 */
export async function askAbout(
  roster: Roster,
  written: readonly string[],
  post: Post,
  work: Work,
  show: Show = () => null,
): Promise<Asked> {
  const outputs: Bytes[] = [];
  const [liars, away] = [new Set<string>(), new Set<string>()];
  for (let at = 0; at < written.length; at += ASKED) {
    const names = written.slice(at, at + ASKED).map(oprfInput);
    const filling = Array.from({ length: ASKED - names.length }, () => randomBytes(32));
    const blinded = [...names, ...filling].map(blind);
    const sent = shuffled(blinded);
    const answers = new Map<string, Answer>();
    const answered = roster.keepers.map(async (keeper) => {
      try {
        answers.set(keeper.name, await answerOf(keeper, roster.epoch, sent, post, work, show));
      } catch {
        away.add(keeper.name);
      }
    });
    await Promise.all(answered);
    const found = combine(roster, sent, answers);
    found.liars.forEach((name) => liars.add(name));
    outputs.push(...names.map((_, i) => found.outputs[sent.indexOf(blinded[i]!)]!));
  }
  return { outputs, liars: [...liars].sort(), away: [...away].sort() };
}

/** Keepers with a good receipt, and by name what the others said. `held` needs at least `needs` of them. */
export interface Sent {
  receipts: Map<string, string>;
  refused: Map<string, string>;
  enough: boolean;
}

/**
 * Sends a bundle to every keeper: a deposit (with its parcel) or a new entry are `held`, for which `needs` receipts
 * are enough; a stop or an end is `asked`, done once so many have heard it that the others are too few.
 */
export async function sendToAll(
  roster: Roster,
  notes: ReadonlyMap<string, Uint8Array>,
  parcel: Uint8Array,
  kind: "held" | "asked",
  post: Post,
): Promise<Sent> {
  const written = Object.fromEntries([...notes].map(([name, note]) => [name, b64(note)]));
  const receipts = new Map<string, string>();
  const refused = new Map<string, string>();
  const sending = roster.keepers.map(async (keeper) => {
    try {
      const answer = await post(keeper, "/v1/bundles", { notes: written, parcel: b64(parcel) });
      if (answer["error"] !== undefined) throw new Error(asText(answer["says"]));
      const receipt = asText(answer["receipt"]);
      checkReceipt(receipt, kind, keeper, notes.get(keeper.name)!);
      receipts.set(keeper.name, receipt);
    } catch (error) {
      refused.set(keeper.name, error instanceof Error ? error.message : "");
    }
  });
  await Promise.all(sending);
  const wanted = kind === "held" ? roster.needs : roster.keepers.length - roster.needs + 1;
  return { receipts, refused, enough: receipts.size >= wanted };
}

async function answerOf(
  keeper: Keeper,
  epoch: string,
  blinded: readonly Blinded[],
  post: Post,
  work: Work,
  show: Show,
): Promise<Answer> {
  const elements = blinded.map((one) => b64(one.element));
  const pass = show(keeper, blinded.map((one) => one.element));
  let answer = await post(keeper, "/v1/evaluate", { elements, epoch, work: "", ...(pass && { pass }) });
  // Used before, or too early: she asks as anybody does.
  if (pass !== null && answer["error"] === "pass") answer = await post(keeper, "/v1/evaluate", { elements, epoch, work: "" });
  if (answer["error"] === "work-needed") {
    const challenge = asText(answer["challenge"]);
    const bits = asCount(answer["bits"]);
    const mine = hash(concat(...blinded.map((one) => one.element)));
    if (bits > HARDEST || !challenge.endsWith(`.${mine}`)) throw new Error("This work is not for this request.");
    answer = await post(keeper, "/v1/evaluate", { elements, epoch, work: await work({ challenge, bits }) });
  }
  if (answer["error"] !== undefined) throw new Error(asText(answer["says"]));
  return {
    elements: asList(answer["elements"]).map((one) => unb64(asText(one))),
    proof: unb64(asText(answer["proof"])),
  };
}

/** In an order that says nothing: sorted by what was blinded, which is random. */
function shuffled(blinded: readonly Blinded[]): Blinded[] {
  return [...blinded].sort((a, b) => (b64(a.element) < b64(b.element) ? -1 : 1));
}
