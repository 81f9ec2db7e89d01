// What the server wrote into the head of a desk page, and the account routes the desk calls.
import { getJson, postJson } from "../lib/api.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { unlockKeys } from "../lib/derive.ts";
import type { UnlockKeys } from "../lib/derive.ts";
import type { Installation } from "../lib/promise.ts";
import { signStatement } from "../lib/statement.ts";
import type { Signer } from "../lib/statement.ts";
import type { WrappedKey } from "../lib/wrapped.ts";

export interface Me {
  username: string;
  name: string;
  installation: string;
  institution: string;
  key: string | null;
  keys: { id: string; seal: string; sign: string; state: string; day: string }[];
  wrapped: WrappedKey[];
  memberships: { channel: string; name: string; key: string; sheet: boolean; state: string }[];
}

export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="upstander-${name}"]`)?.content ?? "";
}

/** Whose promises count on this page. */
export function installation(): Installation {
  return { installation: meta("installation"), key: meta("key") };
}

export function getMe(): Promise<Me> {
  return desk<Me>("/me");
}

/** GET of a desk route. */
export function desk<T>(path: string): Promise<T> {
  return getJson<T>(`/api/v1/desk${path}`, { cookies: true });
}

/** POST to a desk route. */
export function tellDesk<T>(path: string, body: Json): Promise<T> {
  return postJson<T>(`/api/v1/desk${path}`, body, { cookies: true });
}

/** A `login` statement over a fresh challenge (formats, section 8). */
export async function loginStatement(username: string, signer: Signer): Promise<string> {
  const { challenge } = await tellDesk<{ challenge: string }>("/sign-in/challenge", {});
  const body: JsonObject = { challenge, origin: location.origin, subject: username };
  return signStatement("login", body, signer);
}

/** The keys behind seven words of this person. */
export function keysOf(
  words: readonly string[],
  username: string,
  say: (text: string) => void,
): Promise<UnlockKeys> {
  say("Working out your key from the words. This takes a few seconds.");
  return unlockKeys(words, meta("installation"), username);
}

/** Shows a moment of the day as 17:30. */
export function clock(moment: Date): string {
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
