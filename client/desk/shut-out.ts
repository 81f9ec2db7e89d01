// Whom the reporter shut out, as she sealed it inside her report: the server's own list is only its word. No DOM.
import { FormatError } from "../lib/bytes.ts";
import { samePeople } from "../lib/card.ts";
import type { Card } from "../lib/card.ts";
import type { Judged } from "../lib/judge.ts";

/** The reporter shut this person out. */
export class ShutOutError extends FormatError {}

/**
 * Key ids the report shuts out, with the other keys on the card under the same labels. A report from before there
 * was such a list shuts out nobody. Throws when there is no sound report: then nobody knows whom it shuts out.
 */
export function shutOut(judged: readonly Judged[], card: Card): string[] {
  const reports = judged.filter(({ envelope, faults }) => envelope?.kind === "report" && faults.length === 0);
  if (reports.length === 0)
    throw new FormatError("The report does not open as it was sent, so it cannot be seen whom it shuts out.");
  return samePeople(card, reports.flatMap(({ envelope }) => listed(envelope?.body["excluded"])));
}

/** Throws a ShutOutError if this key, or another of the same person, is among those shut out. */
export function checkNotShutOut(key: string, shut: readonly string[], card: Card): void {
  if (!shut.includes(key)) return;
  const found = card.channels.flatMap(({ members }) => members).find((member) => member.key === key);
  throw new ShutOutError(`The reporter shut out ${found?.label ?? "this person"}. Nothing was sealed to this key.`);
}

function listed(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
