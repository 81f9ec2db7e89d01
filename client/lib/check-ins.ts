// Check-ins after a report: which is asked, which was answered, and what counts as silence. Both sides see the same.
import { FormatError } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import type { Judged } from "./judge.ts";
import { asDay, asObject, asText, exactly } from "./shape.ts";

/** What the pack asks, and when it is asked in this case, as the server answers it. */
export interface Watching {
  title: string;
  why: string;
  thanks: string;
  quiet_days: number;
  questions: { id: string; title: string; options: [string, string][] }[];
  check_ins: { id: string; day: string }[];
}

/** Where a server asks nothing. */
export const NO_WATCHING: Watching = { title: "", why: "", thanks: "", quiet_days: 0, questions: [], check_ins: [] };

export type CheckInState = "later" | "due" | "answered" | "silent";

/** An answer, by question. `day` is the letter's. */
export interface Answered {
  id: string;
  day: string;
  answers: Readonly<Record<string, string>>;
}

/** What she answered, from letters that she signed and that have nothing wrong with them. The first answer to each counts. */
export function answeredIn(judged: readonly Judged[]): Answered[] {
  const found = new Map<string, Answered>();
  for (const { envelope, faults } of judged) {
    const entry = envelope?.body["entry"];
    if (envelope === undefined || envelope.kind !== "message" || envelope.role !== "reporter" || entry === undefined) continue;
    if (faults.some((fault) => fault !== "gap")) continue;
    try {
      const said = exactly(asObject(entry), ["answers", "checkin"]);
      const id = asText(said["checkin"]);
      const answers = Object.fromEntries(Object.entries(asObject(said["answers"])).map(([question, answer]) => [question, asText(answer)]));
      if (!found.has(id)) found.set(id, { id, day: envelope.day, answers });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return [...found.values()];
}

/** Where a check-in stands on this day. */
export function stateOf(one: { id: string; day: string }, answered: readonly Answered[], today: string, quietDays: number): CheckInState {
  if (answered.some(({ id }) => id === one.id)) return "answered";
  if (today < one.day) return "later";
  return today <= after(asDay(one.day), quietDays) ? "due" : "silent";
}

/** The one that is asked today: the latest that is due. */
export function askedOn(watching: Watching, answered: readonly Answered[], today: string): { id: string; day: string } | undefined {
  return watching.check_ins.filter((one) => stateOf(one, answered, today, watching.quiet_days) === "due").at(-1);
}

/** What is sealed for an answer: words for people, and the same as values. */
export function answerOf(watching: Watching, id: string, answers: Readonly<Record<string, string>>): { text: string; entry: JsonObject } {
  const lines = watching.questions.map(({ id: question, title, options }) => {
    const label = options.find(([option]) => option === answers[question])?.[1] ?? "";
    return `${title} ${label}`;
  });
  return { text: lines.join("\n"), entry: { answers: { ...answers }, checkin: id } };
}

function after(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
