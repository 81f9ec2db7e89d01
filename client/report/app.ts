// What the whole page shares: the visit, where she is, what is under way.
import { NO_ANSWER, Problem } from "../lib/api.ts";
import { FormatError } from "../lib/bytes.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { leave } from "./exit.ts";
import type { Value } from "./flow.ts";
import { KeysError } from "./mailbox.ts";
import type { Box, Writing } from "./mailbox.ts";
import type { Kept } from "./ending.ts";
import type { Task } from "./pledges.ts";
import type { Keeping } from "./record.ts";
import { CardUnseen } from "../lib/seen.ts";
import { discard } from "./send.ts";
import type { Outgoing, Receipt } from "./send.ts";
import type { Trail } from "./trail.ts";
import type { Aside, Screen } from "./view.ts";
import { button, link, plain, prose, simple } from "./view.ts";
import type { Visit } from "./visit.ts";

/** A place in this visit: what Back and Forward go to. */
export type Place =
  | { page: "start" }
  | { page: "before"; then: "report" | "quick" | "words" }
  | { page: "question"; id: string; changing: string; what?: string }
  | { page: Exclude<Aside, "start" | "before" | "words" | "device">; answering: boolean }
  | { page: "typed"; next: Place; added: string }
  | { page: "later" | "sending" | "keeping" | "drafting" | "receipt" | "kept" | "removed" }
  | { page: "words"; failed: string }
  | { page: "opening" | "mailbox" | "record" | "delete" | "take-back"; sent?: boolean }
  | { page: "letter-file"; what?: string }
  | { page: "add-name"; id: string };

/** Pledges on their way to the keepers, for the report that was just sent or kept; and when that is over. */
export interface Going extends Task {
  keys: ReceiptKeys;
  /** Something was to be left, and could not even be made. */
  unmade?: boolean;
  done: Promise<void>;
}

export interface App {
  visit: Visit;
  trail: Trail<Place>;
  /** She has been told about the exit button. */
  told: boolean;
  /** Too few keepers stand by the card: nothing is sent from here. */
  unseen?: true;
  /** Reads the controls of the page in hand, so that leaving it by any way keeps what was typed. */
  read: (() => Value | undefined) | undefined;
  out: Outgoing | undefined;
  /** Made while she still reads, for the report she may send. */
  ahead: Outgoing | undefined;
  sealedFrom: string; // the answers the outgoing report was sealed from
  keeping: Keeping | undefined;
  receipt: Receipt | undefined;
  kept: Kept | undefined;
  leaving: Going | undefined;
  words: readonly string[];
  box: Box | undefined;
  writing: Writing;
  /** Aborted when she leaves, before keys are overwritten: what is under way uses none of them any more. */
  over: AbortController;
  draw(screen: Screen): void;
}

/** Empties what is under way. Keys are overwritten where the language lets us. */
export function empty(app: App): void {
  app.over.abort();
  app.over = new AbortController();
  for (const out of [app.out, app.ahead]) if (out !== undefined) discard(out);
  for (const keys of [app.receipt?.keys, app.keeping?.keys, app.leaving?.keys, app.box?.keys]) {
    keys?.log.fill(0);
    keys?.mailboxId.fill(0);
    keys?.seed.fill(0);
  }
  app.visit.watch.forget();
  Object.assign(app, {
    read: undefined,
    out: undefined,
    ahead: undefined,
    sealedFrom: "",
    keeping: undefined,
    receipt: undefined,
    kept: undefined,
    leaving: undefined,
    words: [],
    box: undefined,
    writing: { text: "", files: [] },
  } satisfies Partial<App>);
}

/** Which of the seven words she types back. */
export function anyWord(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 7;
}

/** What went wrong, as far as she needs to know it. A worker that did not load is a plain Error, and means no connection. */
function kindOf(error: unknown): "unsent" | "keys" | "unseen" | "broken" | "refused" | "unexpected" {
  if (error instanceof Problem)
    return error.type === NO_ANSWER || error.type === "busy" ? "unsent" : "refused";
  if (error instanceof KeysError) return "keys";
  if (error instanceof CardUnseen) return "unseen";
  if (error instanceof FormatError) return "broken";
  return error instanceof Error && error.constructor === Error ? "unsent" : "unexpected";
}

/** Says what went wrong in plain words, and offers to try again. `posted`: something may have arrived all the same. */
export function trouble(app: App, error: unknown, again: () => void, back: Place, posted = false): void {
  const { t } = app.visit;
  const kind = kindOf(error);
  const isOpen = kind === "unsent" && posted;
  const words = {
    unsent: isOpen ? "send.maybe" : "error.send",
    keys: "error.keys",
    unseen: "error.unseen",
    broken: "error.promise",
    refused: "error.unexpected",
    unexpected: "error.unexpected",
  } as const;
  const why = kind === "refused" ? plain((error as Error).message) : prose(t(words[kind]));
  const actions = [
    button(t("send.again"), again),
    link(t("send.back"), () => app.trail.swap(back)),
    link(t("button.leave"), leave),
  ];
  app.draw(simple(t(`${words[kind]}.title`), [why, posted && prose(t("send.change"))], actions, false));
}
