// Words of the pages. What a pack says comes first; words that belong to the application itself are in words.en.json.
import interfaceWords from "./words.en.json";
import type { Pack } from "./pack.ts";

/** Texts that only a pack has. A test holds every bundled pack to this list. */
export const FROM_PACK = [
  ...["demonstration", "start", "start.title", "start.happens", "start.happens.title", "start.may-not", "start.may-not.title"],
  ...["start.emergency", "start.emergency.title", "start.untried", "start.short", "before", "before.title"],
  ...["safety", "safety.title", "see", "see.title", "who", "who.title", "privacy", "privacy.title", "exit", "exit.title"],
  ...["support", "support.title", "support.unchecked", "support.checked", "support.free", "support.bill", "support.insider"],
  ...["support.keeps", "support.yes", "support.no", "support.unknown", "urgent", "urgent.title", "sending", "sending.title"],
  ...["receipt", "receipt.title", "receipt.words", "receipt.words.title", "receipt.type-back", "receipt.type-right"],
  ...["receipt.type-wrong", "receipt.true", "receipt.true.title", "receipt.next", "receipt.next.title", "receipt.safety"],
  ...["receipt.safety.title", "receipt.proof", "receipt.proof.title", "receipt.print", "receipt.copy", "kept", "kept.title"],
  ...["delete", "delete.title", "draft", "draft.title", "words", "words.title", "mailbox.not-opened"],
  ...["mailbox.not-opened.title", "mailbox.opened", "mailbox.opened.title", "mailbox.message", "mailbox.message.title"],
  ...["mailbox.closed", "mailbox.closed.title", "mailbox.private", "mailbox.private.title", "mailbox.silence"],
  ...["mailbox.silence.title", "mailbox.late", "mailbox.holders", "mailbox.holders.title", "mailbox.write"],
  ...["mailbox.write.title", "mailbox.sent", "mailbox.broken", "mailbox.changed", "error.summary", "error.summary-many"],
  ...["error.words", "error.words-count", "error.words-check", "error.words-unknown", "error.exclude-typed"],
  ...["error.exclude-typed.title", "error.exclude-all", "error.exclude-one", "error.no-body", "error.empty", "error.file-type"],
  ...["error.file-size", "error.file-what", "error.file-traces", "error.file-sent", "error.too-long", "error.send"],
  ...["error.send.title", "error.card", "error.card.title", "error.promise", "error.promise.title", "error.busy"],
  ...["error.signed-out", "error.type-back", "button.start", "button.words", "button.talk", "button.who"],
  ...["button.ready", "button.leave", "button.continue", "button.go-on", "button.skip", "button.dont-know", "button.finish"],
  ...["button.help", "button.back", "button.change", "button.remove", "button.send", "button.keep", "button.show-again"],
  ...["button.print", "button.copy", "button.proof", "button.close", "button.reply", "button.add-file"],
  ...["button.delete", "button.later", "button.open", "say.not-answered", "say.progress", "say.ask-first", "say.leave-keys"],
  ...["say.from", "say.to", "say.rough", "say.left-out"],
] as const;

export type Key = keyof typeof interfaceWords | (typeof FROM_PACK)[number];
export type Fills = Readonly<Record<string, string | number>>;
export type Texts = (key: Key, fills?: Fills) => string;

/** Texts by key, `{name}` filled in. */
export function texts(pack: Pack | undefined): Texts {
  const own: Readonly<Record<string, string>> = interfaceWords;
  return (key, fills = {}) => {
    const source = pack?.texts[key] ?? own[key];
    if (source === undefined) throw new Error(`There is no text "${key}".`);
    return source.replace(/\{([a-z-]+)\}/g, (all, name: string) => String(fills[name] ?? all));
  };
}

// Days

// The day of the institution, not of the device. All institutions so far are in the United Kingdom.
const ZONE = "Europe/London";

/** Today as `YYYY-MM-DD`. */
export function today(now = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** "Sunday 20 December 2026". */
export function longDay(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(date);
  return `${part({ weekday: "long" })} ${part({ day: "numeric", month: "long", year: "numeric" })}`;
}

/** "4 KB", "1.5 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kb = bytes / 1024;
  return kb < 1000 ? `${Math.ceil(kb)} KB` : `${Number((kb / 1024).toFixed(1))} MB`;
}
