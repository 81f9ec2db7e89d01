// The words and the keys from them take a device a second or more: they are made while she reads the last pages.
// Kept in memory only, sent nowhere, and thrown away with everything else when she leaves.
import type { App } from "./app.ts";
import type { Kind } from "./pack.ts";
import { newOutgoing, prepare } from "./send.ts";

const FROM: readonly Kind[] = ["bodies", "fate", "named", "after", "check"];

/** Begins, on a page shortly before the end. What fails here is tried again, and told, when she sends. */
export function makeAhead(app: App, kind: Kind): void {
  const isUnneeded = app.out !== undefined || app.ahead !== undefined || app.box?.state === "private";
  if (isUnneeded || !FROM.includes(kind)) return;
  const out = (app.ahead = newOutgoing());
  setTimeout(() => void prepare(app.visit.site, out).catch(() => undefined)); // after this page is drawn
}
