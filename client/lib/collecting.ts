// Collecting a staff pass from all keepers, and the pass as she carries it from one month to the next: inside her own
// private record, sealed to her seven words. Everything comes from one seed, so that what was cut off can be asked again.
import { ask, claim, collect, readPassKeys } from "./passes.ts";
import type { Pass, PassKeys, Token } from "./passes.ts";
import { b64, FormatError, unb64 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import type { Post } from "./asking.ts";
import { asMonth, asName } from "./roster.ts";
import type { Roster } from "./roster.ts";
import { asList, asObject, asText, exactly } from "./shape.ts";

/** What one person got from the keepers in a month. */
export interface Passes {
  epoch: string;
  month: string;
  by: readonly Pass[];
}

/** The pass, as far as keepers answered; the others by name with what they said. */
export interface Collected {
  passes: Passes;
  refused: Readonly<Record<string, string>>;
}

const CARRIED_ASKS = 2; // of each keeper: a report asks twice. More would make the record longer than others are.

/** Asks every keeper. `shown` is what each says of its keys; the same code and seed ask the same again. */
export async function collectAll(
  roster: Roster,
  given: { code: string; seed: Uint8Array; month: string },
  shown: Readonly<Record<string, string>>,
  post: Post,
): Promise<Collected> {
  const by: Pass[] = [];
  const refused: Record<string, string> = {};
  const asking = roster.keepers.map(async (keeper) => {
    try {
      const keys = readPassKeys(keysIn(shown[keeper.name]), keeper, roster.epoch, given.month);
      by.push(await one(keys, given, (body) => post(keeper, "/v1/claims", body)));
    } catch (error) {
      refused[keeper.name] = error instanceof Error ? error.message : "";
    }
  });
  await Promise.all(asking);
  by.sort((a, b) => (a.keeper < b.keeper ? -1 : 1));
  return { passes: { epoch: roster.epoch, month: given.month, by }, refused };
}

async function one(
  keys: PassKeys,
  { code, seed }: { code: string; seed: Uint8Array },
  post: (body: JsonObject) => Promise<JsonObject>,
): Promise<Pass> {
  const asked = ask(keys, seed);
  const answer = await post(claim(keys, asked, code));
  if (answer["error"] !== undefined) throw new FormatError(asText(answer["says"]));
  return collect(keys, asked, answer);
}

function keysIn(shown: string | undefined): string {
  const read: unknown = JSON.parse(shown || "null");
  if (read === null || typeof read !== "object") throw new FormatError("This keeper did not answer.");
  return asText((read as JsonObject)["keys"]);
}

/** A pass counts from the month after it was collected, for the keepers it was collected from. */
export function counts({ epoch, month }: Passes, roster: Roster, day: string): boolean {
  return epoch === roster.epoch && month < day.slice(0, 7);
}

/** As it is kept in a record. */
export function writePasses({ epoch, month, by }: Passes): JsonObject {
  const token = ({ nonce, output }: Token): string => b64(nonce) + b64(output);
  const rows = by.map(({ keeper, person, asks }): [string, Json] => [
    keeper,
    [token(person), ...asks.slice(0, CARRIED_ASKS).map(token)],
  ]);
  return { by: Object.fromEntries(rows), epoch, month };
}

export function readPasses(value: Json): Passes {
  const body = exactly(asObject(value), ["by", "epoch", "month"]);
  const month = asMonth(asText(body["month"]));
  const token = (value: Json): Token => {
    const written = asText(value);
    return { nonce: unb64(written.slice(0, 43), 32), output: unb64(written.slice(43), 64) };
  };
  const by = Object.entries(asObject(body["by"]!)).map(([keeper, tokens]): Pass => {
    const [person, ...asks] = asList(tokens).map(token);
    if (person === undefined) throw new FormatError("A pass has a token of each keeper.");
    return { keeper: asName(keeper), month, person, asks };
  });
  return { epoch: asName(body["epoch"]), month, by };
}
