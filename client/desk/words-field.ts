// The field for seven words, as everywhere at the desk.
import { parseWords, WordsError } from "../lib/words.ts";
import { FieldError, line, value } from "./form.ts";

export function wordsField(id: string, label = "Your seven words"): HTMLDivElement {
  return line(id, label, "With spaces between them. Capitals and hyphens do not matter.");
}

/** The seven words that were typed. Throws a FieldError that says which one is wrong. */
export function wordsIn(form: ParentNode, id: string): string[] {
  try {
    return parseWords(value(form, id));
  } catch (error) {
    if (error instanceof WordsError) throw new FieldError(id, error.message);
    throw error;
  }
}
