// Letters of the pack, filled with what the page knows and what the handler types. Pure.

export interface LetterField {
  id: string;
  label: string;
  hint: string;
  kind: string; // text, line or one
  options: readonly (readonly string[])[]; // of one: label, and the words for the letter
}

/** A letter with names in braces, as compiled. */
export interface Letter {
  id: string;
  name: string;
  use: string;
  note: string;
  to: string; // reporter, harmed or body
  tells: string; // what of it everybody harmed is told; empty for none
  body: string;
  fields: readonly LetterField[];
}

const NAME = /\{([a-z-]+)\}/g;

/** The letter's text. What is empty stays as its label in square brackets, and is listed in `missing`. */
export function fillLetter(letter: Letter, values: Readonly<Record<string, string>>): { text: string; missing: string[] } {
  const missing: string[] = [];
  const text = letter.body.replace(NAME, (_, name: string) => {
    const value = (values[name] ?? "").trim();
    if (value !== "") return value;
    missing.push(name);
    return `[${letter.fields.find(({ id }) => id === name)?.label ?? name}]`;
  });
  return { text, missing: [...new Set(missing)] };
}

/** The day so many days after `day` (`YYYY-MM-DD`). */
export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Whether a text still has a blank that nobody filled. */
export function blanksOf(text: string, letters: readonly Letter[]): string[] {
  const labels = letters.flatMap(({ fields }) => fields.map(({ label }) => `[${label}]`));
  return [...new Set(labels.filter((label) => text.includes(label)))];
}
