// What an opened case says, as texts to search, print or take out. The source sheet is never among them.
import { authorName } from "../desk/conversation.ts";
import type { OpenCase } from "../desk/opened.ts";
import { faults, read } from "../desk/reading.ts";

/** One envelope that opened: who wrote it, when, and everything in it that a person can read. */
export interface TextOf {
  id: string;
  kind: string;
  day: string;
  author: string;
  text: string;
  doubts: string[];
}

/** Everything of the case but the source sheet, in its order. What does not open is left out. */
export function textsOf(open: OpenCase): TextOf[] {
  return open.answer.envelopes.flatMap((listed, index) => {
    const judged = open.judged[index]!;
    const { envelope } = judged;
    if (envelope === undefined || envelope.kind === "sheet") return [];
    const said = read(envelope.body);
    const answers = said.answers.map(({ question, text }) => `${question}\n${text}`);
    const text = [...answers, said.text, ...said.files.map(({ name, what }) => `${name}\n${what}`)].filter((one) => one.trim() !== "").join("\n\n");
    return [{ id: listed.id, kind: envelope.kind, day: envelope.day, author: authorName(open, envelope.author), text, doubts: faults(judged) }];
  });
}
