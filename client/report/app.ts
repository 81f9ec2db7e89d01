// What the whole page shares: the visit, where she is, what is under way.
import { NO_ANSWER, Problem } from "../lib/api.ts";
import { h } from "../lib/dom.ts";
import { leave } from "./exit.ts";
import type { Value } from "./flow.ts";
import type { Box, Writing } from "./mailbox.ts";
import { troublePage } from "./pages.ts";
import type { Keeping } from "./record.ts";
import type { Outgoing, Receipt } from "./send.ts";
import type { Trail } from "./trail.ts";
import type { Aside, Screen } from "./view.ts";
import { button, link } from "./view.ts";
import type { Visit } from "./visit.ts";

/** A place in this visit: what Back and Forward go to. */
export type Place =
  | { page: "start" }
  | { page: "before"; then: "report" | "quick" | "words" }
  | { page: "question"; id: string; changing: string; what?: string }
  | { page: Exclude<Aside, "start" | "before" | "words" | "device">; answering: boolean }
  | { page: "typed"; next: Place; added: string }
  | { page: "later" | "sending" | "keeping" | "receipt" | "kept" | "removed" }
  | { page: "words"; failed: string }
  | { page: "opening" | "mailbox" | "record" | "delete"; sent?: boolean }
  | { page: "letter-file"; what?: string };

export interface App {
  visit: Visit;
  trail: Trail<Place>;
  /** She has been told about the exit button. */
  told: boolean;
  /** Reads the controls of the page in hand, so that leaving it by any way keeps what was typed. */
  read: (() => Value | undefined) | undefined;
  out: Outgoing | undefined;
  sealedFrom: string; // the answers the outgoing report was sealed from
  keeping: Keeping | undefined;
  receipt: Receipt | undefined;
  kept: { words: readonly string[]; expires: string } | undefined;
  words: readonly string[];
  box: Box | undefined;
  writing: Writing;
  draw(screen: Screen): void;
}

/** Empties what is under way. Keys are overwritten where the language lets us. */
export function empty(app: App): void {
  for (const keys of [app.out?.keys, app.keeping?.keys, app.box?.keys]) {
    keys?.log.fill(0);
    keys?.mailboxId.fill(0);
  }
  Object.assign(app, {
    read: undefined,
    out: undefined,
    sealedFrom: "",
    keeping: undefined,
    receipt: undefined,
    kept: undefined,
    words: [],
    box: undefined,
    writing: { text: "", files: [] },
  } satisfies Partial<App>);
}

/** Which of the seven words she types back. */
export function anyWord(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 7;
}

/** Says what went wrong in plain words, that nothing is lost, and offers to try again. */
export function trouble(app: App, error: unknown, again: () => void, back: Place, more = ""): void {
  const { t } = app.visit;
  const isProblem = error instanceof Problem;
  const isUnsent = isProblem && (error.type === NO_ANSWER || error.type === "busy");
  const isBroken = error instanceof Error && error.name === "FormatError";
  const title = t(isUnsent ? "error.send.title" : isBroken ? "error.promise.title" : "error.unexpected.title");
  const says = isUnsent ? t("error.send") : isBroken ? t("error.promise") : isProblem ? error.title : t("error.unexpected");
  const actions = [button(t("send.again"), again), link(t("send.back"), () => app.trail.swap(back)), link(t("button.leave"), leave)];
  app.draw(troublePage(title, [says, more].filter((one) => one !== ""), h("div", { class: "acts" }, actions)));
}
