// Fingerprints of the reporter's pictures, for a search: how many there are, and a file for `upstander bank export`.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";

const FIRST =
  "They are for a search under a written authority, and for nothing else. The file you save is not sealed: seal it in a bank " +
  "at once (upstander bank export), and destroy it. Stop if anybody in the picture may be under 18.";

/** What of a report goes into the file: as `upstander open` would write it, without a word of hers. */
export function printsFile(theCase: string, body: JsonObject): string | null {
  const listed: Json | undefined = body["fingerprints"];
  if (!Array.isArray(listed) || listed.length === 0) return null;
  const alone = { format: body["format"] ?? "", answers: [], fingerprints: listed };
  return JSON.stringify({ case: theCase, body: alone }, null, 2);
}

/** Nothing, if the report has no fingerprints. */
export function printsPart(theCase: string, body: JsonObject): Child {
  const file = printsFile(theCase, body);
  if (file === null) return null;
  const number = (body["fingerprints"] as readonly Json[]).length;
  const save = h("button", { class: "btn other sm", type: "button", onclick: () => keep("fingerprints.json", file) }, "Save the fingerprints");
  return [
    h("h3", null, `Fingerprints of the reporter's own pictures: ${number}`),
    h("p", { class: "second small" }, FIRST),
    h("div", { class: "acts tight" }, save),
  ];
}

/** Hands a file to the browser, to be saved. */
export function keep(name: string, file: string): void {
  const address = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
